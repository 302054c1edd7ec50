"""Steps that a learner marked to find them again. Kept with an account only: without one the browser has bookmarks of its own."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from courses.models import Course, Step, StepBookmark
from courses.models.outline import StepQuerySet


def with_bookmark(steps: StepQuerySet, person: int) -> StepQuerySet:
    """The steps with whether this person marked them along, as `my_bookmark`; hand it to `note`."""
    return steps.annotate(my_bookmark=Exists(StepBookmark.objects.filter(person=person, step=OuterRef("pk"))))


def note(request: HttpRequest, step: int, marked: Any) -> None:
    """Keep what came with a step of `with_bookmark` for the rest of the request."""
    request.__dict__.setdefault("_bookmarked", set()).update({step} if marked else ())


def of(request: HttpRequest) -> set[int]:
    """Which of the steps that were found for this request this person marked."""
    known: set[int] = request.__dict__.get("_bookmarked", set())
    return known


def set_mark(*, person: Any, step: Step, marked: bool) -> None:
    """Mark the step, or take the mark away. Doing it again changes nothing."""
    if marked:
        StepBookmark.objects.get_or_create(person=person, step=step)
    else:
        StepBookmark.objects.filter(person=person, step=step).delete()


def in_course(person: Any, course: Course) -> list[int]:
    """The steps of a course that this person marked, the newest mark first."""
    marks = StepBookmark.objects.filter(person=person, step__course=course).order_by("-pk")
    return list(marks.values_list("step_id", flat=True))
