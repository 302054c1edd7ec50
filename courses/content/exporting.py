"""Writes a course from the database as content files, in the one form that is called canonical.

Fields come in the order of `schema`, those that say what would hold without them are left out, texts of one line stand on one line,
and files are named by number and address. Loading what was written changes nothing; files in this form come back to the byte.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.emitter import RoundTripEmitter
from ruamel.yaml.scalarstring import LiteralScalarString

from courses.content import comparing, schema
from courses.content.errors import ContentErrors, Problem
from courses.content.explaining import dotted
from courses.content.folders import ignored
from courses.content.merging import Fields
from courses.models import Course, QuizQuestion, ReflectionQuestion, Step, Topic, Week

# Said even where they hold without being said: a reader of course.yaml looks for them.
ALWAYS_SAID = ("hours_per_week", "language", "licence")
WORKSHEET = ReflectionQuestion.Kind.WORKSHEET
HASH_IN_NAME = re.compile(r"\.[0-9a-f]{10}(?=\.[^.]+$)")


@dataclass(frozen=True)
class Exported:
    """A course as files: texts by path inside its folder, and where in the storage each picture, film or caption file is."""

    folder: str
    texts: Mapping[str, str]
    media: Mapping[str, str]  # path inside the folder -> name in the storage

    @property
    def has_steps(self) -> bool:
        return any(path.endswith(".md") for path in self.texts)


def export(course: Course) -> Exported:
    """The course as files. What is retired has no file; a week or topic has one if a step in it has.

    Raises ContentErrors, with the id of the step in place of a file, when a row holds what no file may.
    """
    return _Exporter(course).export()


class _Exporter:
    def __init__(self, course: Course) -> None:
        self.course = course
        self.texts: dict[str, str] = {}
        self.media: dict[str, str] = {}

    def export(self) -> Exported:
        steps: dict[int, list[Step]] = {}
        for step in (
            self.course.steps.filter(retired_at=None).select_related("topic").prefetch_related(*comparing.PARTS)
        ):
            steps.setdefault(step.topic_id, []).append(step)
        topics: dict[int, list[Topic]] = {}
        for topic in self.course.topics.filter(pk__in=steps):
            topics.setdefault(topic.week_id, []).append(topic)
        self.course_files()
        weeks = self.course.weeks.filter(pk__in=topics)
        for number, week in _numbered(weeks):
            place = f"{number}-{week.uid}"
            self.heading(f"{place}/week.yaml", schema.WeekDocument, week)
            for topic_number, topic in _numbered(topics[week.pk]):
                inside = f"{place}/{topic_number}-{topic.uid}"
                self.heading(f"{inside}/topic.yaml", schema.TopicDocument, topic)
                for step_number, step in _numbered(steps[topic.pk]):
                    self.step(f"{inside}/{step_number}-{step.slug}", step)
        return Exported(self.course.slug, self.texts, self.media)

    def course_files(self) -> None:
        stored = comparing.stored_course(self.course)
        glossary = stored["glossary"]
        fields = course_document(self.course.uid, stored, self.file)
        self.texts["course.yaml"] = _yaml(_said(schema.CourseDocument, fields, ALWAYS_SAID))
        if glossary:
            self.texts["glossary.yaml"] = _yaml(_said(schema.GlossaryDocument, {"terms": glossary}))

    def heading(self, path: str, shape: type[BaseModel], row: Week | Topic) -> None:
        stored = comparing.stored_week(row) if isinstance(row, Week) else comparing.stored_topic(row)
        self.texts[path] = _yaml(_said(shape, stored | {"id": row.uid}))

    def step(self, path: str, step: Step) -> None:
        stored = comparing.stored_step(step)
        body, script = stored["body"], stored["script"]
        fields = step_document(step.uid, stored, self.file)
        if script:
            script_path = f"{path}.script.md"
            fields["video"] = {**(fields["video"] or {}), "script": PurePosixPath(script_path).name}
            self.texts[script_path] = script + "\n"
        self.texts[f"{path}.md"] = (
            f"---\n{_yaml(_said(schema.StepDocument, fields))}---\n{body}{chr(10) if body else ''}"
        )

    def file(self, stored: str) -> str | None:
        """The place of a stored file in the course's folder: where it came from, else one made from its name."""
        if not stored:
            return None
        path = self.course.file_names.get(stored) or f"media/{HASH_IN_NAME.sub('', PurePosixPath(stored).name)}"
        for candidate in _candidates(path):
            if self.media.setdefault(candidate, stored) == stored:
                return candidate
        raise AssertionError("there are endless candidates")


File = Callable[[str], str | None]  # gives for a stored file's name what a document calls it; None for the empty name


