"""Judges a course's glossary: its fields, and that no two terms could be meant by the same words of a text."""

from __future__ import annotations

from courses.content.errors import Problem
from courses.content.explaining import dotted, shaped
from courses.content.glossary import forms_of, key_of
from courses.content.schema import GlossaryDocument, TermDocument
from courses.content.sources import Document, Location, mappings


def check_glossary(source: Document | None, problems: list[Problem]) -> list[TermDocument]:
    """The terms of a glossary; none where there is no file, or it has problems."""
    if source is None or source.data is None:
        return []
    document = shaped(source, GlossaryDocument, problems)
    ids: dict[str, int] = {}
    forms: dict[str, tuple[int, int]] = {}  # by what cannot be told apart: the entry and its line
    for index, entry in mappings(source.data.get("terms")):
        here: Location = ("terms", index)
        uid = entry.get("id")
        if isinstance(uid, str):
            line = source.line_of((*here, "id"))
            if uid in ids:
                message = f'the id "{uid}" stands here a second time, first on line {ids[uid]}; give each its own'
                problems.append(Problem(source.path, line, message, dotted((*here, "id"))))
            ids.setdefault(uid, line)
        for location, form in _forms(entry, here):
            line = source.line_of(location)
            other, first = forms.setdefault(key_of(form), (index, line))
            if other != index:
                message = f'"{form}" is defined a second time, first on line {first}; make one entry of both'
                problems.append(Problem(source.path, line, message, dotted(location)))
    return document.terms if document else []


def _forms(entry: dict[str, object], here: Location) -> list[tuple[Location, str]]:
    """The forms of an entry that are text, with their places."""
    found: list[tuple[Location, str]] = []
    term, also = entry.get("term"), entry.get("also")
    if isinstance(term, str):
        found.append(((*here, "term"), forms_of(term, [])[0]))
    for number, form in enumerate(also if isinstance(also, list) else []):
        if isinstance(form, str):
            found.append(((*here, "also", number), form))
    return found
