"""Reads a course folder into plain data: UTF-8, fields with their lines (yaml_fields), front matter between its fences.

Knows how files are named and nothing about what belongs in them. Whatever cannot be read becomes a problem with its place, and
reading goes on. Nothing outside the course folder is opened, no link out of it followed.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BufferedReader
from pathlib import Path

from django.utils.text import slugify

from courses.content.errors import ContentErrors, Problem
from courses.content.folders import digest_of, ignored
from courses.content.sources import CourseSource, Document, ScriptSource, StepSource, TopicSource, WeekSource
from courses.content.text import TextError, decode
from courses.content.yaml_fields import YamlProblem, parse

LONGEST_TEXT = 1_000_000  # bytes of a Markdown or YAML file
LONGEST_FRONT_MATTER = 100_000  # characters; the YAML parser needs seconds for more

NUMBERED = re.compile(r"(\d{1,4})-([a-z0-9]+(?:-[a-z0-9]+)*)")
FENCE = "---"
GLOSSARY = "glossary.yaml"
LINK_OUT = "is a link that leads out of the course folder; put the file itself here"


@dataclass(frozen=True)
class FileOnDisk:
    """A `StoredFile` that is read when asked."""

    path: str
    location: Path
    size: int
    modified: int

    @cached_property
    def digest(self) -> str:
        with self.open() as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def open(self) -> BufferedReader:
        return self.location.open("rb")

    @property
    def unchanged(self) -> bool:
        try:
            now = self.location.stat()
        except OSError:  # gone meanwhile
            return False
        return (now.st_size, now.st_mtime_ns) == (self.size, self.modified)


def read_document(file: Path) -> tuple[Document | None, list[Problem]]:
    """One YAML file that lies beside the courses; None when there is no such file."""
    reader = _Reader(file.parent)
    return reader.yaml_file(file), reader.problems


def read_course(folder: Path) -> CourseSource:
    """Everything a course folder holds. What an author did wrong is in `problems`.

    Raises ContentErrors when the folder cannot be read at all, or files vanish while it is read.
    """
    try:
        return _Reader(folder).read()
    except OSError as error:
        raise ContentErrors([Problem(folder.name, 1, f"cannot be read: {error}")]) from error


def read_course_documents(folders: Iterable[Path]) -> list[Document]:
    """The course.yaml of each folder alone, for telling courses apart."""
    documents = [_Reader(folder).yaml_file(folder / "course.yaml") for folder in folders]
    return [document for document in documents if document]


class _Unreadable(Exception):
    """A file that cannot be read; the problem has been noted."""


class _Reader:
    """Walks one course folder and gathers the problems it meets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder.resolve()
        self.problems: list[Problem] = []

    def read(self) -> CourseSource:
        digest = digest_of(self.folder)  # before reading: a file saved meanwhile is then loaded again next time
        document = self.yaml_file(self.folder / "course.yaml")
        weeks = []
        media: dict[str, FileOnDisk] = {}
        for entry in self.entries(self.folder):
            if entry.name == "media" and entry.is_dir():
                media = {file.location.relative_to(self.folder).as_posix(): file for file in self.media_files(entry)}
            elif entry.is_dir() and (match := NUMBERED.fullmatch(entry.name)):
                weeks.append(self.week(entry, int(match[1])))
            elif entry.name not in ("course.yaml", GLOSSARY):
                wanted = "weeks are folders named like 01-first-week, pictures belong in media/"
                self.overlooked(entry, wanted, "course.yaml", GLOSSARY, "media")
        return CourseSource(
            folder=self.folder.name,
            document=document,
            weeks=sorted(weeks, key=lambda week: week.number),
            media=media,
            digest=digest,
            problems=self.problems,
            glossary=self.yaml_file(self.folder / GLOSSARY),
        )

    def week(self, folder: Path, number: int) -> WeekSource:
        topics = []
        for entry in self.entries(folder):
            if entry.is_dir() and (match := NUMBERED.fullmatch(entry.name)):
                topics.append(self.topic(entry, int(match[1])))
            elif entry.name != "week.yaml":
                wanted = "a week holds week.yaml and topics, which are folders named like 01-first-topic"
                self.overlooked(entry, wanted, "week.yaml")
        topics.sort(key=lambda topic: topic.number)
        return WeekSource(self.path(folder), number, self.yaml_file(folder / "week.yaml"), topics)

    def topic(self, folder: Path, number: int) -> TopicSource:
        steps = []
        scripts: dict[str, ScriptSource] = {}
        for entry in self.entries(folder):
            if entry.is_file() and entry.name.endswith(".script.md"):
                scripts[entry.name] = self.script(entry)
            elif entry.is_file() and entry.suffix == ".md" and (match := NUMBERED.fullmatch(entry.stem)):
                steps.append(self.step(entry, int(match[1]), match[2]))
            elif entry.name != "topic.yaml":
                wanted = "a topic holds topic.yaml and steps, which are files named like 01-first-step.md"
                self.overlooked(entry, wanted, "topic.yaml")
        steps.sort(key=lambda step: step.number)
        return TopicSource(self.path(folder), number, self.yaml_file(folder / "topic.yaml"), steps, scripts)

    def script(self, file: Path) -> ScriptSource:
        try:
            return ScriptSource(self.path(file), self.text(file))
        except _Unreadable:
            return ScriptSource(self.path(file), None)

    def step(self, file: Path, number: int, name: str) -> StepSource:
        path = self.path(file)
        try:
            text = self.text(file)
        except _Unreadable:
            return StepSource(Document(path, None), name, number, "", 1)
        lines = text.split("\n")
        if lines[0].rstrip() != FENCE:
            self.problem(path, 1, f"the file does not begin with its fields; its first line must be {FENCE}")
            return StepSource(Document(path, None), name, number, "", 1)
        end = next((n for n, line in enumerate(lines[1:], start=1) if line.rstrip() == FENCE), None)
        if end is None:
            self.problem(path, 1, f"the fields are not closed; put a line {FENCE} between them and the text")
            return StepSource(Document(path, None), name, number, "", 1)
        document = self.document(path, "\n".join(lines[1:end]), first_line=2)
        start = next((n for n, line in enumerate(lines[end + 1 :], start=end + 1) if line.strip()), end)
        body = "\n".join(lines[start:]).strip() if start > end else ""
        return StepSource(document, name, number, body, start + 1)

    def yaml_file(self, file: Path) -> Document | None:
        """A YAML file's fields; None when there is no such file."""
        if not os.path.lexists(file):
            return None
        try:
            return self.document(self.path(file), self.text(file), first_line=1)
        except _Unreadable:
            return Document(self.path(file), None)

    def document(self, path: str, text: str, first_line: int) -> Document:
        try:
            if len(text) > LONGEST_FRONT_MATTER:
                raise YamlProblem(first_line, f"the fields are longer than {LONGEST_FRONT_MATTER:,} characters")
            data, lines = parse(text, first_line)
        except YamlProblem as error:
            for line, message in error.found:
                self.problem(path, line, message)
            return Document(path, None)
        return Document(path, data, lines)

    def media_files(self, folder: Path) -> Iterator[FileOnDisk]:
        for entry in self.entries(folder):
            if entry.is_dir():
                if entry.is_symlink():
                    self.problem(self.path(entry), 1, "is a link to a folder; put the files themselves here")
                else:
                    yield from self.media_files(entry)
            else:
                state = entry.stat()
                yield FileOnDisk(self.path(entry), entry, state.st_size, state.st_mtime_ns)

    def entries(self, folder: Path) -> list[Path]:
        """What a folder holds that may be read, by name."""
        try:
            found = sorted(entry for entry in folder.iterdir() if not ignored(entry.name))
        except OSError as error:
            self.problem(self.path(folder), 1, f"cannot be read: {error.strerror}")
            return []
        return [entry for entry in found if self.may_be_read(entry)]

    def may_be_read(self, entry: Path) -> bool:
        try:
            inside = entry.resolve(strict=True).is_relative_to(self.root)
            mode = entry.stat().st_mode
        except (OSError, RuntimeError):  # RuntimeError: links that lead in a circle
            self.problem(self.path(entry), 1, "is a link that leads nowhere")
            return False
        if not inside:
            self.problem(self.path(entry), 1, LINK_OUT)
        elif not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            self.problem(self.path(entry), 1, "is neither a file nor a folder")
        else:
            return True
        return False

    def text(self, file: Path) -> str:
        """A text file with plain line ends. Raises _Unreadable after noting why."""
        path = self.path(file)
        if not self.may_be_read(file):
            raise _Unreadable
        try:
            with file.open("rb") as stream:
                data = stream.read(LONGEST_TEXT + 1)
        except OSError as error:
            self.problem(path, 1, f"cannot be read: {error.strerror}")
            raise _Unreadable from error
        if len(data) > LONGEST_TEXT:
            self.problem(path, 1, f"is longer than {LONGEST_TEXT:,} bytes; cut it into several steps")
            raise _Unreadable
        try:
            return decode(data)
        except TextError as error:
            self.problem(path, error.line, error.message)
            raise _Unreadable from error

    def overlooked(self, entry: Path, wanted: str, *known: str) -> None:
        """`known` are the names without a number that have a place here."""
        better = _better_name(entry, known)
        hint = f"; rename this to {better}" if better else ""
        self.problem(self.path(entry), 1, f"would be overlooked: {wanted}{hint}")

    def problem(self, path: str, line: int, message: str) -> None:
        self.problems.append(Problem(path, line, message))

    def path(self, entry: Path) -> str:
        """Relative to the content folder, in characters that can be printed."""
        relative = Path(self.folder.name) / entry.relative_to(self.folder)
        return relative.as_posix().encode("utf-8", "replace").decode()


def _better_name(entry: Path, known: Iterable[str]) -> str:
    """The name that an entry was probably meant to have; empty where none is likely."""
    name, ending = (entry.name, "") if entry.is_dir() else (entry.stem, entry.suffix.lower())
    ending = {".yml": ".yaml", ".markdown": ".md"}.get(ending, ending)
    if (plain := name.lower() + ending) in known:
        return plain
    numbered = re.fullmatch(r"(\d{1,4})\W*_*(.+)", name)
    better = f"{numbered[1]}-{slugify(numbered[2].replace('_', '-'))}" if numbered else ""
    is_step = ending == ".md" and "topic.yaml" in known
    is_folder = entry.is_dir() and "topic.yaml" not in known
    return better + ending if NUMBERED.fullmatch(better) and (is_step or is_folder) else ""
