"""Bars and lines as SVG, drawn on the server. They are stretched to their box, so words stand outside, in HTML."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

HEIGHT = 100
GAP = 0.18  # of a bar's width


def nice_top(highest: float) -> int:
    """A round number at or above the highest value, for the top of the scale."""
    if highest <= 5:
        return 5
    size = 10 ** (len(str(int(highest))) - 1)
    return next(int(size * step) for step in (1, 2, 2.5, 4, 5, 6, 8, 10) if size * step >= highest)


def scale(top: int) -> list[int]:
    """What stands beside the chart, from top to bottom: a line of the grid goes with each."""
    parts = next(n for n in (4, 5, 3, 1) if top % n == 0)
    return [top * n // parts for n in range(parts, -1, -1)]


def bars(values: Sequence[int | None], top: int, *, marked: Collection[int] = (), look: str = "") -> SafeString:
    """One bar for each value; None has none. `marked` are the places of bars that are drawn as "people stop here", and `look` is the
    class of all others."""
    usual = f" class={look}" if look else ""
    drawn = (
        (
            " class=low" if place in marked else usual,
            f"{place + GAP / 2:.2f}",
            f"{HEIGHT - HEIGHT * value / top:.2f}",
            f"{1 - GAP:.2f}",
            f"{HEIGHT * value / top:.2f}",
        )
        for place, value in enumerate(values)
        if value
    )
    inside = format_html_join("", '<rect{} x="{}" y="{}" width="{}" height="{}"/>', drawn)
    return format_html(
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}{}</svg>',
        max(len(values), 1),
        HEIGHT,
        _grid(len(values), top),
        inside,
    )


def line(values: Sequence[int | None], top: int) -> SafeString:
    """A line through the values, with a dot at each; it has a gap where one is None."""
    path, dots = "", ""
    for place, value in enumerate(values):
        if value is None:
            continue
        x, y = place + 0.5, HEIGHT - HEIGHT * value / top
        joined = place > 0 and values[place - 1] is not None
        path += f"{'L' if joined else 'M'}{x:.2f} {y:.2f}"
        dots += f"M{x:.2f} {y:.2f}h.001"
    return format_html(
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}'
        '<path class="line" d="{}"/><path class="dot" d="{}"/></svg>',
        max(len(values), 1),
        HEIGHT,
        _grid(len(values), top),
        path,
        dots,
    )


def _grid(width: int, top: int) -> SafeString:
    lines = "".join(f"M0 {HEIGHT - HEIGHT * n / top:g}H{max(width, 1)}" for n in scale(top)[:-1])
    return format_html('<path class="grid" d="{}"/>', lines)
