"""Judges the pictures, films and caption files that a course names."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from courses.content import pictures
from courses.content.captions import CaptionErrors, CaptionProblem, Cue, hard_to_read, parse_captions
from courses.content.errors import Problem
from courses.content.explaining import did_you_mean, dotted
from courses.content.sources import Document, Location, StoredFile
from courses.content.text import TextError, decode

FILMS = (".mp4", ".webm")
SOUNDS = (".m4a", ".mp3")
LARGEST_PICTURE = 10_000_000  # bytes
LARGEST_CAPTIONS = 2_000_000


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be stored, and what was learned by looking at it."""

    source: StoredFile
    width: int = 0
    height: int = 0
    cues: list[list[float | str]] = field(default_factory=list)  # [[start seconds, text], …]


class MediaChecker:
    """The course's pictures, films and caption files; each is looked at once, however many steps use it."""

    def __init__(self, media: Mapping[str, StoredFile] | None, problems: list[Problem]) -> None:
        self.media = media
        self.problems = problems
        self.looked_at: dict[str, CheckedFile | str] = {}

    def picture(self, name: str, document: Document, location: Location) -> CheckedFile | None:
        return self.look(name, document, location, self.look_at_picture)

    def film(self, name: str, document: Document, location: Location) -> CheckedFile | None:
        return self.look(name, document, location, self.look_at_film)

    def audio(self, name: str, document: Document, location: Location) -> CheckedFile | None:
        return self.look(name, document, location, self.look_at_audio)

    def captions(self, name: str, document: Document, location: Location) -> CheckedFile | None:
        return self.look(name, document, location, self.look_at_captions)

    def chapters(self, name: str, document: Document, location: Location) -> CheckedFile | None:
        return self.look(name, document, location, self.look_at_chapters)

    def look(
        self,
        name: str,
        document: Document,
        location: Location,
        look_at: Callable[[StoredFile], CheckedFile | str],
    ) -> CheckedFile | None:
        """The file that a field names, if it may be stored; else None, and the problem is noted."""
        if self.media is None:
            return None
        found = _find(name, self.media)
        if not isinstance(found, str):
            key = f"{look_at.__name__} {found.path}"
            if key not in self.looked_at:
                self.looked_at[key] = _looked_at(found, look_at)
            checked = self.looked_at[key]
            if isinstance(checked, CheckedFile):
                return checked
            found = checked
        if found:
            line = document.line_of(location)
            self.problems.append(Problem(document.path, line, f"{name}: {found}", dotted(location)))
        return None

    def look_at_picture(self, file: StoredFile) -> CheckedFile | str:
        if file.size > LARGEST_PICTURE:
            return f"a picture may have at most {LARGEST_PICTURE:,} bytes; save it smaller"
        try:
            width, height = pictures.picture_size(file.path, _bytes_of(file))
        except pictures.PictureError as error:
            return str(error)
        return CheckedFile(file, width=width, height=height)

    def look_at_film(self, file: StoredFile) -> CheckedFile | str:
        if not file.path.lower().endswith(FILMS):
            return f"a film is a file that ends in {' or '.join(FILMS)}"
        return CheckedFile(file) if file.size else "the file is empty"

    def look_at_audio(self, file: StoredFile) -> CheckedFile | str:
        if not file.path.lower().endswith(SOUNDS):
            return f"sound is a file that ends in {' or '.join(SOUNDS)}"
        return CheckedFile(file) if file.size else "the file is empty"

    def look_at_captions(self, file: StoredFile) -> CheckedFile | str:
        """What is wrong inside the file is noted with its line there; then the empty string is returned."""
        return self.look_at_cues(file, "captions are a WebVTT file, which ends in .vtt", hard_to_read)

    def look_at_chapters(self, file: StoredFile) -> CheckedFile | str:
        return self.look_at_cues(file, "chapters are a WebVTT file, which ends in .vtt", lambda cues: ())

    def look_at_cues(
        self,
        file: StoredFile,
        what_it_is: str,
        more: Callable[[Sequence[Cue]], Iterable[CaptionProblem]],
    ) -> CheckedFile | str:
        if not file.path.lower().endswith(".vtt"):
            return what_it_is
        if file.size > LARGEST_CAPTIONS:
            return f"a WebVTT file may have at most {LARGEST_CAPTIONS:,} bytes"
        try:
            cues = parse_captions(decode(_bytes_of(file)))
            found: list[CaptionProblem] = list(more(cues))
        except TextError as error:
            found = [CaptionProblem(error.line, error.message)]
        except CaptionErrors as errors:
            found = list(errors.problems)
        self.problems += [Problem(file.path, problem.line, problem.message) for problem in found]
        return "" if found else CheckedFile(file, cues=[[cue.start, cue.text] for cue in cues])


def _find(name: str, media: Mapping[str, StoredFile]) -> StoredFile | str:
    """The file, or what is wrong with its name."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        return "this name leads out of the course folder; files lie in the course's media/ folder"
    if path.parts[:1] != ("media",):
        return f"files lie in the course's media/ folder; write media/{path.name}"
    return (
        media.get(str(path))
        or _alike(path, media)
        or f"there is no such file in the course folder{did_you_mean(name, media)}"
    )


def _alike(path: PurePosixPath, media: Mapping[str, StoredFile]) -> StoredFile | None:
    """The file whose name has the same letters: Macs write an é as two signs, other computers as one."""
    name = unicodedata.normalize("NFC", str(path))
    return next((file for place, file in media.items() if unicodedata.normalize("NFC", place) == name), None)


def _looked_at(file: StoredFile, look_at: Callable[[StoredFile], CheckedFile | str]) -> CheckedFile | str:
    try:
        file.digest  # noqa: B018 — taken and kept now, so that a film that cannot be read is a problem like any other
        return look_at(file)
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def _bytes_of(file: StoredFile) -> bytes:
    with file.open() as stream:
        return stream.read()
