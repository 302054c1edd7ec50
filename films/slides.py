"""The pictures of a film, drawn by Chromium in the course's own look: a title card, and each slide with the name of who is speaking.

The winding line is the film: walked in amber, a stop for each slide, the lamp at the one that is seen.
"""

from __future__ import annotations

import base64
import hashlib
import html
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from string import Template

from playwright.sync_api import Error, Page, sync_playwright

from films.problems import FilmProblem, ToolMissing
from films.script import Slide

WIDTH, HEIGHT = 854, 480
SMALLEST = 0.6  # of the usual size of letters; smaller cannot be read on a phone
TEMPLATE = Path(__file__).with_name("slide.html")
FONTS = Path(__file__).parent.parent / "static" / "fonts"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LABEL = "Narration: synthetic voice"
PATIENCE = 300_000  # milliseconds; a busy machine is no reason to give up on a film

_FITS = "const main = document.querySelector('main'); main.scrollHeight <= main.clientHeight && main.scrollWidth <= main.clientWidth"
_LEFT, _RIGHT, _BASE, _SWING = 64, 790, 424, 13  # where the line runs, in pixels

# A speaker's emblem is made as people's pictures on the site are: four quarter tiles, in colours of their own that stand out here.
_EMBLEMS = [
    ("#bfe0d8", "#0b5261", "#f6b73c"), ("#fbe0d4", "#9c3a22", "#f6c873"), ("#d9d9f3", "#47478f", "#f5a78f"),
    ("#f1d387", "#1b6647", "#12272c"), ("#f5a78f", "#12272c", "#fbe0d4"), ("#bfe6cf", "#47478f", "#f6b73c"),
]  # fmt: skip
_TILES = (
    "M0 0h20a20 20 0 0 1-20 20z",
    "M20 0v20a20 20 0 0 1-20-20z",
    "M10 2a8 8 0 1 0 .1 0z",
    "M0 10a10 10 0 0 1 20 0v10h-20z",
)


@dataclass(frozen=True)
class Picture:
    """What one picture shows: a slide by its number with its speaker, or the title card."""

    slide: int | None
    speaker: str


def draw(
    pictures: Sequence[Picture],
    slides: Sequence[Slide],
    *,
    title: str,
    course: str,
    language: str,
    folder: Path,
) -> list[Path]:
    """PNG files in the order of the pictures. Raises FilmProblem for a slide with more words than can be read."""
    template = Template(TEMPLATE.read_text(encoding="utf-8"))
    speakers = list(dict.fromkeys(line.speaker for slide in slides for line in slide.lines if line.speaker))
    files = []
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=_browser(), args=_arguments(), timeout=PATIENCE)
        except Error as error:
            raise ToolMissing("no Chromium is here to draw the slides; `make browser` installs one") from error
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.set_default_timeout(PATIENCE)
        for number, picture in enumerate(pictures):
            if picture.slide is None:
                drawing, words = _card(title, course)
            else:
                drawing, words = _slide(slides[picture.slide], picture, course, len(slides), speakers)
            page.set_content(
                template.substitute(
                    language=language,
                    kind="card" if picture.slide is None else "slide",
                    drawing=drawing,
                    words=words,
                    font=_font("ahn-latin.woff2"),
                    font_extended=_font("ahn-latin-ext.woff2"),
                )
            )
            if not _fit(page):
                what = "the title" if picture.slide is None else f'the slide "{slides[picture.slide].title}"'
                raise FilmProblem(f"{what} has more words than can be read on a phone; make it shorter")
            files.append(folder / f"{number:03}.png")
            page.screenshot(path=files[-1])
        browser.close()
    return files


def _fit(page: Page) -> bool:
    """Makes the letters smaller until everything has its place; no when they would be too small."""
    page.evaluate("document.fonts.ready")
    scale = 1.0
    while scale >= SMALLEST:
        page.evaluate("scale => document.documentElement.style.setProperty('--scale', scale)", scale)
        if page.evaluate(_FITS):
            return True
        scale = round(scale - 0.04, 2)
    return False


