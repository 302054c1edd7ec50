"""Reporting a comment, with an account or without."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.limits import too_often, wait, who
from courses.views.learning import find_step
from discussions import moderation
from discussions.holes import REPORTED_COOKIE, reported
from discussions.models import Comment, Reason
from discussions.moderation_forms import ReportForm
from discussions.places import address_of
from discussions.refusals import Refused

HOUR = 3600  # seconds
MOST_FOLDED = 40  # comments in the cookie


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, course_slug: str, step_slug: str, comment_id: int) -> HttpResponse:
    """Say what is wrong with a comment. Who says that somebody may be in danger is shown at once where help is."""
    step = find_step(request, course_slug, step_slug)
    comment = get_object_or_404(Comment.objects.on(step.pk).select_related("author", "alias"), pk=comment_id)
    base = step.get_absolute_url()
    form = ReportForm(request.POST if request.method == "POST" else None)
    refusal = None
    if request.method == "POST":
        if pause := _pause(request):
            return too_often(request, pause)
        if form.is_valid():
            reporter = request.user if request.user.is_authenticated else None
            try:
                moderation.report(comment=comment, reporter=reporter, **form.cleaned_data)
            except Refused as error:
                refusal = error
            else:
                answer = _thanked(request, form.cleaned_data["reason"], address_of(comment, base))
                return _folded(request, answer, comment.pk)
    context = {
        "comment": comment,
        "form": form,
        "reasons": Reason.choices,
        "refusal": refusal,
        "base": base,
        "back": address_of(comment, base),
        "course_slug": step.course.slug,
    }
    status = refusal.status if refusal else 422 if form.is_bound and form.errors else 200
    return render(request, "discussions/moderation/report.html", context, status=status)


def _pause(request: HttpRequest) -> int:
    """Count this report. Without an account it is counted under the scrambled address, for less than an hour."""
    if request.user.is_authenticated:
        return wait("report", who(request), times=settings.REPORTS_AN_HOUR, seconds=HOUR)
    return wait("report", who(request), times=settings.ADDRESS_REPORTS_AN_HOUR, seconds=HOUR - 60)


def _thanked(request: HttpRequest, reason: str, back: str) -> HttpResponse:
    if reason == Reason.DANGER:
        words = _(
            "Thank you. Moderators see this first, but nobody here is on call. If someone is in danger now, "
            "call your local emergency number."
        )
        messages.warning(request, words)
        return redirect("support")
    messages.success(request, _("Thank you. A moderator will look at it. The author is not told who reported it."))
    return redirect(back)


def _folded(request: HttpRequest, answer: HttpResponse, comment_id: int) -> HttpResponse:
    """Fold the comment for this reader until the browser is closed: noted in a cookie of theirs, and nowhere else."""
    known = [comment_id, *(pk for pk in reported(request) if pk != comment_id)][:MOST_FOLDED]
    value = ".".join(map(str, known))
    secure = settings.SESSION_COOKIE_SECURE
    answer.set_cookie(REPORTED_COOKIE, value, httponly=True, samesite="Lax", secure=secure)
    return answer
