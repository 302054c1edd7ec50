"""The script of a film as the text of what is said. Slides' headings stay; the bullets they show are not spoken and are left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_HEADING = re.compile(r" {0,3}#{1,6}\s+(.*?)[\s#]*")
_BULLET = re.compile(r"\s*[-*+]\s+.*")
_RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*")
_SPEAKER = re.compile(r"\*\*([^*\n]{1,60}?)\s*(?::\*\*|\*\*\s*:)\s*(.*)", re.DOTALL)

_MARKS = (
    (re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)"), r"\1"),
    (re.compile(r"\[\^[\w-]+\]"), ""),
    (re.compile(r"(?<!\\)`+([^`]+)`+"), r"\1"),
    (re.compile(r"(?<![\\*])\*{1,3}(?=[^\s*])([^*]*[^\s*\\])\*{1,3}"), r"\1"),
    (re.compile(r"(?<![\w\\])_{1,3}(?=[^\s_])([^_]*[^\s_\\])_{1,3}(?!\w)"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()>#+.!-])"), r"\1"),
)


@dataclass(frozen=True)
class Line:
    """A paragraph of narration: under which slide, by whom ("" is the narrator), and the words as plain text."""

    heading: str
    speaker: str
    text: str
    at: int = field(default=0, compare=False)  # where it begins in the script, counted from 1


def transcript_of(script: str) -> list[Line]:
    """The spoken paragraphs of a script, in order, each with the heading of its slide."""
    lines: list[Line] = []
    heading = ""
    paragraph: list[str] = []
    begins = 0
    in_bullet = False

    def end_paragraph() -> None:
        if paragraph:
            lines.append(_spoken(heading, "\n".join(paragraph), begins))
            paragraph.clear()

    for number, line in enumerate(script.splitlines(), start=1):
        is_indented = line.startswith((" ", "\t"))
        if not line.strip() or _RULE.fullmatch(line):
            end_paragraph()
            in_bullet = False
        elif match := _HEADING.fullmatch(line):
            end_paragraph()
            heading = plain_text(match[1])
            in_bullet = False
        elif _BULLET.fullmatch(line):
            end_paragraph()
            in_bullet = True
        elif not (in_bullet and is_indented):
            begins = begins if paragraph else number
            paragraph.append(line.strip())
            in_bullet = False
    end_paragraph()
    return lines


def _spoken(heading: str, paragraph: str, at: int) -> Line:
    match = _SPEAKER.fullmatch(paragraph)
    speaker, words = match.groups() if match else ("", paragraph)
    return Line(heading, plain_text(speaker), plain_text(words), at)


def plain_text(markdown: str) -> str:
    """Words without the marks of emphasis, links and code, on one line."""
    for pattern, replacement in _MARKS:
        markdown = pattern.sub(replacement, markdown)
    return " ".join(markdown.split())