def _card(title: str, course: str) -> tuple[str, str]:
    """A street lamp over the line that the film will walk."""
    drawing = (
        '<path fill="url(#cone)" d="M690 112 560 372h260z"/>'
        f'<path class="walked" d="{_line(4, base=372)}"/>'
        '<path class="post" d="M770 374V118c0-34-56-40-76-12"/><circle class="here" cx="690" cy="112" r="13"/>'
    )
    words = (
        f'<p class="course"><span>{html.escape(course)}</span></p><main><h1>{html.escape(title)}</h1></main>'
        f'<p class="label">{LABEL}</p>'
    )
    return drawing, words


def _slide(slide: Slide, picture: Picture, course: str, stops: int, speakers: Sequence[str]) -> tuple[str, str]:
    here = picture.slide or 0
    marks = []
    for stop in range(stops):
        x = _x(stop, stops)
        if stop == here:
            marks.append(
                f'<circle class="glow" cx="{x}" cy="{_BASE}" r="34"/><circle class="here" cx="{x}" cy="{_BASE}" r="12"/>'
            )
        else:
            done = " is-done" if stop < here else ""
            marks.append(f'<circle class="stop{done}" cx="{x}" cy="{_BASE}" r="7"/>')
    drawing = (
        f'<path class="ahead" d="{_line(stops)}"/><path class="walked" d="{_line(stops, until=here)}"/>{"".join(marks)}'
    )
    points = "".join(f"<li>{html.escape(point)}</li>" for point in slide.points)
    speaker = ""
    if picture.speaker:
        emblem = _emblem(picture.speaker, speakers.index(picture.speaker))
        speaker = f'<span class="speaker">{html.escape(picture.speaker)}{emblem}</span>'
    words = (
        f'<p class="course"><span>{html.escape(course)}</span>{speaker}</p>'
        f"<main><h1>{html.escape(slide.title)}</h1>{f'<ul>{points}</ul>' if points else ''}</main>"
    )
    return drawing, words


def _emblem(speaker: str, place: int) -> str:
    digest = hashlib.sha256(speaker.encode()).digest()
    ground, *inks = _EMBLEMS[place % len(_EMBLEMS)]
    tiles = "".join(
        f'<path fill="{inks[(number + digest[4]) % 2]}" transform="translate({20 * (number % 2)} {20 * (number // 2)})"'
        f' d="{_TILES[(place + digest[number]) % len(_TILES)]}"/>'
        for number in range(4)
    )
    return f'<svg class="emblem" viewBox="0 0 40 40"><path fill="{ground}" d="M0 0h40v40H0z"/>{tiles}</svg>'


def _x(stop: int, stops: int) -> int:
    return round(_LEFT + (_RIGHT - _LEFT) * (stop / (stops - 1) if stops > 1 else 0.5))


def _line(stops: int, until: int | None = None, base: int = _BASE) -> str:
    """The winding line: in from the left edge, swinging over and under its stops; out to the right, or to the stop `until`."""
    points = [-20, *[_x(stop, stops) for stop in range(stops)]]
    points = points[: until + 2] if until is not None else [*points, WIDTH + 20]
    # The same at every stop, so that the line has no corners.
    steepness = 2 * _SWING / ((_RIGHT - _LEFT) / max(stops - 1, 1) / 3)
    path = [f"M{points[0]} {base}"]
    for number, (start, end) in enumerate(pairwise(points)):
        third = (end - start) / 3
        lift = round(base + steepness * third * (-1 if number % 2 else 1), 1)
        path.append(f"C{start + third:.1f} {lift} {end - third:.1f} {lift} {end} {base}")
    return "".join(path)


def _font(name: str) -> str:
    return base64.b64encode((FONTS / name).read_bytes()).decode()


def _browser() -> str | None:
    """A Chromium that is here; None for Playwright's own."""
    return os.environ.get("CHROMIUM") or next((path for name in BROWSERS if (path := shutil.which(name))), None)


def _arguments() -> list[str]:
    arguments = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--font-render-hinting=none"]
    return [*arguments, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else arguments
