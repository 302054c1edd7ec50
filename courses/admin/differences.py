"""Two values of a field in words, and how they differ: line by line, and word by word inside lines that changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

from django.utils.translation import gettext as _

from courses.models import Course, Step

SHOWN_AROUND = 2  # lines that stayed, before and after what changed
MOST_WORDS = 3_000  # in one changed passage; a longer one is shown whole, before and after
WORD = re.compile(r"\w+|\s+|[^\w\s]")


class Piece(NamedTuple):
    """Some text that stayed ("same"), went ("gone") or is new ("new"); "left out" stands for lines that stayed and are not shown."""

    what: Literal["same", "gone", "new", "left out"]
    text: str


def label(name: str) -> str:
    """What a field is called in the forms."""
    for model in (Step, Course):
        known = {f.name: f for f in model._meta.get_fields()}
        if name in known:
            field = known[name]
            words = field.related_model._meta.verbose_name_plural if field.one_to_many else field.verbose_name  # type: ignore
            return str(words)
    return _("retired") if name == "retired" else name


def in_words(value: Any) -> str:
    """A stored value as text: a list with an entry on each line, a part with its fields below each other."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        apart = "\n\n" if any(isinstance(entry, Mapping) for entry in value) else "\n"
        return apart.join(in_words(entry) for entry in value)
    if isinstance(value, Mapping):
        lines = ((name, in_words(entry)) for name, entry in value.items())
        return "\n".join(f"{name}: {text}" if "\n" not in text else f"{name}:\n{text}" for name, text in lines if text)
    return "" if value is None else str(value)


def difference(before: Any, after: Any) -> list[Piece]:
    """How two values of a field differ, in pieces that follow each other."""
    old, new = in_words(before).splitlines(keepends=True), in_words(after).splitlines(keepends=True)
    pieces: list[Piece] = []
    blocks = SequenceMatcher(None, old, new, autojunk=len(old) + len(new) > 2 * MOST_WORDS).get_opcodes()
    for at, (what, i, j, k, m) in enumerate(blocks):
        if what == "equal":
            pieces += _abridged(old[i:j], first=at == 0, last=at == len(blocks) - 1)
        else:
            pieces += _by_words("".join(old[i:j]), "".join(new[k:m]))
    return pieces


def _abridged(lines: list[str], *, first: bool, last: bool) -> Iterator[Piece]:
    """Lines that stayed: those near a change."""
    head, tail = (0 if first else SHOWN_AROUND), (0 if last else SHOWN_AROUND)
    if len(lines) <= head + tail + 1:
        yield Piece("same", "".join(lines))
        return
    if head:
        yield Piece("same", "".join(lines[:head]))
    yield Piece("left out", "\n")
    if tail:
        yield Piece("same", "".join(lines[-tail:]))


def _by_words(old: str, new: str) -> Iterator[Piece]:
    before, after = WORD.findall(old), WORD.findall(new)
    match = SequenceMatcher(None, before, after, autojunk=False)
    # Two passages with little in common read better one after the other than shuffled into each other.
    if len(before) + len(after) > MOST_WORDS or match.quick_ratio() < 0.4:
        blocks = [("replace", 0, len(before), 0, len(after))]
    else:
        blocks = list(match.get_opcodes())
    for what, i, j, k, m in blocks:
        if what == "equal":
            yield Piece("same", "".join(before[i:j]))
            continue
        if i < j:
            yield Piece("gone", "".join(before[i:j]))
        if k < m:
            yield Piece("new", "".join(after[k:m]))
