"""Like, bookmark, follow, mute, mark as read: one press each. The form says which state is wanted, so pressing twice changes nothing.

And where a person finds again what they wrote and what they bookmarked in a course.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import whole_number
from courses.fragments import answer, asked
from courses.models import Step
from courses.views.learning import find_course, find_step
from discussions import marking
from discussions.feed import bookmarked_by, lines_of
from discussions.holes import look_up
from discussions.models import Comment
from discussions.places import address_of
from discussions.refusals import Refused


def _wanted(request: HttpRequest) -> bool:
    """The state that the form asks for. Raises BadRequest where it asks for none."""
    on = request.POST.get("on")
    if on not in ("1", "0"):
        raise BadRequest(_("The form did not say what to change."))
    return on == "1"


@require_POST
def mark(request: HttpRequest, course_slug: str, step_slug: str, comment_id: int, kind: str) -> HttpResponse:
    """Set or take away this reader's mark at a comment."""
    step = find_step(request, course_slug, step_slug)
    if not request.user.is_authenticated:
        return redirect_to_login(f"{step.get_absolute_url()}#c-{comment_id}")
    on, refused, status = _wanted(request), "", 200
    reach = marking.within_reach(person=request.user, step_id=step.pk, on=on)
    comment = get_object_or_404(reach, pk=comment_id)
    try:
        marking.VERBS[kind](person=request.user, comment=comment, on=on)
    except Refused as refusal:
        refused, status = str(refusal), refusal.status
    if asked(request) == f"acts-{comment_id}" and not comment.hidden_at:
        return _acts(request, step, comment_id, refused or _said(kind, on), refused, status)
    if refused:
        messages.warning(request, refused)
    if comment.hidden_at:
        return redirect(f"{step.get_absolute_url()}#discussion")
    address = address_of(comment, step.get_absolute_url())
    return redirect(address.partition("#")[0] if refused else address)


def _acts(request: HttpRequest, step: Step, comment_id: int, said: str, refused: str, status: int) -> HttpResponse:
    """What one can do with a comment, as it is after this press."""
    look_up(request, step.pk, step.course_id)
    comment = Comment.objects.with_names().get(pk=comment_id)
    context = {"comment": comment, "base": step.get_absolute_url(), "said": said, "refused": refused}
    return answer(render_to_string("discussions/_acts.html", context, request=request), status=status)


def _said(kind: str, on: bool) -> str:
    words = {
        "like": (_("You like this."), _("You no longer like this.")),
        "bookmark": (_("Bookmarked."), _("The bookmark is gone.")),
        "follow": (_("You follow this conversation."), _("You no longer follow this conversation.")),
        "mute": (_("Muted."), _("No longer muted.")),
    }
    return words[kind][0 if on else 1]


@require_POST
def read(request: HttpRequest, course_slug: str, step_slug: str) -> HttpResponse:
    """This reader has read the discussion up to the newest comment that the page showed; or wants all of it to be new again."""
    step = find_step(request, course_slug, step_slug)
    if not request.user.is_authenticated:
        return redirect_to_login(f"{step.get_absolute_url()}#discussion")
    up_to = whole_number(request.POST.get("up_to", ""))
    if up_to is None:
        raise BadRequest(_("The form did not say up to where you have read."))
    if up_to == 0:
        marking.forget_read(person=request.user, step_id=step.pk)
    else:
        marking.read(person=request.user, step_id=step.pk, up_to=up_to)
    return redirect(f"{step.get_absolute_url()}#discussion")


@require_safe
@login_required
def my_comments(request: HttpRequest, course_slug: str) -> HttpResponse:
    """What this reader wrote in a course, under their handle and under aliases; nobody else can open this page."""
    found = find_course(request, course_slug)
    words = Comment.objects.of(request.user).filter(step__course=found, withdrawn_at=None).order_by("-pk")
    return _lines(request, found, words, "discussions/my_comments.html")


@require_safe
@login_required
def my_bookmarks(request: HttpRequest, course_slug: str) -> HttpResponse:
    """The comments that this reader bookmarked in a course, the last bookmarked first."""
    found = find_course(request, course_slug)
    return _lines(request, found, bookmarked_by(request.user, found), "discussions/my_bookmarks.html", "order")


def _lines(request: HttpRequest, course: Any, words: Any, template: str, by: str = "pk") -> HttpResponse:
    before = whole_number(request.GET.get("before", ""))
    if before is not None:
        words = words.filter(**{f"{by}__lt": before})
    lines, older = lines_of(words, by)
    return render(request, template, {"course": course, "lines": lines, "older": older, "first": before is None})
