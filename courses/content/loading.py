"""Puts a checked course into the database: all of it in one transaction, or nothing.

Loading the same files twice writes nothing. `plan` shows beforehand what `apply` will do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from courses import history
from courses.content import comparing, writing
from courses.content.checking import CheckedCourse
from courses.content.checking_media import CheckedFile
from courses.content.keeping import keep, storage_name
from courses.content.merging import Choices, Fields
from courses.content.planning import UNDECIDED, Plan, RowPlan, plan, plan_for
from courses.models import Course, OldSlug, Step, Topic, Week

__all__ = ["Plan", "apply", "plan"]

# A step's rendered page shows nothing of these.
NOT_RENDERED = {"position", "topic", "minutes", "optional", "published", "quotes_stigma"}
# Parts whose rows are retired and never deleted, because answers may hang on them.
RETIRED_PARTS = {"questions", "quiz"}


def apply(course: CheckedCourse, choices: Choices = UNDECIDED, *, by: Any = None) -> Plan:
    """Load the course and return what was done. `choices` settle conflicts; one that nobody settled is left as it is in the database.
    `by` is who loads it, for the history.

    It is planned again behind a lock, so that what another loader or the admin did meanwhile counts. Files are stored before the lock
    is taken, because films take long; should the rest fail, they lie there unused.
    Raises ContentErrors as `plan` does, and when a file changed while it was being loaded.
    """
    files = _files(course)
    for name, file in files.items():
        keep(file.source, name)
    plan(course, choices)  # refuses what cannot be loaded before there is a row
    with transaction.atomic():
        first = {"slug": course.slug, "title": course.document.title}
        row, is_new = Course.objects.get_or_create(uid=course.document.id, defaults=first)
        row = Course.objects.select_for_update().get(pk=row.pk)
        done = plan_for(course, None if is_new else row, choices)
        writer = Writer(done.rows, row, files)
        with history.recorded(writer.changing(), by=by, source=history.Source.FILES):
            writer.write()
        writer.remember_file_names()
    return done


def _files(course: CheckedCourse) -> dict[str, CheckedFile]:
    """All files of a course by the name under which they are stored."""
    files = [*course.files.values(), *(file for step in course.steps for file in step.files.values())]
    return {storage_name(course.document.id, file.source): file for file in files}


class Writer:
    """Writes planned rows of a course, inside a transaction that holds the course's row. `files` are those that the rows name."""

    def __init__(self, rows: Sequence[RowPlan], course: Course, files: Mapping[str, CheckedFile]) -> None:
        self.rows = rows
        self.course = course
        self.files = files
        self.now = timezone.now()
        self.weeks: dict[str, Week] = {week.uid: week for week in course.weeks.all()}
        self.topics: dict[str, Topic] = {topic.uid: topic for topic in course.topics.all()}
        self.steps: dict[str, Step] = {step.uid: step for step in course.steps.all()}

    def changing(self) -> list[Course | Week | Topic | Step]:
        """The rows that are there already and will change."""
        rows: dict[str, Mapping[str, Any]] = {"week": self.weeks, "topic": self.topics, "step": self.steps}
        rows["course"] = {self.course.uid: self.course}
        return [rows[plan.what][plan.uid] for plan in self.rows if plan.take and not plan.is_new]

    def write(self) -> None:
        self.free_addresses()
        for row in self.rows:
            if row.take or row.remembers:
                self.write_row(row)
        self.remember_addresses()
        if not any(row.take for row in self.rows):
            return
        # Fetched anew, because their parts were written since.
        steps = self.course.steps.select_related("course")
        steps = steps.filter(uid__in=[row.uid for row in self.step_plans if row.take.keys() - NOT_RENDERED])
        writing.refresh(self.course, rendered=steps)

    @property
    def step_plans(self) -> list[RowPlan]:
        return [row for row in self.rows if row.what == "step"]

    def write_row(self, plan: RowPlan) -> None:
        fields = dict(plan.take)
        parts = {name: fields.pop(name) for name in comparing.PARTS if name in fields}
        row: Course | Week | Topic | Step
        if plan.what == "course":
            row = self.course
            if "picture" in fields:
                checked = self.files.get(fields["picture"])
                fields |= {"picture_width": checked.width, "picture_height": checked.height} if checked else {}
        elif plan.what == "week":
            row = self.weeks.setdefault(plan.uid, Week(course=self.course, uid=plan.uid))
        elif plan.what == "topic":
            row = self.topics.setdefault(plan.uid, Topic(course=self.course, uid=plan.uid))
        else:
            row = self.steps.setdefault(plan.uid, Step(course=self.course, uid=plan.uid))
        if "retired" in fields:
            fields["retired_at"] = self.now if fields.pop("retired") else None
        if fields.get("published"):
            fields["publish_at"] = None  # it waits for no time any more
        if "week" in fields:
            fields["week"] = self.weeks[fields["week"]]
        if "topic" in fields:
            fields["topic"] = self.topics[fields["topic"]]
        _save(row, fields | {"loaded": plan.loaded})
        for part, entries in parts.items():
            self.write_part(part, row, entries)

    def write_part(self, part: str, step: Any, entries: list[Fields]) -> None:
        """Entries that are still there keep their row. Questions that are gone are retired, because answers may hang on them."""
        manager = getattr(step, part)
        key = comparing.PARTS[part][0]
        has_key = part != "resources"  # the only part whose entries have nothing that tells them apart for good
        rows = {getattr(row, key) if has_key else place: row for place, row in enumerate(manager.all())}
        for position, entry in enumerate(entries, start=1):
            row = rows.pop(entry[key] if has_key else position - 1, None) or manager.model(step=step)
            _save(row, {**entry, "position": position, **self.derived(part, entry)})
        for row in rows.values():
            if part not in RETIRED_PARTS:
                row.delete()
            elif row.retired_at is None:
                _save(row, {"retired_at": self.now})

    def derived(self, part: str, entry: Fields) -> Fields:
        if part in RETIRED_PARTS:
            return {"retired_at": None}
        if part == "figures":
            file = self.files[entry["file"]]
            return {"width": file.width, "height": file.height}
        if part == "captions":
            return {"cues": self.files[entry["file"]].cues}
        return {}

    def free_addresses(self) -> None:
        """Take their addresses from the steps that lose them, so that others can have them in any order."""
        retired = [row.uid for row in self.step_plans if row.taken(["retired"]) and row.take["retired"]]
        self.course.steps.filter(uid__in=retired).update(retired_at=self.now)
        for row in self.step_plans:
            if row.taken(["slug"]):
                step = self.steps[row.uid]
                self.course.steps.filter(pk=step.pk).update(slug=f"~{step.pk}")

    def remember_file_names(self) -> None:
        """Storage names are made of the files' bytes; where the files lay is kept beside, to write them there again."""
        places = {name: file.source.path.partition("/")[2] for name, file in self.files.items()}
        _save(self.course, {"file_names": self.course.file_names | places})

    def remember_addresses(self) -> None:
        """An address that a step had leads to it for ever, unless another step takes it."""
        after = [row.after for row in self.step_plans]
        live = {step["slug"] for step in after if step and not step["retired"]}
        for row in self.step_plans:
            if row.taken(["slug"]) and row.stored["slug"] not in live:
                OldSlug.objects.update_or_create(
                    course=self.course, slug=row.stored["slug"], defaults={"step": self.steps[row.uid]}
                )
        if any(row.take for row in self.rows):
            self.course.old_slugs.filter(slug__in=live).delete()


def _save(row: Model, fields: Fields) -> None:
    """Write the fields that differ; a row that differs in none is left alone."""
    changed = [name for name, value in fields.items() if row._state.adding or getattr(row, name) != value]
    for name in changed:
        setattr(row, name, fields[name])
    if row._state.adding:
        row.save()
    elif changed:
        row.save(update_fields=changed)
