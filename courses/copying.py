"""Copies of steps, topics and weeks, to write something alike: drafts with ids of their own, without what learners did."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from courses import arranging
from courses.content import writing
from courses.content.comparing import PARTS
from courses.models import Course, Step, Topic, Week

LONGEST_TITLE = 200
LONGEST_NAME = 80  # of ids and addresses
COPY = re.compile(r"-copy(-\d+)?$")


@transaction.atomic
def duplicate_step(*, step: Step) -> Step:
    """A draft with the same words and parts, right behind the original. Files are shared: they are never written over."""
    course = Course.objects.select_for_update().get(pk=step.course_id)
    step.refresh_from_db()
    made = _copy_step(step, step.topic, _copied(step.title))
    _put_behind(step, made)
    writing.refresh(course, rendered=[made])
    return made


@transaction.atomic
def duplicate_topic(*, topic: Topic) -> Topic:
    """A topic with drafts of all its steps, right behind the original; what is retired is left out."""
    course = Course.objects.select_for_update().get(pk=topic.course_id)
    topic.refresh_from_db()
    made, steps = _copy_topic(topic, topic.week, _copied(topic.title))
    _put_behind(topic, made)
    writing.refresh(course, rendered=steps)
    return made


@transaction.atomic
def duplicate_week(*, week: Week) -> Week:
    """A week with its topics and drafts of all their steps, right behind the original; what is retired is left out."""
    course = Course.objects.select_for_update().get(pk=week.course_id)
    week.refresh_from_db()
    uid = _free(week.uid, course.weeks.values_list("uid", flat=True))
    made: Week = _copy_row(week, title=_copied(week.title), uid=uid)
    copies = [_copy_topic(topic, made, topic.title) for topic in week.topics.filter(retired_at=None)]
    _put_behind(week, made)
    writing.refresh(course, rendered=[step for _topic, steps in copies for step in steps])
    return made


def _copy_topic(topic: Topic, week: Week, title: str) -> tuple[Topic, list[Step]]:
    """Returns the copy, behind all other topics of the week, and the copies of its steps."""
    uid = _free(topic.uid, topic.course.topics.values_list("uid", flat=True))
    made: Topic = _copy_row(topic, title=title, uid=uid, week=week)
    return made, [_copy_step(step, made, step.title) for step in topic.steps.filter(retired_at=None)]


def _copy_step(step: Step, topic: Topic, title: str) -> Step:
    course = step.course
    uid = _free(step.uid, course.steps.values_list("uid", flat=True))
    addresses = {
        *course.steps.values_list("slug", flat=True),
        *course.old_slugs.values_list("slug", flat=True),
    }
    slug = _free(step.slug, addresses)
    made: Step = _copy_row(step, title=title, uid=uid, slug=slug, topic=topic, published=False, publish_at=None)
    for name in PARTS:
        parts = [part for part in getattr(step, name).all() if getattr(part, "retired_at", None) is None]
        for part in parts:
            part.pk, part.step, part._state.adding = None, made, True
        getattr(made, name).bulk_create(parts)
    return made


def _copy_row(row: Any, **changes: Any) -> Any:
    """A new row with the values of another, behind all others of its parent. It was never loaded from a file, and is in the course."""
    made = type(row)._default_manager.get(pk=row.pk)
    made.pk, made._state.adding = None, True
    for name, value in {**changes, "loaded": {}, "retired_at": None}.items():
        setattr(made, name, value)
    made.position = arranging.last_position(made)
    made.save()
    return made


def _put_behind(row: Step | Topic | Week, made: Step | Topic | Week) -> None:
    rows = [other for other in arranging.siblings(row).filter(retired_at=None) if other.pk != made.pk]
    place = next((i for i, other in enumerate(rows) if other.pk == row.pk), len(rows) - 1)
    rows.insert(place + 1, made)
    arranging.number(rows)


def _copied(title: str) -> str:
    suffix = _(" (copy)")
    return title[: LONGEST_TITLE - len(suffix)] + suffix


def _free(name: str, taken: Iterable[str]) -> str:
    """An id or address like this one that nothing has yet: "safer-use-copy", then "safer-use-copy-2"."""
    taken = set(taken)
    stem = COPY.sub("", name)[: LONGEST_NAME - len("-copy-99999")].rstrip("-")
    wanted, number = f"{stem}-copy", 1
    while wanted in taken:
        number += 1
        wanted = f"{stem}-copy-{number}"
    return wanted
