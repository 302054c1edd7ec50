"""Says what loading a checked course would do, row by row and in words, and writes nothing.

Rows are matched by permanent id. Each remembers in `loaded` what the files said, so that an edit in the admin is told from an edit in
the files (see `merging`) and nothing is overwritten silently. What has no file any more is to be retired, never deleted: discussions
and completions hang on it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from courses.content import comparing
from courses.content.checking import CheckedCourse
from courses.content.errors import ContentErrors, Problem
from courses.content.merging import Choices, Fields, merge
from courses.models import Course, Step, Topic, Week

PLACE = ("week", "topic", "position")
NAME = ("title", "slug")
DIGEST = "digest"  # of all files, which the course's row remembers beside its fields; `load_course --quick` asks for it
CONFLICTS = "conflicts"  # ids of what is left to choose since the last load, remembered in the same way
SHOWN_OF_A_TEXT = 70  # characters of each side of a conflict

Row = TypeVar("Row", Week, Topic, Step)
UNDECIDED = Choices()
Wanted = dict[str, tuple[str, Fields]]  # by permanent id: the file and its fields


@dataclass(frozen=True)
class RowPlan:
    """What will become of one row."""

    what: str  # course, week, topic or step
    uid: str
    path: str  # of its file; empty when it is gone
    is_new: bool
    stored: Fields  # as the database has it now
    wanted: Fields  # as the files have it
    take: Fields  # what will be written
    conflicts: list[str]
    loaded: Fields  # what will be remembered
    remembers: bool  # whether that differs from what is remembered now

    @property
    def title(self) -> str:
        return str(self.after.get("title", self.uid))

    @property
    def after(self) -> Fields:
        return self.stored | self.take

    @property
    def changed(self) -> list[str]:
        """The fields that change, without those that say where it stands, what it is called and whether it is shown."""
        return [] if self.is_new else [name for name in self.take if name not in (*PLACE, *NAME, "retired")]

    def taken(self, names: Iterable[str]) -> list[str]:
        return [] if self.is_new else [name for name in names if name in self.take]


@dataclass(frozen=True)
class Plan:
    """What loading a course does. The lists may share rows: a step can be moved and changed."""

    course: CheckedCourse
    rows: list[RowPlan]

    @property
    def added(self) -> list[RowPlan]:
        return [row for row in self.rows if row.is_new]

    @property
    def changed(self) -> list[RowPlan]:
        return [row for row in self.rows if row.changed]

    @property
    def moved(self) -> list[RowPlan]:
        return [row for row in self.rows if row.taken(PLACE)]

    @property
    def renamed(self) -> list[RowPlan]:
        return [row for row in self.rows if row.taken(NAME)]

    @property
    def retired(self) -> list[RowPlan]:
        return [row for row in self.rows if row.taken(["retired"]) and row.take["retired"]]

    @property
    def restored(self) -> list[RowPlan]:
        return [row for row in self.rows if row.taken(["retired"]) and not row.take["retired"]]

    @property
    def conflicts(self) -> list[RowPlan]:
        return [row for row in self.rows if row.conflicts]

    @property
    def changes_anything(self) -> bool:
        return any(row.take for row in self.rows)

    def lines(self) -> Iterator[str]:
        """The plan in words."""
        for row in self.added:
            yield f"added      {row.what} {row.uid}: {row.title}"
        for row in self.changed:
            yield f"changed    {row.what} {row.uid}: {', '.join(row.changed)}"
        for word, rows, names in (("moved", self.moved, PLACE), ("renamed", self.renamed, NAME)):
            for row in rows:
                changes = [f"{name} {row.stored[name]} → {row.take[name]}" for name in row.taken(names)]
                yield f"{word:<10} {row.what} {row.uid}: {', '.join(changes)}"
        for word, rows in (("retired", self.retired), ("restored", self.restored)):
            for row in rows:
                yield f"{word:<10} {row.what} {row.uid}: {row.title}"
        for row in self.conflicts:
            for name in row.conflicts:
                in_files, in_database = _where_they_differ(row.wanted[name], row.stored[name])
                yield f"conflict   {row.what} {row.uid}: {name} was edited in the files and in the admin; left as in the admin"
                yield f"             files: {in_files}"
                yield f"             admin: {in_database}"
        if not self.changes_anything:
            yield "nothing else to do" if self.conflicts else "nothing to do"


def plan(course: CheckedCourse, choices: Choices = UNDECIDED) -> Plan:
    """What loading this course would do now, with what a person chose where both sides were edited. Writes nothing.

    Raises ContentErrors when an address is already that of something else in the database.
    """
    return plan_for(course, Course.objects.filter(uid=course.document.id).first(), choices)


def plan_for(course: CheckedCourse, row: Course | None, choices: Choices = UNDECIDED) -> Plan:
    """The plan for a course's row; None plans a course that is not there yet. Raises ContentErrors as `plan` does."""
    outline = _with_places(list(_plan_outline(course, row, choices)))
    made = Plan(course, [_plan_course(course, row, choices, outline), *outline])
    _check_course_address(made)
    _check_step_addresses(made)
    return made


def _plan_course(course: CheckedCourse, row: Course | None, choices: Choices, outline: Iterable[RowPlan]) -> RowPlan:
    """The course's own row; it remembers beside its fields what the files were, and which ids are left for somebody to choose."""
    wanted = comparing.wanted_course(course)
    loaded = row.loaded if row else {}
    stored = comparing.stored_course(row) if row else None
    made = _plan_row("course", course.document.id, course.path, wanted, loaded, stored, choices)
    undecided = [plan.uid for plan in (made, *outline) if plan.conflicts]
    more = {DIGEST: course.digest, CONFLICTS: undecided}
    remembers = made.remembers or any(loaded.get(name) != value for name, value in more.items())
    return replace(made, loaded=made.loaded | more, remembers=remembers)


