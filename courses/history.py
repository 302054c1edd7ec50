"""What became of a course, week, topic or step: each change is kept as the fields it led to, with who made it.

A row that was never changed has no revision; its first change keeps the state before too. So loading a course costs nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db.models import Max, QuerySet

from courses.content import comparing
from courses.content.merging import Fields
from courses.models import Course, Revision, Step, Topic, Week

Row = Course | Week | Topic | Step
Source = Revision.Source
Key = tuple[str, int]

MODELS: Mapping[str, type[Any]] = {"course": Course, "week": Week, "topic": Topic, "step": Step}
STORED: Mapping[str, Any] = {
    "course": comparing.stored_course,
    "week": comparing.stored_week,
    "topic": comparing.stored_topic,
    "step": comparing.stored_step,
}
OWN = dict.fromkeys(("week", "topic", "step"))  # empty in a revision of the course itself


def revisions_of(row: Row) -> QuerySet[Revision]:
    """The revisions of a row, the newest first."""
    if isinstance(row, Course):
        return Revision.objects.filter(course=row, **OWN)
    return Revision.objects.filter(**{_what(row): row})


def fields_of(row: Row) -> Fields:
    """The row with its parts as it is now, in the form of a revision; read from the database."""
    return _snapshots([(_what(row), row.pk)])[_what(row), row.pk]


class Recording:
    """The state of some rows; `write`, after they were changed in the same transaction, keeps what differs."""

    def __init__(self, rows: Iterable[Row], *, by: Any, source: Source) -> None:
        self.by, self.source = by, source
        self.before = _snapshots((_what(row), row.pk) for row in rows)

    def write(self) -> None:
        after = _snapshots(self.before)
        changed = {key: fields for key, fields in after.items() if fields != self.before[key]}
        latest = _latest(changed)
        made = []
        for key, fields in changed.items():
            before, last = self.before[key], latest.get(key)
            if last is None or differing(last, before, besides=["position"]):
                # Never kept before, or written past this door; a neighbour that moved may have changed its position.
                found = differing(last, before) if last else []
                made.append(_revision(key, before, by=None, source=Source.BEFORE, changed=found))
            made.append(_revision(key, fields, by=self.by, source=self.source, changed=differing(before, fields)))
        courses = _courses_of(changed)
        for revision, key in made:
            revision.course_id = courses[key]
        Revision.objects.bulk_create(revision for revision, _key in made)


@contextmanager
def recorded(rows: Iterable[Row], *, by: Any, source: Source) -> Iterator[None]:
    """Keep what the block changes of the rows, each as one revision; rows that stay as they are get none. Inside a transaction."""
    recording = Recording(rows, by=by, source=source)
    yield
    recording.write()


def record_new(row: Row, *, by: Any) -> None:
    """Keep a row as it was made by a person."""
    key = _what(row), row.pk
    revision, _key = _revision(key, fields_of(row), by=by, source=Source.MADE, changed=[])
    revision.course_id = _courses_of([key])[key]
    revision.save()


def differing(before: Mapping[str, Any], after: Mapping[str, Any], *, besides: Iterable[str] = ()) -> list[str]:
    """The names of the fields that are not the same; a field that one side does not know is not compared."""
    return [name for name, value in after.items() if name in before and before[name] != value and name not in besides]


def _what(row: Row) -> str:
    return str(row._meta.model_name)


def _by_kind(keys: Iterable[Key]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for what, pk in keys:
        found.setdefault(what, []).append(pk)
    return found


def _snapshots(keys: Iterable[Key]) -> dict[Key, Fields]:
    """The rows' fields as they are in the database, a fixed number of queries for each of the four kinds."""
    found: dict[Key, Fields] = {}
    for what, pks in _by_kind(keys).items():
        rows = MODELS[what].objects.filter(pk__in=pks)
        if what == "step":
            rows = rows.select_related("topic").prefetch_related(*comparing.PARTS)
        elif what == "topic":
            rows = rows.select_related("week")
        for row in rows:
            found[what, row.pk] = STORED[what](row)
            if hasattr(row, "publish_at"):
                found[what, row.pk]["publish_at"] = row.publish_at and row.publish_at.isoformat()
    return found


def _latest(keys: Iterable[Key]) -> dict[Key, Fields]:
    """The fields of the newest revision of each row that has one; a query for each of the four kinds."""
    found: dict[Key, Fields] = {}
    for what, pks in _by_kind(keys).items():
        about = Revision.objects.filter(**({"course__in": pks, **OWN} if what == "course" else {f"{what}__in": pks}))
        newest = about.order_by().values(what).annotate(newest=Max("pk")).values("newest")
        rows = Revision.objects.filter(pk__in=newest).values_list(what, "fields")
        found |= {(what, pk): fields for pk, fields in rows}
    return found


def _courses_of(keys: Iterable[Key]) -> dict[Key, int]:
    found: dict[Key, int] = {}
    for what, pks in _by_kind(keys).items():
        column = "pk" if what == "course" else "course_id"
        found |= {(what, pk): of for pk, of in MODELS[what].objects.filter(pk__in=pks).values_list("pk", column)}
    return found


def _revision(key: Key, fields: Fields, *, by: Any, source: Source, changed: list[str]) -> tuple[Revision, Key]:
    what, pk = key
    about = {} if what == "course" else {f"{what}_id": pk}
    return Revision(author=by, source=source, fields=fields, changed=changed, **about), key
