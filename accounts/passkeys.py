"""Passkeys and authenticator apps: what allauth.mfa asks of us, and joining with a passkey alone.

allauth's own passkey sign-up wants an e-mail address. Ours makes the account once the device's answer has been verified, not before.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import uuid
from typing import Any, ClassVar

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts import second_factor, sessions
from accounts.models import User
from accounts.sealing import box
from accounts.sessions import coarse, in_words

WAITING = "accounts.joining"  # in the session: who is about to join with a passkey
# What an answer that is none makes the parsers raise.
NONSENSE = (TypeError, ValueError, KeyError, AttributeError, IndexError)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """What devices are told, and how the secret of an authenticator app is kept."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "This did not fit: it may be mistyped, too old, or used already. Please try once more."
        ),
    }

    def get_totp_label(self, user: User) -> str:
        return user.handle

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        return {"id": user.passkey_id.bytes, "display_name": user.handle, "name": user.handle}

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """By where it is made: enough to tell one's own devices apart."""
        return in_words(coarse(context.request.headers.get("User-Agent", "")))

    def encrypt(self, text: str) -> str:
        return box("authenticator app").encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return box("authenticator app").decrypt(encrypted_text.encode()).decode()


def possible(request: HttpRequest) -> bool:
    """Whether browsers make passkeys for the name under which the site is asked: they do for names, not for numbers."""
    host = request.get_host()
    host = host[1 : host.index("]")] if host.startswith("[") else host.partition(":")[0]
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False


def options_for(user: User) -> str:
    """What the browser needs to make a passkey, as JSON; the question is remembered in the session."""
    return json.dumps(auth.begin_registration(user, passwordless=True))


def checked(credential: Any) -> dict[str, Any]:
    """A new passkey as the browser sent it, if it answers the question that was asked. Raises ValidationError."""
    try:
        auth.parse_registration_response(credential)
        auth.complete_registration(credential)
    except NONSENSE:
        raise ValidationError(MFAAdapter.error_messages["incorrect_code"], code="incorrect_code") from None
    kept: dict[str, Any] = credential
    return kept


def owner_of(credential: dict[str, Any]) -> User:
    """Whose passkey says it is; whether it is theirs, its signature has to show. Raises ValidationError."""
    try:
        handle = str(credential["response"]["userHandle"])
        number = uuid.UUID(bytes=base64.urlsafe_b64decode(handle + "=" * (-len(handle) % 4)))
    except NONSENSE:
        raise ValidationError(MFAAdapter.error_messages["incorrect_code"], code="incorrect_code") from None
    user = User.objects.filter(passkey_id=number).first()
    if user is None:
        raise ValidationError(MFAAdapter.error_messages["incorrect_code"], code="incorrect_code")
    return user


@transaction.atomic
def join(*, request: HttpRequest, user: User, name: str, credential: dict[str, Any]) -> User:
    """Make the account of who answered with a new passkey. There is no password."""
    user.set_unusable_password()
    user.save(force_insert=True)
    made: Authenticator = auth.WebAuthn.add(user, name[:60], credential).instance
    record_authentication(request, user, "mfa", id=made.pk, type=Authenticator.Type.WEBAUTHN, passwordless=True)
    return user


@transaction.atomic
def add(*, request: HttpRequest, user: User, name: str, credential: dict[str, Any]) -> None:
    """Another passkey. With the first second lock of an account all its other sessions end: nobody is left inside without it."""
    first = not second_factor.has_one(user)
    auth.WebAuthn.add(user, name[:60], credential)
    if first:
        sessions.end(user=user, but=request.session.session_key)


def someone_new(handle: str) -> User:
    """A person who is not there yet, with the number under which the device will know them."""
    return User(handle=handle, passkey_id=uuid.uuid4())


def remember(request: HttpRequest, user: User, **more: Any) -> None:
    """Keep in the session who is about to join."""
    request.session[WAITING] = {"handle": user.handle, "passkey_id": user.passkey_id.hex, **more}


def waiting(request: HttpRequest) -> tuple[User, dict[str, Any]] | None:
    """Who is about to join, and what else they chose."""
    known = request.session.get(WAITING)
    return (User(handle=known["handle"], passkey_id=uuid.UUID(known["passkey_id"])), known) if known else None
