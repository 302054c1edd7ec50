"""Warnings about marks that Markdown reads as plain words: lists and tables without an empty line, HTML, links that lead nowhere.

The page then shows the signs, or loses the link, and nobody is told. They are advice, as warnings about length are (see `lengths`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from courses.content.errors import Problem
from courses.content.markdown_blocks import fenced_ranges
from courses.content.markdown_inline import STEP_SCHEME
from courses.content.markers import without_code
from courses.content.sanitising import ADDRESS
from courses.content.sources import CourseSource

_BLOCK = re.compile(r"\S[^\n]*(?:\n[ \t]*\S[^\n]*)*")
_ITEM = re.compile(r"(?:[-*+]|1\.) +\S")
_NESTED = re.compile(r" {1,3}(?:[-*+]|\d{1,2}\.) +\S")
_OTHER_ITEM = re.compile(r" {0,3}(?:[•–]|\d{1,2}\)) +\S")
# Lines beside which a list may stand, or that are read by rules of their own.
_OTHER_START = re.compile(r" {0,3}(?:[>|:]|#{1,6} |!\[)")
_TABLE_RULE = re.compile(r" {0,3}\|?(?: *:?-+:? *\|)+(?: *:?-+:? *)?")
_HEADING = re.compile(r" {0,3}#{2,6}[^#\s]")
_HTML = re.compile(
    r"<!--|</?(?:a|b|blockquote|br|center|details|div|em|font|h[1-6]|hr|i|iframe|img|li|mark|ol|p|script|small|span|strong|style|sub"
    r"|summary|sup|table|tbody|td|th|thead|tr|u|ul|video)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?<![!\\])\[(?!\^)[^\[\]]*\]\(\s*<?([^\s()<>]*)")
_BY_REFERENCE = re.compile(r" {0,3}\[(?![\^!])[^\[\]]+\]:\s*\S")


def misread_warnings(source: CourseSource) -> list[Problem]:
    """What the texts of a course's steps show otherwise than it was meant, in order of place."""
    steps = [step for week in source.weeks for topic in week.topics for step in topic.steps]
    return sorted(
        Problem(step.document.path, step.body_line + line - 1, message, "body")
        for step in steps
        for line, message in {*_in_text(step.body)}
    )


def _in_text(body: str) -> Iterator[tuple[int, str]]:
    """Lines, counted from 1, and what is to be said about them."""
    lines = body.split("\n")
    for start, end in fenced_ranges(lines):
        if end > len(lines):
            yield (
                start + 1,
                "the code that begins here is not closed, so everything below is code; close it with the same signs",
            )
    text = without_code(body)
    for block in _BLOCK.finditer(text):
        yield from _in_block(block[0].split("\n"), text.count("\n", 0, block.start()) + 1)
    for match in _HTML.finditer(text):
        what = "a comment" if match[0] == "<!--" else f"the HTML {match[0]}"
        yield (
            _line(text, match),
            f"{what} is shown to everyone as the signs you typed; write Markdown, and notes into a README.md",
        )
    for match in _LINK.finditer(text):
        target = match[1]
        if not target.startswith(STEP_SCHEME) and not ADDRESS.fullmatch(html.unescape(target)):
            words = f'the link to "{target}" leads nowhere, and only its words are shown'
            yield (
                _line(text, match),
                f"{words}; addresses outside begin with https://, links to steps with {STEP_SCHEME}",
            )


def _in_block(lines: list[str], first: int) -> Iterator[tuple[int, str]]:
    """The same for lines without an empty one between them. Quotes have rules of their own and are left alone."""
    in_list = False
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else ""
        if _OTHER_ITEM.match(line):
            yield first + number, "this does not begin an entry of a list; begin it with - or 1. and a space"
        elif in_list and _NESTED.match(line):
            yield (
                first + number,
                "for a list inside an entry, indent its lines by four spaces; so they belong to the outer list or to none",
            )
        elif not in_list and _ITEM.match(line) and before and not _OTHER_START.match(before):
            yield (
                first + number,
                "this list stands directly below a paragraph and is shown as part of it; put an empty line before it",
            )
            return
        elif _TABLE_RULE.fullmatch(line.rstrip()) and number > 1:
            yield (
                first + number - 1,
                "this table stands directly below other words and is not shown as one; put an empty line before it",
            )
            return
        elif _HEADING.match(line):
            yield first + number, "a heading has a space behind its #"
        elif _BY_REFERENCE.match(line):
            yield (
                first + number,
                "links are written where they stand, as [the words](https://example.org/); this line is shown as it is",
            )
        in_list = in_list or _ITEM.match(line) is not None


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1
