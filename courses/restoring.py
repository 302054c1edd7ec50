"""Brings back what an earlier revision of a course, week, topic or step said, through the checks and the writer of content files.

Nothing is taken from the history: what stands there now stays in it, and the restored state becomes its newest revision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from pydantic import BaseModel

from courses import history
from courses.content import exporting, loading
from courses.content.checking import check_step
from courses.content.checking_media import CheckedFile, MediaChecker
from courses.content.errors import ContentErrors, Problem
from courses.content.explaining import shaped
from courses.content.merging import Fields
from courses.content.planning import RowPlan
from courses.content.schema import CourseDocument, StepDocument, TopicDocument, WeekDocument
from courses.content.sources import Document, StepSource
from courses.models import Course, Revision, Step, Topic, Week

# What has doors of its own: retiring and restoring, moving up and down, the time at which a draft is published.
NOT_RESTORED = {"retired", "position", "publish_at"}
# What somebody who wants old words back does not expect to change as well.
PLACE_AND_STATE = {"topic", "week", "slug", "published"}
FILES = {"film": "film", "audio": "audio", "poster": "picture", "chapters": "chapters", "picture": "picture"}


def restorable(now: Fields, revision: Revision) -> list[str]:
    """The names of the fields that differ now from the revision, of those that can be brought back."""
    return history.differing(now, revision.fields, besides=NOT_RESTORED)


@transaction.atomic
def restore(*, row: history.Row, revision: Revision, fields: Collection[str], by: Any) -> list[str]:
    """Bring back these fields as the revision has them; returns the names of those that changed.

    Raises ContentErrors, and changes nothing, when what would come of it could not be saved: an address that is another step's by
    now, a topic or a picture that is gone, or what the checks of content files find.
    """
    course = Course.objects.select_for_update().get(pk=row.pk if isinstance(row, Course) else row.course_id)
    stored = history.fields_of(row)
    names = [name for name in restorable(stored, revision) if name in fields]
    if not names:
        return []
    take = {name: revision.fields[name] for name in names}
    what = str(row._meta.model_name)
    plan = RowPlan(what, row.uid, "", False, stored, take, take, [], row.loaded, remembers=False)
    files, problems = _files(take)
    problems += [*_place_problems(row, course, plan), *problems_of(row, plan.after)]
    if problems:
        raise ContentErrors(Problem(row.title, p.line, p.message, p.field) for p in problems)
    writer = loading.Writer([plan], course, files)
    with history.recorded([row], by=by, source=history.Source.RESTORED):
        writer.write()
    return names


@dataclass(frozen=True)
class KeptFile:
    """A file in the storage as a `StoredFile`. Its name follows from its bytes, so it stands for them."""

    path: str
    unchanged = True

    @property
    def size(self) -> int:
        return default_storage.size(self.path)

    @property
    def digest(self) -> str:
        return self.path

    def open(self) -> BinaryIO:
        return cast(BinaryIO, default_storage.open(self.path, "rb"))


def _files(take: Fields) -> tuple[dict[str, CheckedFile], list[Problem]]:
    """The files that the fields name, looked at as when they were uploaded, and what is wrong with them."""
    named = {value: kind for name, kind in FILES.items() if (value := take.get(name))}
    named |= {figure["file"]: "picture" for figure in take.get("figures", [])}
    named |= {caption["file"]: "captions" for caption in take.get("captions", [])}
    files: dict[str, CheckedFile] = {}
    problems: list[Problem] = []
    checker = MediaChecker({}, problems)
    for name, kind in named.items():
        try:
            found = getattr(checker, f"look_at_{kind}")(KeptFile(name))
        except OSError:
            found = _("is not kept on this site any more; choose the file again in the form")
        if isinstance(found, CheckedFile):
            files[name] = found
        elif found:
            problems.append(Problem("", 1, f"{name.rpartition('/')[2]}: {found}"))
    return files, problems


def _place_problems(row: history.Row, course: Course, plan: RowPlan) -> Iterator[Problem]:
    """Where it would stand, or the address it would have."""
    take: Mapping[str, Any] = plan.take
    places: dict[str, QuerySet[Any]] = {"topic": course.topics.all(), "week": course.weeks.all()}
    for name in places.keys() & take.keys():
        if not places[name].filter(uid=take[name], retired_at=None).exists():
            words = _(
                "“%(id)s”, where it stood, is not in the course any more; leave this out, and it stays where it is now"
            )
            yield Problem("", 1, words % {"id": take[name]}, name)
    if "slug" in take and isinstance(row, Step | Course):
        others = Course.objects.all() if isinstance(row, Course) else course.steps.filter(retired_at=None)
        if others.exclude(pk=row.pk).filter(slug=take["slug"]).exists():
            words = _(
                "the address “%(slug)s” is another one's by now; leave this out, or give the other one a new address"
            )
            yield Problem("", 1, words % {"slug": take["slug"]}, "slug")


def problems_of(row: history.Row, after: Fields) -> list[Problem]:
    """What the checks of content files say of the row as it would be with these fields."""
    problems: list[Problem] = []
    match row:
        case Step():
            known = _said(exporting.step_document(row.uid, after, lambda name: name or None), StepDocument)
            if after["script"]:
                known["video"] = {**known.get("video", {}), "script": "script"}
            document = Document("", known)
            ids = {*row.course.steps.filter(retired_at=None).values_list("uid", flat=True), row.uid}
            source = StepSource(document, name=after["slug"], number=0, body=after["body"], body_line=1)
            _step, problems = check_step(source, step_ids=ids)
        case Course():
            known = _said(exporting.course_document(row.uid, after, lambda name: name or None), CourseDocument)
            shaped(Document("", known), CourseDocument, problems)
        case Week() | Topic():
            shape = WeekDocument if isinstance(row, Week) else TopicDocument
            shaped(Document("", {"id": row.uid, "title": after["title"], "lead": after["lead"]}), shape, problems)
    return problems


def _said(known: Fields, shape: type[BaseModel]) -> Fields:
    """The fields of a document, without those that say nothing."""
    said = {name: known[name] for name in shape.model_fields if known.get(name) is not None}
    if video := said.get("video"):
        said["video"] = {name: value for name, value in video.items() if value}
    return said
