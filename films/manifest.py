"""films.json: which film was made from which script, and the exact files it became. From it comes the plan of what to make.

A film is made when its script, or what else it shows and says, has changed. Nothing is made twice, and a file that is not the one we
made is somebody's own: its film is left alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from films.course import FilmStep
from films.wording import Pronunciation

VERSION = 1  # raise it when films should look or sound different though their scripts have not changed: then all are made again
NAME = "films.json"


class Decision(StrEnum):
    MAKE = "make"
    KEEP = "as it was"
    LEAVE = "left alone"


@dataclass(frozen=True)
class Planned:
    """What happens to one film, and why it is left alone."""

    step: FilmStep
    decision: Decision
    reason: str = ""


@dataclass(frozen=True)
class Record:
    """A film we made: the digest of what it was made from, its length, and the digest of each of its files."""

    source: str
    seconds: float
    files: dict[str, str]


@dataclass
class Manifest:
    """The records in a folder of films, by slug."""

    folder: Path
    records: dict[str, Record] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        file = folder / NAME
        if not file.is_file():
            return cls(folder)
        films = json.loads(file.read_text(encoding="utf-8"))["films"]
        return cls(folder, {slug: Record(**record) for slug, record in films.items()})

    def write(self) -> None:
        films = {slug: vars(record) for slug, record in sorted(self.records.items())}
        text = json.dumps({"films": films}, indent=2, ensure_ascii=False, sort_keys=True)
        (self.folder / NAME).write_text(text + "\n", encoding="utf-8")

    def plan(self, step: FilmStep, pronunciation: Pronunciation) -> Planned:
        if step.other_film:
            return Planned(step, Decision.LEAVE, f"the step shows {step.other_film}")
        if step.language.split("-")[0] != "en":
            return Planned(step, Decision.LEAVE, f"there is no voice for the language {step.language}")
        record = self.records.get(step.slug)
        if record is None:
            film = self.folder / f"{step.slug}.mp4"
            return (
                Planned(step, Decision.LEAVE, f"{film.name} is not ours")
                if film.exists()
                else Planned(step, Decision.MAKE)
            )
        here = {name: file_digest(self.folder / name) for name in record.files if (self.folder / name).is_file()}
        replaced = sorted(name for name, digest in here.items() if digest != record.files[name])
        if replaced:
            return Planned(
                step, Decision.LEAVE, f"{', '.join(replaced)}: not as we made it; delete it to have it made again"
            )
        unchanged = record.source == source_digest(step, pronunciation) and len(here) == len(record.files)
        return Planned(step, Decision.KEEP if unchanged else Decision.MAKE)

    def record(self, step: FilmStep, pronunciation: Pronunciation, seconds: float, files: Iterable[Path]) -> None:
        digests = {file.name: file_digest(file) for file in sorted(files)}
        before = self.records.get(step.slug)
        for name in before.files.keys() - digests.keys() if before else ():  # chapters of a film that has become short
            (self.folder / name).unlink(missing_ok=True)
        self.records[step.slug] = Record(source_digest(step, pronunciation), seconds, digests)

    def left_over(self, steps: Iterable[FilmStep]) -> list[str]:
        """Films whose step is gone, or has another address now."""
        return sorted(self.records.keys() - {step.slug for step in steps})


def source_digest(step: FilmStep, pronunciation: Pronunciation) -> str:
    """Of everything that a film shows and says."""
    parts = [str(VERSION), step.course, step.title, step.language, step.script, *pronunciation.used_in(step.script)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def file_digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
