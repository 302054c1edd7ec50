"""What educators do with a course as a whole: put things in another order or place, copy them, retire and restore them, give a step
another address.

Numbers, links and the pages that show them follow from the outline, so each of these ends with `writing.refresh`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from courses import history
from courses.content import writing
from courses.models import Course, OldSlug, Step, Topic, Week

Placed = Course | Week | Topic | Step
Inside = TypeVar("Inside", Week, Topic, Step)
Direction = Literal["up", "down"]

PARENT: Mapping[type, str] = {Week: "course", Topic: "week", Step: "topic"}


class Stale(Exception):
    """What was asked for no longer fits the course, because somebody else changed it meanwhile; the message says how."""


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
def move(*, row: Placed, direction: Direction, by: Any = None) -> bool:
    """Change places with the neighbour; False when there is none. What is retired has no place. `by` is who did it, for the history."""
    course = None if isinstance(row, Course) else Course.objects.select_for_update().get(pk=row.course_id)
    rows = list(siblings(row) if course is None else siblings(row).filter(retired_at=None))
    here = next((i for i, other in enumerate(rows) if other.pk == row.pk), None)
    there = None if here is None else here + (-1 if direction == "up" else 1)
    if here is None or there is None or not 0 <= there < len(rows):
        return False
    rows[here], rows[there] = rows[there], rows[here]
    with history.recorded([row], by=by, source=history.Source.ARRANGED):
        number(rows)
    if course is not None:
        writing.refresh(course)
    return True


@transaction.atomic
def place(
    *, row: Inside, was_in: int, inside: int, before: int | None = None, after: int | None = None, by: Any = None
) -> Inside:
    """Put a week, topic or step beside another one or, with neither `before` nor `after`, behind all others in `inside`.

    `was_in` and `inside` are keys of parents: the one that the educator saw it in, and the one it shall stand in. Returns the row as it
    is now. Raises Stale when somebody else's move or retiring made that impossible, or no longer what was meant.
    """
    course = Course.objects.select_for_update().get(pk=row.course_id)
    kind = type(row)
    now = kind._default_manager.filter(pk=row.pk, course=course, retired_at=None).first()
    if now is None:
        raise Stale(_("“%(title)s” was taken out of the course meanwhile.") % {"title": row.title})
    parent = parent_of(now)
    if parent.pk != was_in:
        raise Stale(_("“%(title)s” stands in “%(place)s” by now.") % {"title": now.title, "place": parent.title})
    target = parent if inside == was_in else _open_parent(now, inside)
    if target is None:
        raise Stale(_("The place where “%(title)s” should stand is no longer in the course.") % {"title": now.title})
    field = PARENT[kind]
    rows = list(kind._default_manager.filter(**{field: target}, retired_at=None).exclude(pk=now.pk))
    beside = before or after
    spot = next((i for i, other in enumerate(rows) if other.pk == beside), None) if beside else len(rows)
    if spot is None:
        words = _("What “%(title)s” should stand beside is no longer in “%(place)s”.")
        raise Stale(words % {"title": now.title, "place": target.title})
    with history.recorded([now], by=by, source=history.Source.ARRANGED):
        if target.pk != parent.pk:
            setattr(now, field, target)
            now.position = last_position(now)
            now.save(update_fields=[field, "position"])
        rows.insert(spot + (1 if after else 0), now)
        number(rows)
    writing.refresh(course)
    return now


def parent_of(row: Week | Topic | Step) -> Any:
    """The course of a week, the week of a topic, the topic of a step."""
    return getattr(row, PARENT[type(row)])


def _open_parent(row: Week | Topic | Step, key: int) -> Any:
    """The parent with this key, if it is in the row's course and not retired."""
    if isinstance(row, Week):
        return None  # there is no other course to go to
    kind = Week if isinstance(row, Topic) else Topic
    return kind._default_manager.filter(pk=key, course=row.course_id, retired_at=None).first()


