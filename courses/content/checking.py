"""Judges what was read: plain data in, checked documents and every problem out. Knows neither files nor the database.

`check_course` judges a folder, `check_step` one step (the admin uses it too, with fields from a form and no files).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from courses.content import rendering
from courses.content.checking_glossary import check_glossary
from courses.content.checking_media import CheckedFile, MediaChecker
from courses.content.checking_step import LONGEST_SLUG, CheckedStep, StepChecker, check_step, slug_of
from courses.content.complexity import TooComplex
from courses.content.errors import Problem
from courses.content.explaining import Shaped, dotted, shaped
from courses.content.schema import (
    SLUG_PATTERN,
    CourseDocument,
    TermDocument,
    TopicDocument,
    WeekDocument,
)
from courses.content.sources import (
    CourseSource,
    Document,
    Location,
    StepSource,
    TopicSource,
    WeekSource,
    mapping,
    mappings,
)

__all__ = ["CheckedCourse", "CheckedStep", "CheckedTopic", "CheckedWeek", "check_apart", "check_course", "check_step"]


@dataclass(frozen=True)
class CheckedTopic:
    path: str
    document: TopicDocument
    position: int
    steps: list[CheckedStep]


@dataclass(frozen=True)
class CheckedWeek:
    path: str
    document: WeekDocument
    position: int
    topics: list[CheckedTopic]


@dataclass(frozen=True)
class CheckedCourse:
    path: str
    document: CourseDocument
    slug: str
    weeks: list[CheckedWeek]
    glossary: list[TermDocument]
    files: Mapping[str, CheckedFile]
    digest: str

    @property
    def topics(self) -> list[CheckedTopic]:
        return [topic for week in self.weeks for topic in week.topics]

    @property
    def steps(self) -> list[CheckedStep]:
        return [step for topic in self.topics for step in topic.steps]

    def summary(self) -> str:
        minutes = sum(step.document.minutes for step in self.steps)
        drafts = sum(step.document.draft for step in self.steps)
        counts = f"weeks {len(self.weeks)}, topics {len(self.topics)}, steps {len(self.steps)}, drafts {drafts}"
        return f"{self.slug}: {counts}, minutes {minutes}; nothing to mend"


def check_course(source: CourseSource) -> tuple[CheckedCourse | None, list[Problem]]:
    """The course, ready to be loaded, and no problem; or None and every problem, in order of place."""
    checker = _CourseChecker(source)
    course = checker.check()
    problems = sorted({*source.problems, *checker.problems})
    return (None if problems else course), problems


def check_apart(documents: Iterable[Document]) -> list[Problem]:
    """Problems between courses of one site: no two have the same id."""
    return _duplicates(documents, "course")


class _CourseChecker:
    def __init__(self, source: CourseSource) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.media = MediaChecker(source.media, self.problems)
        topics = [topic for week in source.weeks for topic in week.topics]
        self.steps = [step for topic in topics for step in topic.steps]
        self.step_ids = set(_known_ids(self.steps))
        language = mapping(source.document.data).get("language") if source.document else None
        self.language = language if isinstance(language, str) else "en"

    def check(self) -> CheckedCourse | None:
        source = self.source
        self.check_folder_name()
        document = self.document(source.document, CourseDocument, f"{source.folder}/course.yaml", "course")
        files: dict[str, CheckedFile] = {}
        if source.document and source.document.data is not None:
            files = self.course_files(source.document)
            self.course_texts(source.document)
        if not source.weeks:
            self.problem(
                f"{source.folder}/course.yaml", 1, "the course has no weeks; add a folder named like 01-first-week"
            )
        glossary = check_glossary(source.glossary, self.problems)
        weeks = [self.week(week) for week in source.weeks]
        self.check_numbers((week.number, week.folder) for week in source.weeks)
        self.check_what_must_differ()
        if document is None or None in weeks:
            return None
        checked = [week for week in weeks if week]
        return CheckedCourse(source.folder, document, source.folder, checked, glossary, files, source.digest)

    def check_folder_name(self) -> None:
        name = self.source.folder
        if len(name) > LONGEST_SLUG or not re.fullmatch(SLUG_PATTERN, name):
            self.problem(
                f"{name}/course.yaml",
                1,
                "the folder's name is the course's address: use at most 80 lower-case letters, digits and single hyphens",
            )

    def course_files(self, document: Document) -> dict[str, CheckedFile]:
        picture = mapping(mapping(document.data).get("picture"))
        name = picture.get("file")
        if not isinstance(name, str) or not name.strip():
            return {}
        checked = self.media.picture(name.strip(), document, ("picture", "file"))
        return {name.strip(): checked} if checked else {}

    def course_texts(self, document: Document) -> None:
        data = mapping(document.data)
        texts: list[tuple[Location, Any]] = [(("description",), data.get("description"))]
        for index, entry in mappings(data.get("faq")):
            texts.append((("faq", index, "answer"), entry.get("answer")))
        for location, text in texts:
            if isinstance(text, str):
                try:
                    rendering.render_text(text)
                except TooComplex as error:
                    self.problem(document.path, document.line_of(location), f"{dotted(location)}: {error}", location)

    def week(self, source: WeekSource) -> CheckedWeek | None:
        path = f"{source.folder}/week.yaml"
        document = self.document(source.document, WeekDocument, path, "week")
        if not source.topics:
            self.problem(path, 1, "the week has no topics; add a folder named like 01-first-topic, or remove the week")
        self.check_numbers((topic.number, topic.folder) for topic in source.topics)
        topics = [self.topic(topic) for topic in source.topics]
        if document is None or None in topics:
            return None
        return CheckedWeek(path, document, source.number, [topic for topic in topics if topic])

    def topic(self, source: TopicSource) -> CheckedTopic | None:
        path = f"{source.folder}/topic.yaml"
        document = self.document(source.document, TopicDocument, path, "topic")
        if not source.steps:
            self.problem(path, 1, "the topic has no steps; add a file named like 01-first-step.md, or remove the topic")
        self.check_numbers((step.number, step.document.path) for step in source.steps)
        steps = [
            StepChecker(step, self.problems, self.step_ids, source.scripts, self.media, self.language).check()
            for step in source.steps
        ]
        used = {name for step in source.steps for name in _script_names(step)}
        if all(step.document.data is not None for step in source.steps):
            for name, script in source.scripts.items():
                if name not in used:
                    self.problem(script.path, 1, f'no step uses this script; name it in one as "script: {name}"')
        if document is None or None in steps:
            return None
        return CheckedTopic(path, document, source.number, [step for step in steps if step])

    def check_numbers(self, numbered: Iterable[tuple[int, str]]) -> None:
        first: dict[int, str] = {}
        for number, path in numbered:
            if number in first:
                other = PurePosixPath(first[number]).name
                self.problem(path, 1, f"has the same number as {other}; give each its own")
            first.setdefault(number, path)

    def check_what_must_differ(self) -> None:
        weeks = [week.document for week in self.source.weeks if week.document]
        topics = [topic.document for week in self.source.weeks for topic in week.topics if topic.document]
        steps = [step.document for step in self.steps]
        for what, documents in (("week", weeks), ("topic", topics), ("step", steps)):
            self.problems += _duplicates(documents, what)
        seen: dict[str, StepSource] = {}
        for step in self.steps:
            slug = slug_of(step)
            if slug is None:
                continue
            if slug in seen:
                line = step.document.line_of(("slug",))
                other = seen[slug].document.path
                message = (
                    f'the address "{slug}" is already that of {other}; rename this file, or give it another "slug"'
                )
                self.problem(step.document.path, line, message, ("slug",))
            seen.setdefault(slug, step)

    def document(self, source: Document | None, shape: type[Shaped], path: str, what: str) -> Shaped | None:
        if source is None:
            self.problem(
                path, 1, f'is missing; it says what the {what} is called: write it, with "id: …" and "title: …"'
            )
            return None
        return shaped(source, shape, self.problems)

    def problem(self, path: str, line: int, message: str, location: Location = ()) -> None:
        self.problems.append(Problem(path, line, message, dotted(location)))


def _duplicates(documents: Iterable[Document], what: str) -> list[Problem]:
    """The documents whose id another one has already."""
    first: dict[str, Document] = {}
    problems = []
    for document in documents:
        uid = mapping(document.data).get("id")
        if not isinstance(uid, str):
            continue
        if uid in first:
            other = f"{first[uid].path}, line {first[uid].line_of(('id',))}"
            message = f'the id "{uid}" is already that of the {what} in {other}; give this one an id of its own'
            problems.append(Problem(document.path, document.line_of(("id",)), message, "id"))
        first.setdefault(uid, document)
    return problems


def _known_ids(steps: Iterable[StepSource]) -> Iterator[str]:
    """The ids of all steps. Where one cannot be read its name stands in, so that links to it are no problem of their own."""
    for step in steps:
        uid = step.name if step.document.data is None else step.document.data.get("id")
        if isinstance(uid, str):
            yield uid


def _script_names(step: StepSource) -> Iterator[str]:
    name = mapping(mapping(step.document.data).get("video")).get("script")
    if isinstance(name, str):
        yield name
