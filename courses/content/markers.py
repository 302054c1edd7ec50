"""What a body points to, each with its line, counted from 1: notes, steps, figures, pictures. Nothing inside code counts."""

from __future__ import annotations

import re
from collections import defaultdict

from courses.content.markdown_blocks import OWN_NOTE, fenced_ranges
from courses.content.markdown_inline import CITATION, STEP_SCHEME

Places = list[tuple[str, int]]

_CITATION = re.compile(rf"(?<!\\){CITATION}")
_STEP_LINK = re.compile(rf"\]\(\s*<?{STEP_SCHEME}([^\s()<>]*)")
# Alone on its line, also as an item of a list or in a quote.
_FIGURE = re.compile(r"^[ >*+-]*(?:\d+\. +)?!\[[^\[\]\n]*\]\(figure:([\w-]+)\) *$", re.MULTILINE)
_CHART = re.compile(_FIGURE.pattern.replace("figure:", "chart:"), re.MULTILINE)
_PICTURE = re.compile(r"(?<!\\)!\[[^\[\]]*\]\(\s*<?([^\s()<>]*)")
_BACKTICKS = re.compile(r"(?<!\\)`+")
_NOT_A_LINE_END = re.compile(r"[^\n]")


def cited_ids(source: str) -> Places:
    """The ids of references that a body cites; those for which it has a note of its own are left out."""
    lines = without_code(source).split("\n")
    definitions = [OWN_NOTE.fullmatch(line) for line in lines]
    own = {match[1] for match in definitions if match}
    text = "\n".join(match[2] if match else line for line, match in zip(lines, definitions, strict=True))
    return [place for place in _places(_CITATION, text) if place[0] not in own]


def own_notes(source: str) -> Places:
    """The ids of a body's own notes, as often as they stand there."""
    lines = enumerate(without_code(source).split("\n"), start=1)
    return [(match[1], number) for number, line in lines if (match := OWN_NOTE.fullmatch(line))]


def step_links(source: str) -> Places:
    """The ids of the steps to which a body links."""
    return _places(_STEP_LINK, without_code(source))


def figures_used(source: str) -> Places:
    """The ids of the figures that a body shows, each alone on its line."""
    return _places(_FIGURE, without_code(source))


def charts_used(source: str) -> Places:
    """The ids of the charts that a body shows, each alone on its line."""
    return _places(_CHART, without_code(source))


def image_targets(source: str) -> Places:
    """The addresses of all other pictures, among them figures and charts that are not alone on their line and so not shown."""
    return _places(_PICTURE, _CHART.sub("", _FIGURE.sub("", without_code(source))))


def _places(pattern: re.Pattern[str], text: str) -> Places:
    return [(match[1], text.count("\n", 0, match.start(1)) + 1) for match in pattern.finditer(text)]


def without_code(source: str) -> str:
    """The source with everything in code turned into spaces, so that lines keep their numbers."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for start, end in fenced_ranges(lines):
        lines[start:end] = [""] * len(lines[start:end])
    return "\n\n".join(_without_code_spans(block) for block in "\n".join(lines).split("\n\n"))


def _without_code_spans(block: str) -> str:
    """A run of backticks opens code if a run of the same length closes it in the same block."""
    runs = list(_BACKTICKS.finditer(block))
    later = defaultdict(list)
    for index, run in reversed(list(enumerate(runs))):
        later[len(run[0])].append(index)
    index = 0
    while index < len(runs):
        same = later[len(runs[index][0])]
        while same and same[-1] <= index:
            same.pop()
        if not same:
            index += 1
            continue
        start, end = runs[index].end(), runs[same[-1]].start()
        block = block[:start] + _NOT_A_LINE_END.sub(" ", block[start:end]) + block[end:]
        index = same[-1] + 1
    return block
