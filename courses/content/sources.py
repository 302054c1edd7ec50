"""What reading a course folder gives to checking: plain data, with the line on which each thing stands.

Reading (`files`) fills these, checking judges them; so neither needs to know the other. The admin fills a `StepSource` from a form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from courses.content.errors import Problem

Location = tuple[str | int, ...]  # ("figures", 0, "alt"), as pydantic names places


@dataclass(frozen=True)
class Document:
    """Fields written in YAML. `data` is None when they could not be read; then a problem already says why."""

    path: str
    data: dict[str, Any] | None
    lines: Mapping[Location, int] = field(default_factory=dict)

    def line_of(self, location: Location) -> int:
        """The line of a field; of what holds it where the field itself is missing; else the first line."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)


class StoredFile(Protocol):
    """A picture, film or caption file; read only when asked, because a film may be larger than memory."""

    @property
    def path(self) -> str:
        """Relative to the content folder."""

    @property
    def size(self) -> int: ...

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hex."""

    @property
    def unchanged(self) -> bool:
        """Whether it is still the file that was looked at first."""

    def open(self) -> BinaryIO: ...


@dataclass(frozen=True)
class ScriptSource:
    """The script of a film. `text` is None when it could not be read."""

    path: str
    text: str | None


@dataclass(frozen=True)
class StepSource:
    document: Document
    name: str  # of the file, without number and ending: the step's address unless it gives another
    number: int
    body: str
    body_line: int  # the line of the file on which the body starts


@dataclass(frozen=True)
class TopicSource:
    folder: str
    number: int
    document: Document | None  # None: there is no topic.yaml
    steps: list[StepSource]
    scripts: Mapping[str, ScriptSource]


@dataclass(frozen=True)
class WeekSource:
    folder: str
    number: int
    document: Document | None
    topics: list[TopicSource]


@dataclass(frozen=True)
class CourseSource:
    folder: str  # its name is the course's address
    document: Document | None
    weeks: list[WeekSource]
    media: Mapping[str, StoredFile]  # by path relative to the course folder: "media/timeline.svg"
    digest: str  # changes when any file of the folder does
    problems: list[Problem]  # what could not be read
    glossary: Document | None = None  # None: there is no glossary.yaml


def mapping(value: Any) -> dict[str, Any]:
    """A value's fields; none when it has no fields."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """The entries of a list that have fields, with their index."""
    for index, entry in enumerate(value if isinstance(value, list) else []):
        if isinstance(entry, dict):
            yield index, entry
