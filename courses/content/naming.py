"""Warnings about sources: figures that cite none, one source named in two ways, references that do not say what they are cited for.

The course's page of sources gathers all references, so that a page named in two ways, or with two years, would look like two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from courses.content.errors import Problem
from courses.content.explaining import dotted
from courses.content.markdown_blocks import CAPTION_START
from courses.content.markers import without_code
from courses.content.sources import CourseSource, Document, Location, StepSource, mapping, mappings

# Figures that somebody counted: shares, sums of money, and what has thousands or millions in it.
# Found with all their digits, because the warning quotes them.
_NUMBER = r"\d{1,12}(?:[.,]\d{1,12}){0,4}"  # bounded, so that pages of digits cost little
_MANY = r"\s(?:thousand|million|billion)\b"
FIGURE = re.compile(
    rf"[$€£]\s?{_NUMBER}(?:{_MANY})?|{_NUMBER}(?:\s?%|{_MANY})|\b\d{{1,3}}(?:,\d{{3}})+\b(?:\.\d+)?",
)
_NOT_STATED = re.compile(r"“[^”]*”|\"[^\"]*\"|\]\([^()\s]*\)|https?://\S+")  # words of others, examples, addresses
_BLOCK = re.compile(r"\S.*(?:\n[ \t]*\S.*)*")
_PULL = re.compile(r">\s*\[!pull\]")


def naming_warnings(source: CourseSource) -> list[Problem]:
    """What is to be said about a course's figures and references, in order of place."""
    first: dict[str, tuple[object, object, str]] = {}
    steps = [step for week in source.weeks for topic in week.topics for step in topic.steps]
    return sorted(problem for step in steps for problem in (*_uncited(step), *_in_references(step.document, first)))


def _uncited(step: StepSource) -> Iterator[Problem]:
    """Paragraphs, lists and tables with figures and no citation; the caption of a table may hold the one of all its figures."""
    body = without_code(step.body)
    caption = ""
    for block in _BLOCK.finditer(body):
        text = caption + block[0]
        caption = block[0] if block[0].startswith(CAPTION_START) else ""
        found = None if _PULL.match(block[0]) else FIGURE.search(_NOT_STATED.sub(" ", block[0]))
        if found and "[^" not in text:
            line = step.body_line + body.count("\n", 0, block.start())
            message = f"the figure {found[0]} stands in a passage that cites nothing; say where it is from: [^id-of-a-reference]"
            yield Problem(step.document.path, line, message, "body")


def _in_references(document: Document, first: dict[str, tuple[object, object, str]]) -> Iterator[Problem]:
    for index, reference in mappings(mapping(document.data).get("references")):
        place: Location = ("references", index)
        if not reference.get("claim"):
            yield _warning(document, place, "the reference does not say what it is cited for; write it as its claim")
        address = reference.get("url")
        if not isinstance(address, str):
            continue
        name, year = reference.get("source"), reference.get("year")
        line = document.line_of(place)
        known_name, known_year, where = first.setdefault(address, (name, year, f"{document.path}:{line}"))
        if (name, year) != (known_name, known_year):
            message = (
                f"this address is “{known_name}” ({known_year}) in {where}; name it in the same way, with the same year"
            )
            yield _warning(document, (*place, "source"), message)


def _warning(document: Document, place: Location, message: str) -> Problem:
    return Problem(document.path, document.line_of(place), message, dotted(place))
