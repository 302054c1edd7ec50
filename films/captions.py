"""Captions and chapters: when each word is heard, cut into lines that can be read in time, and written as WebVTT."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from films.voice import Moment
from films.wording import ends_sentence

LONGEST_LINE = 42  # characters
FASTEST = 19.5  # characters a second; 20 is allowed, and times are rounded
HOLD = 0.2  # seconds that a caption may stay after its last word
LEAD = 0.15  # seconds by which the first caption of a paragraph, which may hold a name, comes before its first word
GAP = 0.02  # seconds between two captions
LONGEST_CAPTION = 2 * LONGEST_LINE
SHORT = 1.3  # seconds; a shorter caption flashes by

# Words before which a sentence may be cut, and those that should stay with the word that follows, or the one before.
# fmt: off
_BEFORE = {
    "and", "but", "or", "because", "if", "when", "where", "who", "which", "that", "to", "so", "than", "with", "for", "from", "between",
    "about", "into", "before", "after", "until", "while", "as", "in", "on", "at", "by", "without", "through",
}
_NOT_AFTER = {
    "a", "an", "the", "of", "to", "in", "on", "at", "by", "for", "with", "and", "or", "but", "is", "are", "was", "not", "my", "your",
    "his", "her", "its", "our", "their", "no", "that", "who", "which", "i", "as", "than", "from", "very",
}
_NOT_BEFORE = {"me", "him", "them", "us", "it"}
# fmt: on


@dataclass(frozen=True)
class Cue:
    """A caption of one or two lines, in seconds."""

    start: float
    end: float
    lines: tuple[str, ...]


class TooFast(Exception):
    """The words are spoken faster than they can be read; they must be said more slowly."""


def cues_of(moments: Sequence[Moment], name: str = "") -> list[Cue]:
    """A paragraph's captions. `name` is written before the first, where the speaker has changed. Raises TooFast.

    Of all ways to cut the paragraph, the one that costs least: captions end where sentences or clauses do, and none flashes by.
    """
    count = len(moments)
    best: list[float] = [0.0, *[float("inf")] * count]
    came_from = [0] * (count + 1)
    made: dict[tuple[int, int], Cue] = {}
    for start in range(count):
        if best[start] == float("inf"):
            continue
        for end in range(start + 1, count + 1):
            words = [moment.word for moment in moments[start:end]]
            text = " ".join([f"{name}:", *words] if name and not start else words)
            if len(text) > LONGEST_CAPTION:
                break
            lines = _lines(text)
            if not lines:
                continue
            cue = Cue(moments[start].start - (0 if start else LEAD), _end(moments, end), lines)
            if len(text) > FASTEST * (cue.end - cue.start):
                continue
            cost = best[start] + _cost(moments, start, end, cue)
            if cost < best[end]:
                best[end], came_from[end], made[start, end] = cost, start, cue
    if best[count] == float("inf"):
        raise TooFast
    cues = []
    place = count
    while place:
        cues.append(made[came_from[place], place])
        place = came_from[place]
    return cues[::-1]


def webvtt(cues: Iterable[Cue]) -> str:
    blocks = [
        f"{_clock(cue.start)} --> {_clock(cue.end)}\n{html.escape(chr(10).join(cue.lines), quote=False)}"
        for cue in cues
    ]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def chapters(titles: Sequence[tuple[float, str]], seconds: float) -> list[Cue]:
    """From each slide's start to the next one's; the first begins with the film."""
    starts = [0.0, *[start for start, _ in titles[1:]], seconds]
    return [Cue(starts[n], starts[n + 1], (title,)) for n, (_, title) in enumerate(titles)]


def _end(moments: Sequence[Moment], end: int) -> float:
    held = moments[end - 1].end + HOLD
    return min(held, moments[end].start - GAP) if end < len(moments) else held


def _cost(moments: Sequence[Moment], start: int, end: int, cue: Cue) -> float:
    sentences_joined = sum(ends_sentence(moment.word) for moment in moments[start : end - 1])
    after = moments[end].word if end < len(moments) else ""
    cut = _cut(moments[end - 1].word, after)
    cost = 1.0 + cut + 0.4 * sentences_joined + 0.2 * (len(cue.lines) - 1)
    if sentences_joined and (cut or (start and not ends_sentence(moments[start - 1].word))):
        cost += 1.0  # the end of one sentence and the beginning of another
    return cost + 4 * max(0.0, SHORT - (cue.end - cue.start))


def _cut(before: str, after: str) -> float:
    """How much it disturbs to cut between two words: nothing at the end of a sentence, most behind an article."""
    if not after or ends_sentence(before):
        return 0.0
    if before.rstrip("\"'”’)").endswith((",", ";", ":", "—", "–")):
        return 0.6
    if before.lower() in _NOT_AFTER or after.lower() in _NOT_BEFORE:
        return 3.0
    return 1.0 if after.lower() in _BEFORE else 1.8


@cache
def _lines(text: str) -> tuple[str, ...]:
    """The text on one line or two, cut where it disturbs least; no lines where a word is too long."""
    if len(text) <= LONGEST_LINE:
        return (text,)
    words = text.split(" ")
    ways = []
    for cut in range(1, len(words)):
        first, second = " ".join(words[:cut]), " ".join(words[cut:])
        if max(len(first), len(second)) <= LONGEST_LINE:
            ways.append((_cut(words[cut - 1], words[cut]) + abs(len(first) - len(second)) / 12, (first, second)))
    return min(ways)[1] if ways else ()


def _clock(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, thousandths = divmod(thousandths, 60_000)
    hours, minutes = divmod(minutes, 60)
    clock = f"{minutes:02}:{thousandths // 1000:02}.{thousandths % 1000:03}"
    return f"{hours:02}:{clock}" if hours else clock
