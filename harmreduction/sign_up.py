"""How allauth signs people up and in here: any name, and what this browser kept comes along."""

from __future__ import annotations

import time
from threading import Thread
from typing import Any, ClassVar

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.internal.httpkit import get_client_ip
from django.contrib import messages
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import preferences
from accounts.forms import free_handle
from accounts.handles import tidy, validate_handle
from accounts.sessions import NO_ADDRESS
from courses import answers, progress
from discussions import mailing

MISFIT = gettext_lazy("The name or the password is not right. Capital letters count in the password.")


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": MISFIT,
        "incorrect_password": gettext_lazy("This is not the password of this account."),
        "enter_current_password": gettext_lazy("This is not the password of this account."),
        "incorrect_code": gettext_lazy("This code does not fit: it may be mistyped, or too old. Please look again."),
        "too_many_login_attempts": gettext_lazy("Too many tries. Please wait five minutes, then try again."),
        "rate_limited": gettext_lazy("Too many tries. Please wait a minute, then try again."),
        "email_taken": gettext_lazy("This address belongs to another account here."),
        "duplicate_email": gettext_lazy("This is the address you have here already."),
    }
    WORDS: ClassVar[dict[str, Any]] = {
        "reauthenticate": gettext_lazy("Use your password"),
        "mfa_reauthenticate": gettext_lazy("Use your authenticator app"),
        "mfa_reauthenticate:webauthn": gettext_lazy("Use a passkey"),
    }

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """The handle as it will be kept. Raises ValidationError when it may not be used or is taken."""
        if shallow:
            handle = tidy(username)
            validate_handle(handle)
            return handle
        return free_handle(username)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Beside the request, where there is a mail server: only who has an account is sent a code, and the wait for it would tell.

        A mail that fails is noted in the log without its address, and asked for again by whoever misses it.
        """
        about = {"request": self.request, "email": email, "current_site": get_current_site(self.request)}
        message = self.render_mail(template_prefix, email, {**about, **context})
        if mailing.goes_to_a_server():
            Thread(target=mailing.deliver, args=[message]).start()
        else:
            mailing.deliver(message)

    def set_password(self, user: Any, password: str) -> None:
        """Write that column alone: while the password is scrambled, others may raise the count of notifications in the same row."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def get_login_stages(self) -> list[str]:
        """Nobody has to have an e-mail address to sign in, and a passkey is a second lock only where one is asked for."""
        stages = [stage for stage in super().get_login_stages() if not stage.endswith("EmailVerificationStage")]
        ours = {"allauth.mfa.stages.AuthenticateStage": "accounts.second_factor.SecondLockStage"}
        return [ours.get(stage, stage) for stage in stages]

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """“This is a shared computer”: a session that ends with the browser, and a mark that tells scripts to keep nothing."""
        if request.POST.get("shared"):
            request.session["shared"] = True
            request.session.set_expiry(0)
        refused: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return refused

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Bring the progress, the quiz answers and the looks kept in this browser into the account."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if kwargs.get("signup"):
            preferences.carry_over(request=request, response=response, user=user)
        added = progress.carry_over(request=request, response=response, user=user)
        if added:
            words = ngettext(
                "The step you finished in this browser is now in your account.",
                "The %(count)d steps you finished in this browser are now in your account.",
                added,
            )
            messages.success(request, words % {"count": added})
        brought = answers.carry_over(request=request, response=response, user=user)
        if brought:
            words = ngettext(
                "Your answer to a quiz question came along too.",
                "Your answers to %(count)d quiz questions came along too.",
                brought,
            )
            messages.success(request, words % {"count": brought})
        return response

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """allauth's own remarks ("Successfully signed in as …") are left out: the page shows it. What went wrong is said."""
        if level >= messages.WARNING:
            super().add_message(request, level, *args, **kwargs)

    def get_client_ip(self, request: HttpRequest) -> str:
        """For limits only, where it is counted under a scrambled key. Behind a socket there is none: all count together then."""
        return get_client_ip(request) or NO_ADDRESS

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has signed in a moment ago need not show again that it is them."""
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**method, "description": self.WORDS[method["id"]]} for method in methods]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        messages.success(request, _("Your new password is set. Other browsers have to log in again."))
        return reverse("accounts:settings")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        messages.success(request=self.request, message=_("Your address is confirmed."))
        return reverse("accounts:settings")
