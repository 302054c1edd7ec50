"""Writes tiny courses into a folder, for tests to spoil, check and load."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from courses.content import checking, files, loading
from courses.content.errors import Problem
from courses.content.planning import Plan

TOPIC = "01-first-week/01-what-it-is"
OTHER_TOPIC = "01-first-week/02-using-it"
WELCOME = f"{TOPIC}/01-welcome.md"
FILM = f"{TOPIC}/02-film.md"
PRACTICE = f"{OTHER_TOPIC}/01-practice.md"

VAN = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30" width="40" height="30"><rect width="40" height="30"/></svg>"""
CAPTIONS = """WEBVTT

00:00:01.000 --> 00:00:03.000
Welcome.

00:00:03.500 --> 00:00:05.000
Naloxone reverses an overdose.
"""

FILES = {
    "course.yaml": """\
id: naloxone
title: Naloxone
tagline: A short course
description: |
  What it is.

  How it is used.
outcomes:
  - Know what it is
audience:
  - title: Neighbours
    text: Anyone at all.
contributors:
  - name: The course team
    role: Writing
hours_per_week: 1.5
language: en
licence: CC BY 4.0
sources_note: Named as sources only.
picture:
  file: media/van.svg
  alt: A van in the evening
faq:
  - question: Do I need an account?
    answer: No.
""",
    "01-first-week/week.yaml": "id: first-week\ntitle: First week\nlead: The beginning.\n",
    f"{TOPIC}/topic.yaml": "id: what-it-is\ntitle: What it is\nlead: In short.\n",
    f"{OTHER_TOPIC}/topic.yaml": "id: using-it\ntitle: Using it\n",
    WELCOME: """\
---
id: welcome
kind: article
title: Welcome
lead: Where this goes.
minutes: 5
content_note: This step mentions overdose.
figures:
  - id: van
    file: media/van.svg
    alt: A van in the evening
    caption: The evening service.
    credit: The course team, CC BY 4.0
reflect:
  - id: where
    text: Where is it kept near you?
see_also:
  - title: The list of medicines
    url: https://example.org/medicines
    note: Web page
  - title: Practice
    step: practice
references:
  - id: who-2014
    source: World Health Organization
    year: 2014
    url: https://example.org/who
    claim: It works.
---

It works.[^who-2014] So we [practise](step:practice).[^own]

![](figure:van)

[^own]: In pairs.
""",
    FILM: """\
---
id: film
kind: video
title: The film
minutes: 3
video:
  script: 02-film.script.md
  film: media/film.mp4
  poster: media/poster.png
  captions:
    - language: en
      label: English
      file: media/film.en.vtt
---
What the film shows.
""",
    f"{TOPIC}/02-film.script.md": "## Opening\n\n**Nurse:** Welcome.\n",
    PRACTICE: """\
---
id: practice
kind: activity
title: Practice
minutes: 10
optional: true
---
""",
    "media/film.en.vtt": CAPTIONS,
}


def png(width: int = 4, height: int = 3) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(stream, "PNG")
    return stream.getvalue()


class CourseFiles:
    """A course folder of one week, two topics and three steps, in which everything a course can have occurs once."""

    def __init__(self, content: Path, name: str = "naloxone-now") -> None:
        self.folder = content / name
        for path, text in FILES.items():
            self.write(path, text)
        self.write("media/van.svg", VAN)
        self.write("media/poster.png", png())
        self.write("media/film.mp4", b"not looked into")

    def write(self, path: str, content: str | bytes) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def read(self, path: str) -> str:
        return (self.folder / path).read_text()

    def change(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        self.write(path, text.replace(old, new))

    def add(self, path: str, *, after: str, line: str) -> None:
        """A line behind the one that begins with `after`."""
        lines = self.read(path).split("\n")
        lines.insert(self.line(path, after), line)
        self.write(path, "\n".join(lines))

    def remove(self, path: str) -> None:
        (self.folder / path).unlink()

    def move(self, path: str, to: str) -> None:
        (self.folder / path).rename(self.folder / to)

    def step(self, path: str, uid: str, *more: str, kind: str = "article", body: str = "") -> None:
        fields = [f"id: {uid}", f"kind: {kind}", f"title: Step {uid}", "minutes: 1", *more]
        self.write(path, "\n".join(["---", *fields, "---", body, ""]))

    def line(self, path: str, begins: str) -> int:
        """The number of the first line that begins so, indentation aside."""
        lines = self.read(path).split("\n")
        return next(number for number, line in enumerate(lines, start=1) if line.lstrip().startswith(begins))

    def place(self, path: str, begins: str = "") -> tuple[str, int]:
        return f"{self.folder.name}/{path}", self.line(path, begins) if begins else 1

    def problems(self) -> list[Problem]:
        _course, problems = checking.check_course(files.read_course(self.folder))
        return problems

    def problem(self) -> Problem:
        """The one thing wrong; fails when another one is reported with it."""
        problems = self.problems()
        assert len(problems) == 1, "\n".join(str(problem) for problem in problems)
        return problems[0]

    def checked(self) -> checking.CheckedCourse:
        course, problems = checking.check_course(files.read_course(self.folder))
        assert course, "\n".join(str(problem) for problem in problems)
        return course

    def plan(self) -> Plan:
        return loading.plan(self.checked())

    def load(self) -> Plan:
        return loading.apply(self.checked())
