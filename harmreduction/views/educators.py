"""How a course goes, for its educators: totals and questions that wait. No page here leads to one learner."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from typing import Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses import reports as learning
from courses import roles
from courses.models import Course
from courses.reports import Span, StepNumbers, monday, weeks_ago
from courses.roles import Role
from discussions import talking
from harmreduction import charts

PERIODS = {"4": 4, "14": 14}  # weeks


def educators_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For who does not write this course there is no page here."""

    @wraps(view)
    def guarded(request: HttpRequest, course_slug: str) -> HttpResponse:
        if not roles.has_at(request.user, Role.EDUCATOR, course_slug):
            raise Http404
        return view(request, course_slug)

    return guarded


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def span_of(request: HttpRequest) -> tuple[Span, str]:
    """The weeks that were asked for, and the name of the choice: "4" or "14" whole weeks and this one, "own" (from, to), or "all"."""
    asked = request.GET.get("weeks", "")
    if asked in PERIODS:
        return Span(weeks_ago(PERIODS[asked])), asked
    first, last = _day(request.GET.get("from", "")), _day(request.GET.get("to", ""))
    if first or last:
        return Span(monday(first) if first else None, monday(last) if last else None), "own"
    return Span(), "all"


@require_safe
@educators_only
def dashboard(request: HttpRequest, course_slug: str) -> HttpResponse:
    """Who starts, who stays, where people stop, what is said, and which questions wait."""
    course = get_object_or_404(Course, slug=course_slug)
    span, choice = span_of(request)
    counted, since = learning.learning(course)
    seen = learning.look(course, counted, span)
    said, said_since = talking.talking(course)
    totals = talking.totals(said, span)
    order: Literal["newest", "liked"] = "liked" if request.GET.get("questions") == "liked" else "newest"
    top = charts.nice_top(max((step.learners or 0 for step in seen.steps), default=0))
    active_top = charts.nice_top(max((n or 0 for _week, n in seen.active), default=0))
    comments = [sum(totals.get(step.pk, [0, 0, 0])[:2]) for step in seen.steps]
    comments_top = charts.nice_top(max(comments, default=0))
    slots = _slots(seen.steps)
    talked = [sum(totals.get(step.pk, [0, 0, 0])[:2]) if step else None for step in slots]
    stops = [place for place, step in enumerate(slots) if step and step.stops_here]
    weeks = [date.fromisoformat(week) for week, _n in seen.active]
    context = {
        "course": course,
        "seen": seen,
        "choice": choice,
        "from": request.GET.get("from", ""),
        "to": request.GET.get("to", ""),
        "counted_at": since or said_since,
        "this_week": seen.active[-1][1] if seen.active else 0,
        "comments": sum(comments),
        "steps": [(step, totals.get(step.pk, [0, 0, 0])) for step in seen.steps],
        "slots": slots,
        "funnel": charts.bars([step.learners if step else None for step in slots], top, marked=stops),
        "funnel_scale": charts.scale(top),
        "active": charts.line([n for _week, n in seen.active], active_top),
        "active_scale": charts.scale(active_top),
        "active_days": [weeks[0], weeks[len(weeks) // 2], weeks[-1]] if len(weeks) > 2 else weeks,
        "talk": charts.bars(talked, comments_top, look="alt"),
        "talk_scale": charts.scale(comments_top),
        "waiting": talking.unanswered(course, order),
        "order": order,
        "answers": talking.answers_to_questions(said),
    }
    return render(request, "house/educators.html", context)


def _slots(steps: Sequence[StepNumbers]) -> list[StepNumbers | None]:
    """The steps as places of a chart, with an empty one between two weeks."""
    slots: list[StepNumbers | None] = []
    for step in steps:
        slots += [None, step] if step.opens_week and slots else [step]
    return slots


@require_safe
@educators_only
def numbers(request: HttpRequest, course_slug: str) -> HttpResponse:
    """The same numbers as a CSV file: one line for each step, then one for each week."""
    course = get_object_or_404(Course, slug=course_slug)
    span, _choice = span_of(request)
    seen = learning.look(course, learning.learning(course)[0], span)
    totals = talking.totals(talking.talking(course)[0], span)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{course.slug}.csv"'
    response["Cache-Control"] = "no-store"
    out = csv.writer(response)
    few = _("under %(n)d") % {"n": learning.FEWEST}
    out.writerow(
        map(capfirst, [_("step"), _("title"), _("learners"), _("comments"), _("replies"), _("without an answer")])
    )
    for step in seen.steps:
        learners = few if step.learners is None else step.learners
        out.writerow([step.ref, _harmless(step.title), learners, *totals.get(step.pk, [0, 0, 0])])
    out.writerow([])
    out.writerow(map(capfirst, [_("week from"), _("active learners")]))
    for week, active in seen.active:
        out.writerow([week, few if active is None else active])
    return response


def _harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
