"""Caption files (WebVTT): read, and refused for whatever a browser would drop or show wrongly, or nobody could read in time."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

FASTEST = 20  # characters a second that can be read
LONGEST_LINE = 42  # characters that fit beside each other on a small screen
MOST_LINES = 2  # more would hide the picture

_SECONDS = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_SECONDS}[ \t]+-->[ \t]+{_SECONDS}(?:[ \t]+(.*))?")
_PERCENT = r"(?:\d{1,2}(?:\.\d+)?|100(?:\.0+)?)%"
_SETTING = re.compile(
    rf"""vertical:(?:rl|lr)
    | line:(?:-?\d+|{_PERCENT})(?:,(?:start|center|end))?
    | position:{_PERCENT}(?:,(?:line-left|center|line-right))?
    | size:{_PERCENT}
    | align:(?:start|center|end|left|right)
    | region:\S+""",
    re.VERBOSE,
)
_TAG = re.compile(r"</?(?:(?:c|i|b|u|ruby|rt|v|lang)(?:\.[^\s<>.]+)*(?:[ \t][^<>]*)?|\d[\d:.]*)?>")
_BLOCK_START = re.compile(r"(NOTE|STYLE|REGION)(?:[ \t].*)?")


@dataclass(frozen=True)
class Cue:
    """What is shown between two moments, in seconds, as plain text on one line."""

    start: float
    end: float
    text: str
    at: int = field(default=0, compare=False)  # the line of the file with its times
    # Of the words as they stand, with their numbers.
    lines: tuple[tuple[int, str], ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class CaptionProblem:
    """On which line of the file, counted from 1, and what is wrong there."""

    line: int
    message: str


class CaptionErrors(Exception):
    """The file is not WebVTT as we take it; `problems` says everything that is wrong."""

    def __init__(self, *problems: CaptionProblem) -> None:
        super().__init__("; ".join(f"line {problem.line}: {problem.message}" for problem in problems))
        self.problems = problems


def parse_captions(text: str) -> list[Cue]:
    """The cues of a WebVTT file in order. Raises CaptionErrors with every problem; styles are refused, notes skipped."""
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise _wrong(1, "the file must begin with a line that says WEBVTT")
    blocks = _blocks(lines)
    header = blocks.pop(0)
    problems = [CaptionProblem(header[1][0], "leave an empty line after WEBVTT")] if len(header) > 1 else []
    cues: list[Cue] = []
    for block in blocks:
        number, first = block[0]
        kind = _BLOCK_START.fullmatch(first)
        try:
            if kind and kind[1] == "STYLE":
                raise _wrong(number, "styles are not taken; how captions look is for the reader to choose")
            if not kind:
                cues.append(_cue(block, cues[-1] if cues else None))
        except CaptionErrors as error:
            problems += error.problems
    if not cues and not problems:
        raise _wrong(len(lines), "the file has no captions")
    if problems:
        raise CaptionErrors(*problems)
    return cues


def hard_to_read(cues: Sequence[Cue]) -> Iterator[CaptionProblem]:
    """Captions that are too fast or too wide. (Chapters are cues too, but nobody reads them against the clock.)"""
    for cue in cues:
        speed = len(cue.text) / (cue.end - cue.start)
        if speed > FASTEST:
            seconds = len(cue.text) / FASTEST
            yield CaptionProblem(
                cue.at,
                f"this caption has {len(cue.text)} characters in {cue.end - cue.start:.1f} seconds; at most {FASTEST} a second can"
                f" be read: show it for {seconds:.1f} seconds, or cut it in two",
            )
        if len(cue.lines) > MOST_LINES:
            yield CaptionProblem(
                cue.at,
                f"this caption has {len(cue.lines)} lines; more than {MOST_LINES} hide the picture: cut it in two",
            )
        for number, words in cue.lines:
            if len(words) > LONGEST_LINE:
                yield CaptionProblem(
                    number,
                    f"this line has {len(words)} characters; at most {LONGEST_LINE} fit on a small screen: break it",
                )


def _wrong(line: int, message: str) -> CaptionErrors:
    return CaptionErrors(CaptionProblem(line, message))


def _blocks(lines: list[str]) -> list[list[tuple[int, str]]]:
    """Lines between empty lines, each with its number."""
    blocks: list[list[tuple[int, str]]] = [[]]
    for number, line in enumerate(lines, start=1):
        if line:
            blocks[-1].append((number, line))
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _cue(block: list[tuple[int, str]], before: Cue | None) -> Cue:
    has_name = "-->" not in block[0][1]
    number, timing = block[min(int(has_name), len(block) - 1)]
    if "-->" not in timing:
        raise _wrong(number, "a caption needs a line with its times, as in 00:01.000 --> 00:04.000")
    start, end = _times(number, timing)
    if start >= end:
        raise _wrong(number, "this caption ends before it starts")
    if before and start < before.start:
        raise _wrong(number, "this caption starts before the one above it; put captions in order of time")
    if before and start < before.end:
        raise _wrong(number, "this caption starts before the one above it has ended")
    lines = tuple((line_number, _plain(line_number, line)) for line_number, line in block[1 + has_name :])
    spoken = " ".join(words for _number, words in lines if words)
    if not spoken:
        raise _wrong(number, "this caption has no words")
    return Cue(start, end, spoken, number, lines)


def _times(number: int, timing: str) -> tuple[float, float]:
    match = _TIMING.fullmatch(timing.strip(" \t"))
    if not match:
        raise _wrong(number, "times are written as in 00:01.000 --> 00:04.000 or 01:00:01.000 --> 01:00:04.000")
    for setting in (match[9] or "").split():
        if not _SETTING.fullmatch(setting):
            raise _wrong(number, f'"{setting}" is not a setting of WebVTT')
    return _seconds(match[1], match[2], match[3], match[4]), _seconds(match[5], match[6], match[7], match[8])


def _seconds(hours: str | None, minutes: str, seconds: str, thousandths: str) -> float:
    return (int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)) + int(thousandths) / 1000


def _plain(number: int, line: str) -> str:
    if "-->" in line:
        raise _wrong(number, "leave an empty line before the next caption's times")
    words = _TAG.sub("", line)
    if "<" in words:
        raise _wrong(number, 'what begins with "<" here is not a tag of WebVTT; write &lt; for the sign itself')
    return " ".join(html.unescape(words).split())
