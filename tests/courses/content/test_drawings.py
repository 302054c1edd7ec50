"""The drawings of this site's own courses: readable on a narrow phone and in the dark, and told in words to whoever cannot see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings

from courses.content.files import read_course
from courses.content.folders import course_folders
from courses.content.sources import mapping, mappings

CONTENT = Path(settings.BASE_DIR) / "content"
DRAWINGS = sorted(CONTENT.glob("*/media/*.svg"))
NIGHT = {"evening-service", "field-vancouver"}  # dark by themselves, by day too
NARROWEST, SMALLEST = 288, 11  # pixels: a drawing on a screen of 320, and the letters on it
SVG = "{http://www.w3.org/2000/svg}"


def figures() -> Iterator[tuple[str, dict[str, Any]]]:
    for folder in course_folders(CONTENT):
        source = read_course(folder)
        steps = [step for week in source.weeks for topic in week.topics for step in topic.steps]
        for step in steps:
            for _index, figure in mappings(mapping(step.document.data).get("figures")):
                yield f"{step.name}, {figure['id']}", {**figure, "path": folder / figure["file"]}


FIGURES = dict(figures())


def words_of(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower().replace("’", "'")))


def sizes(element: ElementTree.Element, size: float = 0) -> Iterator[float]:
    size = float(element.get("font-size", size))
    if element.tag in (f"{SVG}text", f"{SVG}tspan") and (element.text or "").strip():
        yield size
    for child in element:
        yield from sizes(child, size)


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda path: path.stem)
def test_its_letters_can_be_read_on_the_narrowest_phone(drawing: Path):
    root = ElementTree.parse(drawing).getroot()  # noqa: S314 — our own files
    width = float(root.get("viewBox", "").split()[2])

    assert all(size * NARROWEST / width >= SMALLEST for size in sizes(root))


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda path: path.stem)
def test_it_follows_the_dark(drawing: Path):
    assert drawing.stem in NIGHT or "@media (prefers-color-scheme:dark)" in drawing.read_text()


@pytest.mark.parametrize("name", FIGURES)
def test_its_description_says_every_word_that_is_drawn(name: str):
    figure = FIGURES[name]
    texts = ElementTree.parse(figure["path"]).iter(f"{SVG}text")  # noqa: S314
    drawn = " ".join(" ".join(part.strip() for part in node.itertext()) for node in texts).replace("- ", "")

    assert words_of(drawn) - words_of(figure["alt"]) == set()
    assert figure["caption"] and figure["credit"]


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda path: path.stem)
def test_it_is_light_enough_for_a_slow_line(drawing: Path):
    assert drawing.stat().st_size <= 10_000  # bytes, and about a third of that on the wire
