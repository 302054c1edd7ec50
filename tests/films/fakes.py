"""A course folder of its own, and a studio that needs no programs: its voice takes as long for a word as the word is long."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from films.course import FilmStep
from films.making import Studio
from films.script import Slide
from films.slides import Picture
from films.voice import RATE, SAMPLE, Moment, Say, Sentence, Speech, Voice

SCRIPT = """\
## A door that works
- Easy to enter
- Free, near, open late

Someone has stopped breathing. There is time, and there is something you can do.

**Nurse:** First we call for help. Then we give naloxone, and we stay.

## What comes next

Read on when you are ready.
"""


def speech(sentence: Sentence, pace: float = 1.0, per_letter: float = 0.06) -> Speech:
    moments = []
    now = 0.06
    for word in sentence:
        end = now + (0.12 + per_letter * len(word)) / pace
        moments.append(Moment(word, now, end))
        now = end
    return Speech(bytes(SAMPLE * round((now + 0.06) * RATE)), tuple(moments))


class FakeStudio:
    """Counts what is made of it."""

    def __init__(self) -> None:
        self.rendered: list[str] = []

    def open(self) -> Studio:
        return Studio(voice=self.voice, draw=self.draw, encode=self.encode)

    def voice(self, sentences: Sequence[Sentence], folder: Path) -> Say:
        def say(sentence: Sentence, voice: Voice, pace: float) -> Speech:
            assert sentence in sentences
            return speech(sentence, pace)

        return say

    def draw(self, pictures: Sequence[Picture], slides: Sequence[Slide], step: FilmStep, folder: Path) -> list[Path]:
        self.rendered.append(step.slug)
        return [folder / f"{number}.png" for number in range(len(pictures))]

    def encode(self, scenes: Sequence[tuple[Path, float]], cuts: Sequence[float], sound: Path, target: Path) -> None:
        for ending in ("mp4", "m4a", "webp"):
            content = f"{ending} {len(sound.read_bytes())} {[(picture.name, seconds) for picture, seconds in scenes]}"
            target.with_name(f"{target.name}.{ending}").write_text(content)


def write_course(folder: Path, **scripts: str) -> Path:
    """A course with one topic; each script becomes a video step of that address."""
    topic = folder / "01-week" / "01-topic"
    topic.mkdir(parents=True, exist_ok=True)
    (folder / "course.yaml").write_text("id: naloxone\ntitle: Naloxone\n")
    for number, (slug, script) in enumerate(scripts.items(), start=1):
        name = f"{number:02}-{slug}"
        (topic / f"{name}.md").write_text(
            f"---\nid: {slug}\nkind: video\ntitle: Film {slug}\nminutes: 1\nvideo:\n  script: {name}.script.md\n---\nText.\n"
        )
        (topic / f"{name}.script.md").write_text(script)
    return folder
