"""The lists in a course's row (outcomes, audience, contributors, questions) as text that a person reads and edits, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from courses.content.text import plain_line_ends

Entry = dict[str, str]

CONTINUED = "  "  # how the further paragraphs of an answer begin


def lines_to_text(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def text_to_lines(text: str) -> list[str]:
    """One entry on each line; empty lines do not count."""
    return [line.strip() for line in plain_line_ends(text).split("\n") if line.strip()]


def entries_to_text(entries: Iterable[dict[str, Any]], first: str, second: str) -> str:
    """Each entry as a line and what belongs below it, an empty line between entries.

    What belongs below may have several paragraphs: from the second on they are indented.
    """
    blocks = []
    for entry in entries:
        head, *more = re.split(r"\n[ \t]*\n+", plain_line_ends(str(entry.get(second, ""))))
        blocks.append(f"{entry.get(first, '')}\n{head}")
        blocks += ["\n".join(CONTINUED + line for line in paragraph.split("\n")) for paragraph in more]
    return "\n\n".join(blocks)


def text_to_entries(text: str, first: str, second: str, *, on_one_line: bool) -> list[Entry]:
    """The entries of such a text. Raises ValidationError with a message for each entry that lacks its second part."""
    entries: list[Entry] = []
    for block in re.split(r"\n[ \t]*\n+", plain_line_ends(text).strip("\n")):
        if not block.strip():
            continue
        if entries and block.startswith((" ", "\t")):
            paragraph = "\n".join(line.removeprefix(CONTINUED) for line in block.split("\n"))
            entries[-1][second] += f"\n\n{paragraph.rstrip()}"
            continue
        head, _newline, rest = block.strip().partition("\n")
        entries.append({first: head.strip(), second: rest.strip()})
    if on_one_line:
        entries = [{first: entry[first], second: " ".join(entry[second].split())} for entry in entries]
    lacking = [entry[first] for entry in entries if not entry[second]]
    words = _("“%(entry)s” has nothing below it. Write each entry on two lines, with an empty line between entries.")
    if lacking:
        raise ValidationError([words % {"entry": entry} for entry in lacking])
    return entries
