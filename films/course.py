"""Finds the films of a course: each step whose fields name a script, with what its slides need to know of the course."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

FILMS = Path("media/films")  # inside the course's folder

_STEP = re.compile(r"\d{1,4}-([a-z0-9]+(?:-[a-z0-9]+)*)")
_FENCE = "---"


@dataclass(frozen=True)
class FilmStep:
    """A step with a script, and the course it belongs to."""

    slug: str
    title: str
    course: str
    language: str
    script: str
    place: Path  # of the script
    other_film: str  # a film that the step has from elsewhere; "" if none


def course_folders(content: Path) -> list[Path]:
    return sorted(file.parent for file in content.glob("*/course.yaml"))


def film_steps(folder: Path) -> Iterator[FilmStep]:
    """In the order of the course. What cannot be read is left out: check_content says what is wrong with it."""
    course = _fields(_text(folder / "course.yaml"))
    for file in sorted(folder.glob("*/*/*.md")):
        name = _STEP.fullmatch(file.stem)
        fields = _front_matter(file) if name else {}
        video = fields.get("video")
        script = video.get("script") if isinstance(video, dict) else None
        place = file.with_name(str(script))
        if not name or not isinstance(video, dict) or not script or not place.is_file():
            continue
        slug = str(fields.get("slug") or name[1])
        film = str(video.get("film") or "")
        yield FilmStep(
            slug=slug,
            title=str(fields.get("title", "")),
            course=str(course.get("title", "")),
            language=str(course.get("language") or "en"),
            script=_text(place),
            place=place,
            other_film="" if film in ("", (FILMS / f"{slug}.mp4").as_posix()) else film,
        )


def _front_matter(file: Path) -> dict[str, Any]:
    head, fence, rest = _text(file).partition("\n")
    if head.rstrip() != _FENCE or not fence:
        return {}
    return _fields(rest.split(f"\n{_FENCE}", 1)[0])


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8-sig", errors="replace")


def _fields(text: str) -> dict[str, Any]:
    try:
        # Typed as Any: ruamel annotates no return value here.
        fields: Any = YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        return {}
    return fields if isinstance(fields, dict) else {}
