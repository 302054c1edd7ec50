"""Whether learners see a step or a course: draft, scheduled, published, retired; and the verbs that change it.

What waits for its time is published by a duty of `harmreduction.maintenance`, through the same door as by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses import history
from courses.content import writing
from courses.models import Course, Step

Row = TypeVar("Row", bound=Course | Step)


class State(models.TextChoices):
    DRAFT = "draft", gettext_lazy("Draft")
    SCHEDULED = "scheduled", gettext_lazy("Scheduled")
    PUBLISHED = "published", gettext_lazy("Published")
    RETIRED = "retired", gettext_lazy("Retired")


def state_of(row: Course | Step) -> State:
    """The state of a step or a course, from its row alone."""
    if getattr(row, "retired_at", None):
        return State.RETIRED
    if row.published:
        return State.PUBLISHED
    return State.SCHEDULED if row.publish_at else State.DRAFT


def state_words(row: Course | Step) -> str:
    """The state in words; for what is scheduled with the time, in the reader's time zone: "Scheduled for 3 Dec 2026 09:00 (UTC)"."""
    state = state_of(row)
    return scheduled_words(row.publish_at) if state is State.SCHEDULED and row.publish_at else str(state.label)


def scheduled_words(at: datetime) -> str:
    """When it will be published, with the time zone that this is said in."""
    here = timezone.localtime(at)
    when = f"{date_format(here, 'j M Y H:i')} ({timezone.get_current_timezone_name()})"
    return _("Scheduled for %(when)s") % {"when": when}


def publish(*, rows: Iterable[Row], by: Any = None) -> list[Row]:
    """Show steps or courses to learners from now on. Returns those that were not shown before; what is retired stays so.

    `by` is who did it, for the history; nobody where its time had come.
    """
    return _set(rows, by=by, published=True, publish_at=None)


def unpublish(*, rows: Iterable[Row], by: Any = None) -> list[Row]:
    """Make drafts of steps or courses, and have them wait for no time. What learners did there is kept. Returns those that changed."""
    return _set(rows, by=by, published=False, publish_at=None)


def schedule(*, rows: Iterable[Row], at: datetime, by: Any = None) -> list[Row]:
    """Make drafts that are published at that time by themselves. Returns those that changed."""
    return _set(rows, by=by, published=False, publish_at=at)


def publish_due() -> int:
    """Publish what waited for a time that has come; returns how much."""
    now = timezone.now()
    due: dict[str, Any] = {"published": False, "publish_at__lte": now}

    def still_due(row: Course | Step) -> bool:
        return row.publish_at is not None and row.publish_at <= now

    shown: dict[str, Any] = {"published": True, "publish_at": None, "by": None, "where": still_due}
    return len(_set(Course.objects.filter(**due), **shown)) + len(_set(Step.objects.filter(**due), **shown))


@transaction.atomic
def _set(rows: Iterable[Row], *, by: Any, where: Callable[[Row], bool] = lambda row: True, **fields: Any) -> list[Row]:
    """Write the fields behind the courses' locks, so that what somebody has just decided otherwise is seen; renew the pages."""
    found: list[Row] = list({row.pk: row for row in rows}.values())
    courses = {_course_of(row) for row in found}
    locked = {course.pk: course for course in Course.objects.select_for_update().filter(pk__in=courses).order_by("pk")}
    changed: list[Row] = []
    for row in found:
        row.refresh_from_db(fields=[*fields, *(["retired_at"] if isinstance(row, Step) else [])])
        if (
            state_of(row) is State.RETIRED
            or not where(row)
            or all(getattr(row, name) == value for name, value in fields.items())
        ):
            continue
        changed.append(row)
    with history.recorded(changed, by=by, source=history.Source.PUBLISHED):
        for row in changed:
            for name, value in fields.items():
                setattr(row, name, value)
            row.save(update_fields=list(fields))
    for pk in sorted({_course_of(row) for row in changed}):
        writing.refresh(locked[pk])
    return changed


def _course_of(row: Course | Step) -> int:
    return row.pk if isinstance(row, Course) else row.course_id