def course_document(uid: str, stored: Fields, file: File) -> Fields:
    """The fields of a course.yaml, and those that a row has besides."""
    picture = stored["picture"]
    return stored | {
        "id": uid,
        "draft": not stored["published"],
        "hours_per_week": float(stored["hours_per_week"]),
        "picture": {"file": file(picture), "alt": stored["picture_alt"]} if picture else None,
    }


def step_document(uid: str, stored: Fields, file: File) -> Fields:
    """The fields at the head of a step's file, and those that a row has besides. Its script is a file of its own."""

    def with_file(entry: Fields) -> Fields:
        return entry | {"file": file(entry["file"])}

    video: dict[str, Any] = {name: file(stored[name]) for name in ("film", "audio", "poster", "chapters")}
    video |= {"synthetic_voice": stored["synthetic_voice"], "captions": [with_file(c) for c in stored["captions"]]}
    asked = stored["questions"]
    return stored | {
        "id": uid,
        "slug": None,  # it is the file's name
        "draft": not stored["published"],
        "video": video if any(video.values()) else None,
        "figures": [with_file(_renamed(f, uid="id")) for f in stored["figures"]],
        "reflect": [{"id": q["uid"], "text": q["text"]} for q in asked if q["kind"] != WORKSHEET],
        "worksheet": [
            {"id": q["uid"], "title": q["title"], "text": q["text"]} for q in asked if q["kind"] == WORKSHEET
        ],
        "quiz": [_quiz_question(q) for q in stored["quiz"]],
        "see_also": [
            {"title": r["title"], "url": r["url"] or None, "step": r["to_step"] or None, "note": r["note"]}
            for r in stored["resources"]
        ],
        "references": [_renamed(r, uid="id") | {"url": r["url"] or None} for r in stored["references"]],
    }


def _candidates(path: str) -> Iterator[str]:
    """The path, then others for files that would lie in the same place."""
    yield path
    place = PurePosixPath(path)
    number = 2
    while True:
        yield place.with_name(f"{place.stem}-{number}{place.suffix}").as_posix()
        number += 1


def _numbered(rows: Any) -> Iterator[tuple[str, Any]]:
    """Rows in order with the numbers of their files: their positions, or new ones where two have the same."""
    rows = sorted(rows, key=lambda row: (row.position, row.pk))
    places = [row.position for row in rows]
    if len(set(places)) < len(places) or max(places, default=0) > 9999:
        places = list(range(1, len(rows) + 1))
    for place, row in zip(places, rows, strict=True):
        yield f"{place:02}", row


def _renamed(entry: Fields, **names: str) -> Fields:
    return {names.get(name, name): value for name, value in entry.items()}


def _quiz_question(stored: Fields) -> Fields:
    """A question with its list under the name that a file has for its kind."""
    entry = _renamed(stored, uid="id")
    options = entry.pop("options")
    name = {QuizQuestion.Kind.ORDER: "items", QuizQuestion.Kind.MATCH: "pairs"}.get(entry["kind"], "options")
    return entry | {name: options}


def _said(shape: type[BaseModel], fields: Fields, always: tuple[str, ...] = ()) -> Fields:
    """The fields of a document in the schema's order, without those that hold anyway."""
    known = {name: fields[name] for name in shape.model_fields if name in fields}
    try:
        document = shape.model_validate(known)
    except ValidationError as error:
        found = [Problem(str(fields.get("id", "")), 1, e["msg"], dotted(e["loc"])) for e in error.errors()]
        raise ContentErrors(found) from error
    said = document.model_dump(exclude_defaults=True)
    everything = document.model_dump()
    return {name: said.get(name, everything[name]) for name in shape.model_fields if name in said or name in always}


class _Emitter(RoundTripEmitter):
    """Quotes with ", as people do."""

    def choose_scalar_style(self) -> Any:
        style = super().choose_scalar_style()
        return '"' if style == "'" else style


def _yaml(data: Fields) -> str:
    yaml = YAML()
    yaml.Emitter = _Emitter
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 1_000_000
    yaml.allow_unicode = True
    out = io.StringIO()
    yaml.dump(_styled(data), out)
    return out.getvalue()


def _styled(value: Any) -> Any:
    """Texts of several lines as blocks, whole numbers without a point."""
    if isinstance(value, dict):
        return {name: _styled(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_styled(entry) for entry in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and "\n" in value and all(_stands_in_a_block(line) for line in value.split("\n")):
        return LiteralScalarString(value)
    return value


def _stands_in_a_block(line: str) -> bool:
    """Other lines (with a tab, say, or a space at the end) are safer in quotes."""
    return line.isprintable() and not line.endswith(" ")


def of_the_course(path: PurePosixPath) -> bool:
    """Whether a file of a course's folder is one that an export writes or takes away: its texts; not media, not notes for people."""
    return path.suffix in (".md", ".yaml") and path.parts[0] != "media" and not any(map(ignored, path.parts))
