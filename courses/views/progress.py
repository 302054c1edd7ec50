"""How far a learner has come, on a page of its own; and the mark that helps to find a step again."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from courses import bookmarks, journal, ribbon
from courses import progress as rules
from courses.views.learning import find_course, find_step, week_seen


@require_safe
def progress(request: HttpRequest, course_slug: str) -> HttpResponse:
    """What is done and what changed since, by week and topic; what a certificate takes; and the learner's own marks and words."""
    found = find_course(request, course_slug)
    following = rules.of(request)
    upcoming = rules.next_step(found.outline, following)
    weeks = [week_seen(week, following, upcoming) for week in found.outline.get("weeks", [])]
    steps = [step for week in weeks for topic in week["topics"] for step in topic["steps"]]
    context: dict[str, Any] = {
        "course": found,
        "weeks": weeks,
        "next": upcoming,
        "changed": [step for step in steps if step["changed"]],
        "standing": rules.standing(found, following),
        "ribbon": ribbon.draw(found.outline, following, upcoming["pk"] if upcoming else None),
    }
    if request.user.is_authenticated:
        by_pk = {step["pk"]: step for step in steps}
        marked = bookmarks.in_course(request.user, found)
        context |= {
            "bookmarks": [by_pk[pk] for pk in marked if pk in by_pk],
            "journal": journal.in_course(request.user, found).count(),
        }
    return render(request, "courses/progress.html", context)


@require_POST
@login_required
def bookmark(request: HttpRequest, course_slug: str, step_slug: str) -> HttpResponse:
    """Mark a step to find it again (marked=1), or take the mark away (marked=0)."""
    found = find_step(request, course_slug, step_slug)
    bookmarks.set_mark(person=request.user, step=found, marked=request.POST.get("marked") == "1")
    return redirect(found)
