"""What is said in a film, in paragraphs that lead to their moments: those of the script, found again in the captions."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from courses.content.script import Line, transcript_of

SHORTEST = 120  # characters of a paragraph made of captions; it ends with the sentence that passes this
_WORD = re.compile(r"\w+")
_SOUND = re.compile(r"\[[^\]]*\]|♪")  # [Music], which is heard and not said
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"'”’»)]*$")


def transcript(script: str, cues: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Paragraphs with "start" (seconds, or None), "heading", "speaker" and "text". `cues` are [[start, text], …].

    Where the captions say less or more than the script, they are what is heard.
    """
    lines = transcript_of(script)
    starts = moments_of(lines, cues)
    same = sum(len(_words(line.text)) for line in lines) == len(_heard(lines, cues)[0].split())
    if cues and (None in starts or not same):
        return [{"start": start, "heading": "", "speaker": "", "text": text} for start, text in _paragraphs(cues)]
    said = [{"heading": line.heading, "speaker": line.speaker, "text": line.text} for line in lines]
    return [{"start": start, **line} for start, line in zip(starts, said, strict=True)]


def unspoken(script: str, cues: Sequence[Sequence[Any]]) -> list[Line]:
    """The paragraphs of a script whose words are not in the captions, or not in this order."""
    lines = transcript_of(script)
    return [line for line, start in zip(lines, moments_of(lines, cues), strict=True) if start is None]


def not_in_captions(line: Line, captions: str) -> str:
    """What to tell who wrote the script; `captions` is the file's name."""
    words = line.text.split()
    beginning = " ".join(words[:8]) + (" …" if len(words) > 8 else "")
    return (
        f'what is said here is not in {captions}, or not in this place: "{beginning}"; write the same in both'
        " (for films made from their scripts, `make films` does)"
    )


def moments_of(lines: Sequence[Line], cues: Sequence[Sequence[Any]]) -> list[float | None]:
    """When each line begins to be heard; None where its words are not in the captions behind the line before.

    Signs, capitals, [sounds] and the speakers' names before what they say make no difference.
    """
    heard, ends = _heard(lines, cues)
    moments: list[float | None] = []
    position = 0
    for line in lines:
        found = heard.find(f" {' '.join(_words(line.text))} ", position)
        if found < 0:
            moments.append(None)
            continue
        moments.append(float(cues[min(bisect_right(ends, found), len(cues) - 1)][0]) if cues else None)
        position = found + len(" ".join(_words(line.text))) + 1
    return moments


def _heard(lines: Sequence[Line], cues: Sequence[Sequence[Any]]) -> tuple[str, list[int]]:
    """The words of the captions between spaces, and where in that text the words of each caption end."""
    names = "|".join(re.escape(line.speaker) for line in lines if line.speaker)
    name = re.compile(rf"^\W*(?:{names or '(?!)'}|narrator)\s*:", re.IGNORECASE)
    heard = " "
    ends: list[int] = []
    for _start, text in cues:
        heard += "".join(f"{word} " for word in _words(name.sub("", _SOUND.sub(" ", text))))
        ends.append(len(heard) - 1)
    return heard, ends


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _paragraphs(cues: Iterable[Sequence[Any]]) -> Iterator[tuple[float, str]]:
    """Captions joined to whole sentences; a caption alone is too short to be read for itself."""
    start: float | None = None
    words: list[str] = []
    for begins, text in cues:
        start = float(begins) if start is None else start
        words.append(text)
        if _SENTENCE_END.search(text) and len(" ".join(words)) >= SHORTEST:
            yield start, " ".join(words)
            start, words = None, []
    if start is not None:
        yield start, " ".join(words)
