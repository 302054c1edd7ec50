"""One page for what a person can decide about their account, and the forms on it."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import sessions
from accounts.forms import HandleForm, PreferencesForm
from accounts.requests import PersonsRequest, whole_number

PICTURES = 6  # to choose from at a time
MOST_PICTURES = 30_000


@never_cache
@login_required
@require_safe
def page(request: PersonsRequest) -> HttpResponse:
    """All of it: how others see you, how pages look, what lets you in, where you are signed in."""
    return show(request)


def show(
    request: PersonsRequest, *, handle_form: HandleForm | None = None, preferences_form: PreferencesForm | None = None
) -> HttpResponse:
    """The page; with a form that was refused in its place."""
    user = request.user
    locks = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    asked = whole_number(request.GET.get("pictures", ""))
    first = asked if asked is not None and asked < MOST_PICTURES else user.avatar_shuffle
    context = {
        "handle_form": handle_form or HandleForm(user=user),
        "preferences_form": preferences_form or PreferencesForm(instance=user),
        "pictures": range(first, first + PICTURES),
        "other_pictures": (first + PICTURES) % MOST_PICTURES,
        "address": EmailAddress.objects.filter(user=user, verified=True).first(),
        "passkeys": [lock.wrap() for lock in locks if lock.type == Authenticator.Type.WEBAUTHN],
        "app": next((lock for lock in locks if lock.type == Authenticator.Type.TOTP), None),
        "codes": user.recovery_codes.count(),
        "sessions": sessions.of(user, request.session.session_key),
        "shared": request.session.get("shared", False),
    }
    refused = any(form is not None for form in (handle_form, preferences_form))
    return render(request, "accounts/settings.html", context, status=422 if refused else 200)


@login_required
@require_POST
def preferences(request: PersonsRequest) -> HttpResponse:
    """Keep how pages shall be."""
    form = PreferencesForm(request.POST, instance=request.user)
    if not form.is_valid():
        return show(request, preferences_form=form)
    # Only these columns: the row holds the count of notifications too, which others raise meanwhile.
    request.user.save(update_fields=list(form.fields))
    messages.success(request, _("Saved. This is how pages are now, in every browser you log in with."))
    return redirect("accounts:settings")


@login_required
@require_POST
def end_sessions(request: PersonsRequest) -> HttpResponse:
    """Sign out in one other browser, or in all others."""
    which, here = request.POST.get("session", ""), request.session.session_key
    pk = whole_number(which)
    if which and pk is None:
        raise Http404
    ended = sessions.end(user=request.user, pk=pk, but=here)
    if which and not ended:
        raise Http404
    words = ngettext("Logged out in %(count)d other browser.", "Logged out in %(count)d other browsers.", ended)
    messages.success(request, words % {"count": ended})
    return redirect("accounts:settings")
