"""The course of a film in time: who says what when, which picture is seen meanwhile, and the captions that go with it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from films.captions import Cue, TooFast, cues_of
from films.problems import FilmProblem
from films.script import Slide
from films.voice import RATE, SAMPLE, Moment, Say, Sentence, Speech, Voice, cast
from films.wording import sentences_of

FRAMES = 5  # pictures a second; everything new begins with a picture
TITLE = 2.4  # seconds of silence under the title card
BEFORE_SLIDE = 1.2  # between the last words of a slide and the first of the next
BEFORE_SPEAKER = 0.9
BEFORE_PARAGRAPH = 0.75
BEFORE_SENTENCE = 0.48
LOOK = 0.4  # a picture is there this long before it is spoken over
WITHOUT_WORDS = 4.0  # a slide over which nothing is said
ENDING = 1.8
PACES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75)  # tried in turn until a paragraph's captions can be read in time
NARRATOR_NAME = "Narrator"  # in captions, where the narrator speaks again after somebody else


@dataclass(frozen=True)
class Scene:
    """A picture: which slide (None is the title card), with whose name, and from when on, in seconds."""

    start: float
    slide: int | None
    speaker: str


@dataclass(frozen=True)
class Narration:
    sound: bytes
    seconds: float
    scenes: tuple[Scene, ...]
    cues: tuple[Cue, ...]

    def slide_starts(self) -> list[tuple[float, int]]:
        """When each slide is first seen, in order."""
        first: dict[int, float] = {}
        for scene in self.scenes:
            if scene.slide is not None:
                first.setdefault(scene.slide, scene.start)
        return [(start, slide) for slide, start in first.items()]

    def until(self) -> list[tuple[Scene, float]]:
        """Each scene with its length in seconds."""
        ends = [later.start for _, later in pairwise(self.scenes)] + [self.seconds]
        return [(scene, round(end - scene.start, 3)) for scene, end in zip(self.scenes, ends, strict=True)]


def sentences_in(slides: Sequence[Slide]) -> list[Sentence]:
    return [sentence for slide in slides for line in slide.lines for sentence in sentences_of(line.text)]


def narrate(slides: Sequence[Slide], say: Say) -> Narration:
    """Speaks the slides one after the other. Raises FilmProblem where the captions cannot keep up."""
    return _Narrator(slides, say).narrate()


class _Narrator:
    def __init__(self, slides: Sequence[Slide], say: Say) -> None:
        self.slides = slides
        self.say = say
        self.voices = cast(line.speaker for slide in slides for line in slide.lines)
        self.sound = bytearray()
        self.scenes = [Scene(0.0, None, "")]
        self.cues: list[Cue] = []

    @property
    def now(self) -> float:
        return len(self.sound) / SAMPLE / RATE

    def narrate(self) -> Narration:
        speaker = ""
        self.wait_until(TITLE - BEFORE_SLIDE)
        for number, slide in enumerate(self.slides):
            for place, line in enumerate(slide.lines):
                changed = line.speaker != speaker
                pause = BEFORE_PARAGRAPH if place else BEFORE_SLIDE
                self.wait_until(self.now + max(pause, BEFORE_SPEAKER if changed else 0))
                self.show(number, line.speaker)
                name = (line.speaker or NARRATOR_NAME) if changed else ""
                self.speak(sentences_of(line.text), self.voices[line.speaker], name)
                speaker = line.speaker
            if not slide.lines:
                self.wait_until(self.now + BEFORE_SLIDE)
                self.show(number, "")
                self.wait_until(self.now + WITHOUT_WORDS)
        self.wait_until(self.now + ENDING)
        return Narration(bytes(self.sound), self.now, tuple(self.scenes), tuple(self.cues))

    def wait_until(self, moment: float) -> None:
        """Silence, at least until then, up to the next frame."""
        frame = math.ceil(round(moment * FRAMES, 6))
        self.sound.extend(bytes(SAMPLE * (frame * RATE // FRAMES) - len(self.sound)))

    def show(self, slide: int, speaker: str) -> None:
        before = self.scenes[-1]
        if (before.slide, before.speaker) != (slide, speaker):
            self.scenes.append(Scene(round(self.now - LOOK, 3), slide, speaker))

    def speak(self, sentences: Sequence[Sentence], voice: Voice, name: str) -> None:
        """A paragraph, more slowly where its captions could not be read in time."""
        for pace in PACES:
            sound, moments = _together([self.say(sentence, voice, pace) for sentence in sentences], self.now)
            try:
                self.cues += cues_of(moments, name)
            except TooFast:
                continue
            self.sound += sound
            return
        text = " ".join(sentences[0])
        raise FilmProblem(
            f'the paragraph "{text} …" makes captions that cannot be read in time; make its words shorter'
        )


def _together(speeches: Sequence[Speech], now: float) -> tuple[bytes, list[Moment]]:
    sound = bytearray()
    moments: list[Moment] = []
    for speech in speeches:
        if sound:
            sound += bytes(SAMPLE * round(BEFORE_SENTENCE * RATE))
        offset = now + len(sound) / SAMPLE / RATE
        moments += [Moment(m.word, m.start + offset, m.end + offset) for m in speech.moments]
        sound += speech.sound
    return bytes(sound), moments
