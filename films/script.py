"""A film's script as slides: what each one shows, and what is said while it is seen."""

from __future__ import annotations

import re
from dataclasses import dataclass

from courses.content.script import Line, plain_text, transcript_of

_HEADING = re.compile(r" {0,3}#{1,6}\s+\S")
_BULLET = re.compile(r"\s*[-*+]\s+(.*)")


@dataclass(frozen=True)
class Slide:
    """A title, the points below it, and the paragraphs spoken over them."""

    title: str
    points: tuple[str, ...]
    lines: tuple[Line, ...]


def slides_of(script: str) -> list[Slide]:
    """The slides in order. Words before the first heading make a slide without a title."""
    slides = []
    for part in _parts(script):
        lines = transcript_of("\n".join(part))
        title = transcript_of(f"{part[0]}\n\nx")[0].heading
        points = tuple(_points(part))
        if title or points or lines:
            slides.append(Slide(title, points, tuple(lines)))
    return slides


def _parts(script: str) -> list[list[str]]:
    """The script's lines, cut before each heading."""
    parts: list[list[str]] = [[""]]
    for line in script.splitlines():
        if _HEADING.match(line):
            parts.append([])
        parts[-1].append(line)
    return parts


def _points(part: list[str]) -> list[str]:
    points: list[str] = []
    goes_on = False
    for line in part:
        if bullet := _BULLET.fullmatch(line):
            points.append(bullet[1])
            goes_on = True
        elif goes_on and line.startswith((" ", "\t")) and line.strip():
            points[-1] += " " + line.strip()
        else:
            goes_on = False
    return [plain_text(point) for point in points]
