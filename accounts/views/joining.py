"""Joining: a name, and a password or a passkey; names to take; what is said at the end."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.signup import complete_signup
from allauth.account.views import SignupView
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import names, passkeys, recovery
from accounts.forms import PasskeyForm, SignupForm, free_handle
from accounts.models import User
from accounts.views.recovery import hand_over


def welcome(request: HttpRequest, response: HttpResponse, user: User, email: str = "") -> HttpResponse:
    """On from joining, by way of the recovery codes; where an address was given, by way of its code too.

    `response` is what signing in answered: it leads to where the person wanted to go, and carries cookies.
    """
    if email:
        try:
            EmailVerificationProcess.initiate(request=request, user=user, email=email)
            ask = reverse("account_email_verification_sent")
            response["Location"] = f"{ask}?{urlencode({'next': response['Location']})}"
        except ImmediateHttpResponse:
            messages.warning(
                request, _("We could not send a code to your address now. You can add it in your settings.")
            )
    return hand_over(recovery.make_codes(user=user), response)


class Join(SignupView):  # type: ignore[misc]
    """allauth's sign-up, with names to take, the way to a passkey, and recovery codes at the end."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if {"take", "others"} & set(request.POST):
            return self.offer()
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def offer(self) -> HttpResponse:
        """The same form with a name filled in, or with other names to choose from; what was typed stays."""
        typed = {name: self.request.POST.get(name, "") for name in ("username", "how", "email", "shared")}
        typed["username"] = self.request.POST.get("take") or typed["username"]
        self._cached_form = self.get_form_class()(initial={**typed, "how": typed["how"] or SignupForm.PASSWORD})
        response: HttpResponse = self.render_to_response(self.get_context_data(form=self._cached_form))
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        chosen = form.cleaned_data
        if chosen["how"] == SignupForm.PASSKEY and not chosen["website"]:
            more = {"email": chosen["wanted_email"], "shared": chosen["shared"], "next": self.get_success_url() or ""}
            passkeys.remember(self.request, passkeys.someone_new(chosen["username"]), **more)
            return redirect("accounts:join-passkey")
        try:
            with transaction.atomic():
                response: HttpResponse = super().form_valid(form)
        except IntegrityError:  # somebody took the name in the same moment
            form.add_error("username", _("This name is taken. Add something to it, or choose another."))
            refused: HttpResponse = self.form_invalid(form)
            return refused
        if not self.user:  # a robot in the trap
            return response
        record_authentication(self.request, self.user, "password")  # who has just chosen it is not asked for it again
        return welcome(self.request, response, self.user, chosen["wanted_email"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "names": names.suggestions(),
            "passkeys": passkeys.possible(self.request),
        }


join = Join.as_view()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_passkey(request: HttpRequest) -> HttpResponse:
    """The device makes a passkey; with its answer the account is made."""
    found = passkeys.waiting(request)
    if found is None or request.user.is_authenticated:
        return redirect("home" if request.user.is_authenticated else "account_signup")
    user, chosen = found
    if limited := ratelimit.consume_or_429(request, action="signup"):
        paused: HttpResponse = limited
        return paused
    form = PasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user.handle = free_handle(user.handle)
            name = passkeys.MFAAdapter().generate_authenticator_name(user, "webauthn")
            passkeys.join(request=request, user=user, name=name, credential=form.cleaned_data["credential"])
        except (ValidationError, IntegrityError):
            messages.warning(request, _("Somebody has just taken this name. Please choose another."))
            return redirect("account_signup")
        del request.session[passkeys.WAITING]
        response = complete_signup(request, user=user, redirect_url=chosen["next"] or None)
        return welcome(request, response, user, chosen["email"])
    context = {"form": form, "handle": user.handle, "chosen": chosen, "possible": passkeys.possible(request)}
    context["options"] = passkeys.options_for(user)
    return render(request, "accounts/join_passkey.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Five other names, as the piece of the page in which they stand."""
    return render(request, "accounts/_names.html", {"names": names.suggestions()})
