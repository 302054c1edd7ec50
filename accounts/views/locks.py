"""Passkeys and authenticator apps: allauth's pages where they fit, ours where not."""

from __future__ import annotations

import json
import textwrap
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import passkeys, second_factor, sessions
from accounts.forms import AddPasskeyForm
from accounts.requests import PersonsRequest, safe_next

MOST_PASSKEYS = 20


@never_cache
@login_required
@require_safe
def second_lock(request: PersonsRequest) -> HttpResponse:
    """Why who runs the site needs a second lock, and the two ways to one."""
    onwards = safe_next(request, reverse("accounts:settings"))
    if second_factor.has_one(request.user):
        return redirect(onwards)
    context = {"onwards": onwards, "possible": passkeys.possible(request)}
    return render(request, "accounts/second_lock.html", context)


@never_cache
@login_required
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def add_passkey(request: PersonsRequest) -> HttpResponse:
    """Another passkey for one's account."""
    onwards = safe_next(request, reverse("accounts:settings"))
    if Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN).count() >= MOST_PASSKEYS:
        messages.warning(request, _("You have as many passkeys as one can have. Remove one that you no longer use."))
        return redirect("accounts:settings")
    form = AddPasskeyForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        passkeys.add(request=request, user=request.user, **form.cleaned_data)
        messages.success(request, _("The passkey is ready. From now on you can log in with it."))
        return redirect(onwards)
    context = {"form": form, "onwards": onwards, "possible": passkeys.possible(request)}
    context["options"] = passkeys.options_for(request.user)
    return render(request, "mfa/webauthn/add_form.html", context, status=422 if form.is_bound else 200)


class SecondKey(AuthenticateView):  # type: ignore[misc]
    """allauth's page between password and account: a passkey, a code of the app, or a recovery code."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        options = context["js_data"]["request_options"]
        allowed = options["publicKey"].get("allowCredentials")
        return {
            **context,
            "passkey_options": json.dumps(options) if allowed else "",
            "possible": passkeys.possible(self.request),
        }


class AgainWithPasskey(ReauthenticateWebAuthnView):  # type: ignore[misc]
    """allauth's, saying what went wrong where it went wrong."""

    def form_invalid(self, form: Any) -> HttpResponse:
        context = {**self.get_context_data(), "form": form}
        response: HttpResponse = self.render_to_response(context, status=422)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        options = json.dumps(context["js_data"]["request_options"])
        return {**context, "passkey_options": options, "possible": passkeys.possible(self.request)}


second_key = SecondKey.as_view()
again_with_passkey = AgainWithPasskey.as_view()


class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]
    """allauth's, but nobody removes their only way in."""

    def form_valid(self, form: Any) -> HttpResponse:
        user = self.request.user
        others = self.get_queryset().exclude(pk=self.object.pk)
        if not user.has_usable_password() and not others.exists():
            messages.warning(
                self.request, _("This passkey is your only way in. Choose a password first, then remove it.")
            )
            return redirect("accounts:settings")
        messages.success(
            self.request, _("The passkey is removed here. Your device may still list it: you can delete it there.")
        )
        response: HttpResponse = super().form_valid(form)
        return response


remove_passkey = RemovePasskey.as_view()


class ActivateApp(ActivateTOTPView):  # type: ignore[misc]
    """allauth's, going on to where the person was headed, and ending other sessions when it is the first lock."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        onwards, key = safe_next(self.request, reverse("accounts:settings")), textwrap.wrap(context["form"].secret, 4)
        return {**context, "onwards": onwards, "key": " ".join(key)}

    def form_valid(self, form: Any) -> HttpResponse:
        first = not second_factor.has_one(self.request.user)
        response: HttpResponse = super().form_valid(form)
        if first:
            sessions.end(user=self.request.user, but=self.request.session.session_key)
        messages.success(self.request, _("The app is connected. When you log in, it gives you the second key."))
        return response

    def get_success_url(self) -> str:
        return safe_next(self.request, reverse("accounts:settings"))


activate_app = ActivateApp.as_view()


@require_safe
def to_settings(request: HttpRequest) -> HttpResponse:
    """Where allauth has lists of its own, our settings page shows them."""
    return redirect("accounts:settings")