def number(rows: Iterable[Any]) -> None:
    """Give rows positions in this order: those that they have among them, or new ones where two have the same."""
    rows = list(rows)
    places = sorted(row.position for row in rows)
    if len(set(places)) < len(places):
        places = list(range(1, len(rows) + 1))
    for row, position in zip(rows, places, strict=True):
        if row.position != position:
            row.position = position
            row.save(update_fields=["position"])


@transaction.atomic
def retire(*, steps: Iterable[Step], by: Any = None) -> list[Step]:
    """Take steps out of their courses, and keep everything learners did on them. Returns those that were still in."""
    live = [step for step in steps if step.retired_at is None]
    with history.recorded(live, by=by, source=history.Source.ARRANGED):
        Step.objects.filter(pk__in=[step.pk for step in live]).update(retired_at=timezone.now())
    _refresh_courses_of(live)
    return live


@transaction.atomic
def restore(*, steps: Iterable[Step], by: Any = None) -> tuple[list[Step], list[Step]]:
    """Put retired steps back where they were. Returns those that are back, and those whose address another step has by now."""
    back, refused = _restore(steps, by)
    _refresh_courses_of(back)
    return back, refused


def _restore(steps: Iterable[Step], by: Any) -> tuple[list[Step], list[Step]]:
    back, refused = [], []
    for step in steps:
        if step.retired_at is None:
            continue
        if Step.objects.filter(course=step.course_id, slug=step.slug, retired_at=None).exists():
            refused.append(step)
            continue
        topic = Topic.objects.select_related("week").get(pk=step.topic_id)
        with history.recorded([step, topic, topic.week], by=by, source=history.Source.ARRANGED):
            Step.objects.filter(pk=step.pk).update(retired_at=None)
            Topic.objects.filter(pk=topic.pk).update(retired_at=None)
            Week.objects.filter(pk=topic.week_id).update(retired_at=None)
        remember_address(step=step)
        back.append(step)
    for inside in {step.topic_id for step in back}:
        number(Step.objects.filter(topic=inside, retired_at=None))
    return back, refused


@transaction.atomic
def retire_whole(*, row: Week | Topic, by: Any = None) -> list[Step]:
    """Take a week or topic out of the course with all that is in it. Returns the steps that were still in."""
    course = Course.objects.select_for_update().get(pk=row.course_id)
    now = timezone.now()
    steps = steps_in(row).filter(retired_at=None)
    live = list(steps)
    topics = list(row.topics.filter(retired_at=None)) if isinstance(row, Week) else []
    with history.recorded([row, *topics, *live], by=by, source=history.Source.ARRANGED):
        steps.update(retired_at=now)
        Topic.objects.filter(pk__in=[topic.pk for topic in topics]).update(retired_at=now)
        type(row)._default_manager.filter(pk=row.pk, retired_at=None).update(retired_at=now)
    writing.refresh(course)
    return live


@transaction.atomic
def restore_whole(*, row: Week | Topic, by: Any = None) -> tuple[list[Step], list[Step]]:
    """Put a week or topic back with what was taken out together with it; what was retired before that stays retired.

    Returns what `restore` does.
    """
    course = Course.objects.select_for_update().get(pk=row.course_id)
    row.refresh_from_db()
    if row.retired_at is None:
        return [], []
    steps = list(steps_in(row).filter(retired_at=row.retired_at))
    others = list(row.topics.filter(retired_at=row.retired_at)) if isinstance(row, Week) else [row.week]
    with history.recorded([row, *others], by=by, source=history.Source.ARRANGED):
        for other in (row, *others):
            type(other)._default_manager.filter(pk=other.pk).update(retired_at=None)
    done = _restore(steps, by)
    number(siblings(row).filter(retired_at=None))
    writing.refresh(course)
    return done


def steps_in(row: Week | Topic) -> QuerySet[Step]:
    """The steps of a week or topic, retired ones too."""
    return Step.objects.filter(topic__week=row) if isinstance(row, Week) else Step.objects.filter(topic=row)


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
