"""The course as one line of ticks: a tick for each step, a gap between weeks. Decoration, always beside the same fact in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from courses.progress import Progress

GAP = 0.7  # ticks between two weeks


def _order(outline: Mapping[str, Any]) -> list[list[int]]:
    return [[s["pk"] for t in week["topics"] for s in t["steps"]] for week in outline.get("weeks", [])]


def _places(order: Iterable[Sequence[int]]) -> dict[int, float]:
    places: dict[int, float] = {}
    x = 0.0
    for week in order:
        places |= {pk: x + i for i, pk in enumerate(week)}
        x += len(week) + GAP
    return places


def _path(places: Iterable[float]) -> str:
    """Neighbouring ticks as one stroke each."""
    strokes: list[list[float]] = []
    for x in places:
        if strokes and abs(strokes[-1][0] + strokes[-1][1] - x) < 0.01:
            strokes[-1][1] += 1
        else:
            strokes.append([x, 1])
    return "".join(f"M{x:g} 1h{length:g}" for x, length in strokes)


def track(outline: Mapping[str, Any]) -> dict[str, str]:
    """The unwalked line and the picture's width, which all readers share: {"width", "path"}."""
    order = _order(outline)
    width = sum(len(week) for week in order) + GAP * max(0, len(order) - 1) - 0.2
    return {"width": f"{max(width, 1):g}", "path": _path(_places(order).values())}


def walked(order: Sequence[Sequence[int]], progress: Progress, here: int | None) -> SafeString:
    """The strokes of one learner: what they finished, and the lamp where they are."""
    places = _places(order)
    done = _path(x for pk, x in places.items() if progress.has(pk) and pk != here)
    strokes = format_html('<path class="ribbon__done" d="{}"/>', done) if done else SafeString("")
    if here in places:
        strokes += format_html('<path class="ribbon__here" d="{}"/>', _path([places[here]]))
    return strokes


def draw(outline: Mapping[str, Any], progress: Progress, here: int | None) -> SafeString:
    """The whole picture for one learner."""
    line = track(outline)
    return format_html(
        '<svg class="ribbon" viewBox="0 0 {} 2" preserveAspectRatio="none" aria-hidden="true"><path d="{}"/>{}</svg>',
        line["width"],
        line["path"],
        walked(_order(outline), progress, here),
    )
