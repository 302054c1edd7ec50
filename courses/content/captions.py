"""Caption files (WebVTT): read, and refused at the first thing that a browser would drop or show wrongly."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

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


class CaptionError(Exception):
    """The file is not WebVTT as we take it: on which line, counted from 1, and what is wrong there."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message


def parse_captions(text: str) -> list[Cue]:
    """The cues of a WebVTT file in order. Raises CaptionError for the first problem; styles are refused, notes skipped."""
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise CaptionError(1, "the file must begin with a line that says WEBVTT")
    blocks = _blocks(lines)
    header = blocks.pop(0)
    if len(header) > 1:
        raise CaptionError(header[1][0], "leave an empty line after WEBVTT")
    cues: list[Cue] = []
    for block in blocks:
        number, first = block[0]
        kind = _BLOCK_START.fullmatch(first)
        if kind and kind[1] == "STYLE":
            raise CaptionError(number, "styles are not taken; how captions look is for the reader to choose")
        if not kind:
            cues.append(_cue(block, cues[-1] if cues else None))
    if not cues:
        raise CaptionError(len(lines), "the file has no captions")
    return cues


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
        raise CaptionError(number, "a caption needs a line with its times, as in 00:01.000 --> 00:04.000")
    start, end = _times(number, timing)
    if start >= end:
        raise CaptionError(number, "this caption ends before it starts")
    if before and start < before.start:
        raise CaptionError(number, "this caption starts before the one above it; put captions in order of time")
    if before and start < before.end:
        raise CaptionError(number, "this caption starts before the one above it has ended")
    words = [_plain(line_number, line) for line_number, line in block[1 + has_name :]]
    spoken = " ".join(word for word in words if word)
    if not spoken:
        raise CaptionError(number, "this caption has no words")
    return Cue(start, end, spoken)


def _times(number: int, timing: str) -> tuple[float, float]:
    match = _TIMING.fullmatch(timing.strip(" \t"))
    if not match:
        raise CaptionError(number, "times are written as in 00:01.000 --> 00:04.000 or 01:00:01.000 --> 01:00:04.000")
    for setting in (match[9] or "").split():
        if not _SETTING.fullmatch(setting):
            raise CaptionError(number, f'"{setting}" is not a setting of WebVTT')
    return _seconds(match[1], match[2], match[3], match[4]), _seconds(match[5], match[6], match[7], match[8])


def _seconds(hours: str | None, minutes: str, seconds: str, thousandths: str) -> float:
    return (int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)) + int(thousandths) / 1000


def _plain(number: int, line: str) -> str:
    if "-->" in line:
        raise CaptionError(number, "leave an empty line before the next caption's times")
    words = _TAG.sub("", line)
    if "<" in words:
        raise CaptionError(number, 'what begins with "<" here is not a tag of WebVTT; write &lt; for the sign itself')
    return " ".join(html.unescape(words).split())
