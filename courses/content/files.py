"""Reads a course folder into plain data: YAML with line numbers, UTF-8, front matter between its fences.

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
from typing import Any

from django.utils.text import slugify
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from courses.content.errors import ContentErrors, Problem
from courses.content.folders import digest_of, ignored
from courses.content.sources import (
    CourseSource,
    Document,
    Location,
    ScriptSource,
    StepSource,
    TopicSource,
    WeekSource,
)
from courses.content.text import TextError, decode

LONGEST_TEXT = 1_000_000  # bytes of a Markdown or YAML file
LONGEST_FRONT_MATTER = 100_000  # characters; the YAML parser needs seconds for more
DEEPEST_YAML = 50

NUMBERED = re.compile(r"(\d{1,4})-([a-z0-9]+(?:-[a-z0-9]+)*)")
FENCE = "---"
GLOSSARY = "glossary.yaml"
QUOTES = 'a text that contains ": " or " #", or begins with a special character, stands in quotes'
BELOW = "fields and entries that belong together begin straight below each other"
# What the parser says; whether the mistake is where it began to read, and not where it stopped; and the same for an author.
YAML_IN_WORDS = (
    (r"quoted scalar, found unexpected end", True, "a quotation mark is opened here and not closed"),
    (r"unknown escape", False, r"inside double quotes a backslash is written twice: \\"),
    (r"'\\t'", False, "a tab stands here; indent with spaces"),
    (r"could not find expected ':'", True, 'a field is written "name: value", with a space behind the colon'),
    (
        r"mapping values are not allowed",
        False,
        f'": " stands here where no field can begin. A text that contains ": " stands in quotes; {BELOW}',
    ),
    (
        r"expected <block end>",
        False,
        f"this does not fit the lines above it; {BELOW}. A text that contains quotation marks, or begins with a special character,"
        " stands in quotes itself",
    ),
    (r"a single document", False, "a line --- begins a second set of fields; remove it"),
)
BRACKET = re.compile(r"[\[\]{}]")
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
                raise _YamlProblem(first_line, f"the fields are longer than {LONGEST_FRONT_MATTER:,} characters")
            data, lines = _parse_yaml(text, first_line)
        except _YamlProblem as error:
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


class _YamlProblem(Exception):
    def __init__(self, line: int, message: str) -> None:
        self.found = [(line, message)]


def _parse_yaml(text: str, first_line: int) -> tuple[dict[str, Any], dict[Location, int]]:
    """Plain data and the line of each key and item. Raises _YamlProblem with everything found.

    Built from nodes, not by a constructor: so every duplicate key is found with its line, nothing is constructed but plain values,
    and an alias cannot make a small file large.
    """
    _check_depth(text, first_line)
    try:
        # Typed as Any: ruamel annotates no return value here.
        root: Any = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        line, what = _in_words(error)
        raise _YamlProblem(first_line + line, f"YAML: {what}") from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise _YamlProblem(first_line, "YAML: cannot be understood; it may be nested too deep") from error
    if root is None:
        return {}, {}
    if not isinstance(root, MappingNode):
        line = first_line + root.start_mark.line
        raise _YamlProblem(line, 'YAML: there must be fields here, each on its line as "name: value"')
    builder = _PlainData(first_line)
    data = builder.mapping(root, ())
    if builder.found:
        problem = _YamlProblem(*builder.found[0])
        problem.found = builder.found
        raise problem
    return data, builder.lines


def _in_words(error: MarkedYAMLError) -> tuple[int, str]:
    """Where the parser stumbled, counted from 0, and what an author may have meant otherwise."""
    said = f"{error.context or ''}, {error.problem or ''}"
    mark = error.problem_mark or error.context_mark
    for pattern, began_before, words in YAML_IN_WORDS:
        if re.search(pattern, said):
            mark = (began_before and error.context_mark) or mark
            return mark.line if mark else 0, words
    what = said if str(error.problem).startswith("but ") else error.problem or error.context
    return mark.line if mark else 0, f"{what}; {QUOTES}"


def _check_depth(text: str, first_line: int) -> None:
    """The parser's work grows with the square of open brackets; nobody needs many."""
    depth = 0
    for bracket in BRACKET.finditer(text):
        depth = depth + 1 if bracket[0] in "[{" else max(depth - 1, 0)
        if depth > DEEPEST_YAML:
            line = first_line + text.count("\n", 0, bracket.start())
            raise _YamlProblem(line, f"YAML: more than {DEEPEST_YAML} brackets are open inside each other")


class _PlainData:
    """Turns YAML nodes into dicts, lists and scalars, and remembers the lines."""

    def __init__(self, first_line: int) -> None:
        self.first_line = first_line
        self.lines: dict[Location, int] = {}
        self.found: list[tuple[int, str]] = []
        self.seen: set[int] = set()

    def mapping(self, node: MappingNode, location: Location) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = self.line(key_node)
            key = str(key_node.value) if isinstance(key_node, ScalarNode) else "?"
            if key in values:
                first = self.lines[(*location, key)]
                self.found.append((line, f'"{key}" stands here a second time, first on line {first}; remove one'))
                continue
            self.lines[(*location, key)] = line
            values[key] = self.value(value_node, (*location, key), line)
        return values

    def value(self, node: Node, location: Location, line: int) -> Any:
        if node.anchor and id(node) not in self.seen:
            words = (
                f"YAML: names for values (&{node.anchor}) are not used here; a text that begins with & stands in quotes"
            )
            self.found.append((line, words))
        if id(node) in self.seen:  # the value again, by its name
            return None
        self.seen.add(id(node))
        if isinstance(node, MappingNode):
            return self.mapping(node, location)
        if isinstance(node, SequenceNode):
            items = []
            for index, item in enumerate(node.value):
                self.lines[(*location, index)] = self.line(item)
                items.append(self.value(item, (*location, index), self.line(item)))
            return items
        return self.scalar(node, line)

    def scalar(self, node: Any, line: int) -> Any:
        kind = str(node.tag).removeprefix("tag:yaml.org,2002:")
        if kind == "null":
            return None
        if kind == "bool":
            return node.value.lower() == "true"
        try:
            if kind == "int":
                return int(node.value.replace("_", ""), 0 if node.value.lstrip("+-")[:2] in ("0x", "0o") else 10)
            if kind == "float":
                return float(node.value)
        except ValueError:
            return node.value
        if kind in ("str", "timestamp", "value"):
            return node.value
        self.found.append((line, f"YAML: the tag {node.tag} is not used here; leave it out"))
        return None

    def line(self, node: Node) -> int:
        return self.first_line + int(node.start_mark.line)
