"""Who helps to run the site needs a second lock on the account: a passkey, or an authenticator app beside the password.

Whoever has one passed it when signing in (allauth.mfa), and setting the first one up ends all other sessions of the person; so that a
second lock stands in the table is enough to know.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa import app_settings as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User


def has_one(user: User) -> bool:
    """Whether the account has a second lock."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=kinds).exists())


def is_first_use(user: User, code: str) -> bool:
    """Whether this code of an app is used for the first time. It is remembered as long as the site takes it, which allauth does not do:
    with the codes before and after the one of now that is three times as long."""
    digits = "".join(filter(str.isalnum, code))
    periods = 1 + 2 * mfa.TOTP_TOLERANCE
    return bool(cache.add(f"code of an app {user.pk} {digits}", True, timeout=periods * mfa.TOTP_PERIOD))


def is_missing(request: HttpRequest) -> bool:
    """Whether this person has to set up a second lock before a page for staff opens."""
    user = request.user
    return bool(user.is_authenticated and user.is_staff and settings.STAFF_SECOND_FACTOR and not has_one(user))


def way_there(request: HttpRequest) -> HttpResponseRedirect:
    """To the page that explains and sets up; from there on to where the person wanted to go."""
    onwards = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("home")
    return HttpResponseRedirect(f"{reverse('accounts:second-lock')}?{urlencode({'next': onwards})}")


class SecondLockStage(AuthenticateStage):  # type: ignore[misc]
    """Asked after the password of who has an authenticator app, and of who helps to run the site.

    For others a passkey is a way in of its own and no second lock: who lost the phone it was on can still use the password.
    """

    def _should_handle(self, request: HttpRequest) -> bool:
        user = self.login.user
        if user is None or did_use_passwordless_login(request, user):
            return False
        locks = set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
        return bool(locks) if user.is_staff else Authenticator.Type.TOTP in locks


class StaffNeedSecondLock:
    """The same for whole rooms that have their own way of asking who may come in."""

    ROOMS = frozenset({"admin", "moderation"})
    OPEN = frozenset({"logout", "counts", "decision"})  # in those rooms, but for everybody
    # Outside, but for those who run the site.
    ACTS = frozenset({"comment-pin", "comment-endorse", "educators", "educators-numbers"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_args: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None:
            return None
        asked = match.url_name in self.ACTS or (match.url_name not in self.OPEN and self.ROOMS & set(match.namespaces))
        return way_there(request) if asked and is_missing(request) else None
