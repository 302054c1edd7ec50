"""Recovery codes: shown once, printed, and used to come back."""

from __future__ import annotations

import json

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import recovery
from accounts.forms import RecoveryForm
from accounts.handles import tidy
from accounts.requests import PersonsRequest, safe_next

COOKIE = "recovery_codes"  # the codes on their way to the page that shows them: only their own browser has them
WHILE = 15 * 60  # seconds


def hand_over(codes: list[str], response: HttpResponse) -> HttpResponse:
    """Send the browser by way of the page with its new codes, then on to where the response leads."""
    page = reverse("accounts:recovery-codes")
    response["Location"] = f"{page}?{urlencode({'next': response['Location']})}"
    response.set_signed_cookie(
        COOKIE, json.dumps(codes), salt=COOKIE, max_age=WHILE, path=page, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def handed_over(request: HttpRequest) -> list[str]:
    """The codes that this browser was given a moment ago."""
    try:
        codes: list[str] = json.loads(request.get_signed_cookie(COOKIE, salt=COOKIE, max_age=WHILE) or "[]")
    except (KeyError, BadSignature):
        return []
    return codes


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: PersonsRequest) -> HttpResponse:
    """The codes just made, to print or write down; later only how many are left, and a button for new ones."""
    onwards = safe_next(request, reverse("accounts:settings"))
    if request.method == "POST":
        if "kept" in request.POST:
            response = redirect(onwards)
            response.delete_cookie(COOKIE, path=reverse("accounts:recovery-codes"), samesite="Lax")
            return response
        raise_if_reauthentication_required(request, app="allauth.account")
        return hand_over(recovery.make_codes(user=request.user), redirect(onwards))
    fresh = handed_over(request)
    if fresh and request.GET.get("as") == "text":
        headers = {"Content-Disposition": 'attachment; filename="codes.txt"'}
        return HttpResponse("\n".join(fresh) + "\n", content_type="text/plain; charset=utf-8", headers=headers)
    left = request.user.recovery_codes.count()
    return render(request, "accounts/recovery_codes.html", {"codes": fresh, "left": left, "onwards": onwards})


@never_cache
@sensitive_post_parameters("code", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """A new password for a name and one of its codes. The answer is the same whether the name exists or not."""
    form = RecoveryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        if not ratelimit.consume(request, action="recovery_code", key=tidy(chosen["handle"]).casefold()):
            form.add_error(None, _("Too many tries. Please wait five minutes, then try again."))
        else:
            user = recovery.find(chosen["handle"], chosen["code"])
            if user and recovery.set_password(user=user, code=chosen["code"], password=chosen["password"]):
                left = user.recovery_codes.count()
                words = ngettext(
                    "Your new password is set. One recovery code is left.",
                    "Your new password is set. %(count)d recovery codes are left.",
                    left,
                )
                messages.success(request, words % {"count": left})
                return redirect("account_login")
            form.add_error(
                None, _("Name and code do not fit together. Each code works once; was this one used already?")
            )
    return render(request, "accounts/recover.html", {"form": form}, status=422 if form.is_bound else 200)