def _plan_outline(course: CheckedCourse, row: Course | None, choices: Choices) -> Iterator[RowPlan]:
    weeks = row.weeks.all() if row else []
    wanted = {week.document.id: (week.path, comparing.wanted_week(week)) for week in course.weeks}
    yield from _plan_rows("week", wanted, weeks, comparing.stored_week, choices)

    topics = row.topics.select_related("week") if row else []
    wanted = {
        topic.document.id: (topic.path, comparing.wanted_topic(topic, week))
        for week in course.weeks
        for topic in week.topics
    }
    yield from _plan_rows("topic", wanted, topics, comparing.stored_topic, choices)

    steps = row.steps.select_related("topic").prefetch_related(*comparing.PARTS) if row else []
    wanted = {
        step.document.id: (step.path, comparing.wanted_step(step, topic, course))
        for topic in course.topics
        for step in topic.steps
    }
    yield from _plan_rows("step", wanted, steps, comparing.stored_step, choices)


def _plan_rows(
    what: str, wanted: Wanted, rows: Iterable[Row], stored: Callable[[Row], Fields], choices: Choices
) -> Iterator[RowPlan]:
    """Rows that have a file, in the files' order; then those whose file is gone. A row that never had one is the admin's own."""
    by_uid = {row.uid: row for row in rows}
    for uid, (path, fields) in wanted.items():
        row = by_uid.pop(uid, None)
        yield _plan_row(what, uid, path, fields, row.loaded if row else {}, stored(row) if row else None, choices)
    for uid, row in by_uid.items():
        yield _plan_row(what, uid, "", {"retired": True} if row.loaded else {}, row.loaded, stored(row), choices)


def _plan_row(
    what: str, uid: str, path: str, wanted: Fields, loaded: Fields, stored: Fields | None, choices: Choices
) -> RowPlan:
    if stored is None:
        return RowPlan(what, uid, path, True, {}, wanted, take=wanted, conflicts=[], loaded=wanted, remembers=True)
    merged = merge(files=wanted, loaded=loaded, database=stored, choice=choices.of(uid))
    return RowPlan(
        what,
        uid,
        path,
        False,
        stored,
        wanted,
        take=merged.take,
        conflicts=merged.conflicts,
        loaded=merged.loaded,
        remembers=merged.loaded != loaded,
    )


def _with_places(rows: list[RowPlan]) -> list[RowPlan]:
    """The rows of an outline, so that no topic is retired with a step in it that is not, and no week with such a topic.

    Files and admin can lead there together: one side takes a topic away, the other puts a step into it.
    """
    for place, inside in (("topic", "step"), ("week", "topic")):
        needed = {row.after[place] for row in rows if row.what == inside and not row.after["retired"]}
        rows = [
            _not_retired(row) if row.what == place and row.uid in needed and row.after["retired"] else row
            for row in rows
        ]
    return rows


def _not_retired(row: RowPlan) -> RowPlan:
    """The same with the row in the course. Where its file is gone it is retired by a later load, when nothing is in it."""
    take = {name: value for name, value in row.take.items() if name != "retired"}
    return replace(
        row,
        take=take | ({"retired": False} if row.stored["retired"] else {}),
        conflicts=[name for name in row.conflicts if name != "retired"],
        loaded=row.loaded | {"retired": False} if row.loaded else row.loaded,
        remembers=True,
    )


def _check_course_address(made: Plan) -> None:
    slug = made.rows[0].after["slug"]
    other = Course.objects.exclude(uid=made.course.document.id).filter(slug=slug).first()
    if other:
        message = f'the address "{slug}" is already that of the course with the id "{other.uid}"; rename the folder'
        raise ContentErrors([Problem(f"{made.course.path}/course.yaml", 1, message)])


def _check_step_addresses(made: Plan) -> None:
    """No two steps that will be shown may have one address; the files alone were checked, but the admin has steps and addresses too."""
    first: dict[str, RowPlan] = {}
    problems = []
    live = [row for row in made.rows if row.what == "step" and not row.after["retired"]]
    for row in sorted(live, key=lambda row: "slug" in row.take):
        slug = row.after["slug"]
        if slug in first:
            message = f'the address "{slug}" is already that of the step "{first[slug].uid}", which got it in the admin'
            path = row.path or first[slug].path or f"{made.course.path}/course.yaml"
            problems.append(Problem(path, 1, f'{message}; give this step another "slug"', "slug"))
        first.setdefault(slug, row)
    if problems:
        raise ContentErrors(problems)


def _where_they_differ(one: Any, other: Any) -> tuple[str, str]:
    """Two values as short texts that show where they first differ."""
    texts = [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in (one, other)]
    same = next((n for n, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), min(map(len, texts)))
    start = max(same - SHOWN_OF_A_TEXT // 3, 0)
    return _excerpt(texts[0], start), _excerpt(texts[1], start)


def _excerpt(text: str, start: int) -> str:
    shown = text[start : start + SHOWN_OF_A_TEXT].replace("\n", " ")
    return f'"{"…" if start else ""}{shown}{"…" if start + SHOWN_OF_A_TEXT < len(text) else ""}"'
