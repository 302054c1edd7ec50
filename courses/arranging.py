"""What educators do with a course as a whole: put things in another order, retire and restore steps, give a step another address.

Numbers, links and the pages that show them follow from the outline, so each of these ends with `writing.refresh`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from courses.content import writing
from courses.models import Course, OldSlug, Step, Topic, Week

Placed = Course | Week | Topic | Step
Direction = Literal["up", "down"]


def siblings(row: Placed) -> QuerySet[Any]:
    """What stands in one order with this row, itself among them: everything inside the same parent."""
    match row:
        case Week():
            return Week.objects.filter(course=row.course_id)
        case Topic():
            return Topic.objects.filter(week=row.week_id)
        case Step():
            return Step.objects.filter(topic=row.topic_id)
        case _:
            return Course.objects.all()


def last_position(row: Placed) -> int:
    """The position that puts a row behind all others in its parent."""
    return (siblings(row).exclude(pk=row.pk).aggregate(last=Max("position"))["last"] or 0) + 1


@transaction.atomic
def move(*, row: Placed, direction: Direction) -> bool:
    """Change places with the neighbour; False when there is none. What is retired has no place."""
    course = None if isinstance(row, Course) else Course.objects.select_for_update().get(pk=row.course_id)
    rows = list(siblings(row) if course is None else siblings(row).filter(retired_at=None))
    here = next((i for i, other in enumerate(rows) if other.pk == row.pk), None)
    there = None if here is None else here + (-1 if direction == "up" else 1)
    if here is None or there is None or not 0 <= there < len(rows):
        return False
    places = [other.position for other in rows]
    if len(set(places)) < len(places):
        places = list(range(1, len(rows) + 1))
    rows[here], rows[there] = rows[there], rows[here]
    for other, place in zip(rows, places, strict=True):
        if other.position != place:
            other.position = place
            other.save(update_fields=["position"])
    if course is not None:
        writing.refresh(course)
    return True


@transaction.atomic
def retire(*, steps: Iterable[Step]) -> list[Step]:
    """Take steps out of their courses, and keep everything learners did on them. Returns those that were still in."""
    live = [step for step in steps if step.retired_at is None]
    Step.objects.filter(pk__in=[step.pk for step in live]).update(retired_at=timezone.now())
    _refresh_courses_of(live)
    return live


@transaction.atomic
def restore(*, steps: Iterable[Step]) -> tuple[list[Step], list[Step]]:
    """Put retired steps back where they were. Returns those that are back, and those whose address another step has by now."""
    back, refused = [], []
    for step in steps:
        if step.retired_at is None:
            continue
        if Step.objects.filter(course=step.course_id, slug=step.slug, retired_at=None).exists():
            refused.append(step)
            continue
        Step.objects.filter(pk=step.pk).update(retired_at=None)
        Topic.objects.filter(pk=step.topic_id).update(retired_at=None)
        Week.objects.filter(topics=step.topic_id).update(retired_at=None)
        remember_address(step=step)
        back.append(step)
    _refresh_courses_of(back)
    return back, refused


@transaction.atomic
def step_written(*, step: Step, before: Mapping[str, str]) -> None:
    """Renew what follows from a step's words and parts. `before` has the slug and title it had; nothing when it is new."""
    remember_address(step=step, before=before.get("slug", ""))
    writing.refresh(step.course, rendered=[step])


def remember_address(*, step: Step, before: str = "") -> None:
    """An address that a step had leads to it for ever; one that a step has now is nobody's old one."""
    taken = Step.objects.filter(course=step.course_id, slug=before, retired_at=None)
    if before and before != step.slug and not taken.exists():
        OldSlug.objects.update_or_create(course=step.course, slug=before, defaults={"step": step})
    OldSlug.objects.filter(course=step.course_id, slug=step.slug).delete()


def _refresh_courses_of(steps: Iterable[Step]) -> None:
    for course in Course.objects.filter(pk__in={step.course_id for step in steps}):
        writing.refresh(course)
