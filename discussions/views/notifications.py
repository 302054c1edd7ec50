"""What a person is told, and how they want to be told.

Looking at the page changes nothing: what is new stays so until a press says otherwise. So what is new is a button that marks it and
leads there, and what was seen is a plain link. Both have the same address.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import whole_number
from courses import roles
from courses.roles import Role
from discussions import feed, mailing
from discussions import notifications as verbs
from discussions.forms import ExpiryForm, ToldForm
from discussions.models import Digest, Mute, Preferences


@require_safe
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """What this person is told, newest first."""
    before = whole_number(request.GET.get("before", ""))
    items, older = feed.page_of(request.user, before)
    today = timezone.localdate()
    context = {
        "today": [item for item in items if timezone.localdate(item.told.created_at) == today],
        "earlier": [item for item in items if timezone.localdate(item.told.created_at) != today],
        "newest": items[0].told.pk if items else None,
        "older": older,
        "first": before is None,
    }
    return render(request, "discussions/notifications.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Go where a notification leads; pressed as a button, it is seen from now on."""
    told = get_object_or_404(feed.of_person(request.user), pk=notification_id)
    if request.method == "POST":
        verbs.see(person=request.user, only=told.pk)
    way = feed.way_to(told)
    if way is None:
        messages.info(request, _("That step has left the course."))
    return redirect(way or "discussions:notifications")


@require_POST
@login_required
def see_all(request: HttpRequest) -> HttpResponse:
    """All of it is seen, up to the newest that the page showed."""
    up_to = whole_number(request.POST.get("up_to", ""))
    if up_to is None:
        raise BadRequest(_("The form did not say up to where you have read."))
    verbs.see(person=request.user, up_to=up_to)
    return redirect("discussions:notifications")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """What to be told of, and whether by e-mail; whom this person muted; when their words expire."""
    choices = _choices_of(request.user)
    address = mailing.address_of(request.user.pk or 0)
    sent = request.POST if request.method == "POST" else None
    form = ToldForm(sent, choices=choices, address=address, educator=_writes(request))
    if request.method == "POST" and form.is_valid():
        form.save(request.user)
        messages.success(request, _("Saved."))
        return redirect("discussions:notification-settings")
    return _settings_page(request, form, ExpiryForm(choices=choices), address)


@require_POST
@login_required
def words(request: HttpRequest) -> HttpResponse:
    """How long this person's words shall stay."""
    choices = _choices_of(request.user)
    form = ExpiryForm(request.POST, choices=choices)
    address = mailing.address_of(request.user.pk or 0)
    if not form.is_valid():
        return _settings_page(
            request, ToldForm(choices=choices, address=address, educator=_writes(request)), form, address
        )
    form.save(request.user)
    messages.success(request, _("Saved. What is older goes within a day.") if form.days else _("Saved."))
    return redirect("discussions:notification-settings")


def _writes(request: HttpRequest) -> bool:
    return roles.somewhere(request.user, Role.EDUCATOR)


def _choices_of(person: Any) -> Preferences:
    return Preferences.objects.filter(pk=person.pk).first() or Preferences(person_id=person.pk)


def _settings_page(request: HttpRequest, told: ToldForm, expiry: ExpiryForm, address: str) -> HttpResponse:
    muted = (
        Mute.objects.filter(person=request.user.pk).select_related("muted_person", "muted_alias__step").order_by("pk")
    )
    context = {"told": told, "expiry": expiry, "address": address, "muted": muted.defer("muted_alias__step__body")}
    status = 422 if told.errors or expiry.errors else 200
    return render(request, "discussions/notification_settings.html", context, status=status)


@require_POST
@login_required
def unmute(request: HttpRequest, mute_id: int) -> HttpResponse:
    """Unfold somebody's comments again."""
    get_object_or_404(Mute, person=request.user, pk=mute_id).delete()
    messages.success(request, _("Their comments are shown to you again."))
    return redirect("discussions:notification-settings")


@csrf_exempt  # mail programmes press this button themselves (RFC 8058); the sealed token says whose it is
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """No more e-mail, without signing in. Opening the address asks; only the press acts. Never a redirect: RFC 8058 forbids it."""
    opened = mailing.unseal(token)
    if opened is None:
        raise Http404(_("This link is not complete. Copy all of it from the e-mail."))
    if request.method == "POST":
        mailing.stop(person_id=opened[0], what=opened[1])
    context = {"done": request.method == "POST", "courses": opened[1] == Digest.About.COURSES}
    return render(request, "discussions/stop_mail.html", context)
