"""Data pictures: a chart is a table whose cells carry bars, so whoever cannot see it reads it, and it prints.

A chart's HTML comes from our own template and from numbers and escaped words alone; it takes its place in a body after the sanitisers
are through, because they allow no drawing (see `rendering`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.formats import number_format

from courses.content.parts import ChartRow, ChartView, PlacedChart, ReferenceView

WHOLE = 100  # what bars of a unit in percent are measured against; others against the longest bar


def views_of(charts: Iterable[Mapping[str, Any]]) -> dict[str, ChartView]:
    """The charts of a step, by id, from its stored field."""
    views = {}
    for chart in charts:
        rows = tuple(ChartRow(row["label"], row["value"], row["note"]) for row in chart["rows"])
        views[chart["id"]] = ChartView(chart["id"], chart["title"], chart["unit"], chart["source"], rows)
    return views


def chart_html(placed: PlacedChart, reference: ReferenceView | None) -> str:
    """The chart as HTML, in the language that is active."""
    chart = placed.chart
    most = WHOLE if chart.unit.startswith("%") else max((row.value for row in chart.rows), default=0)
    rows = [
        {"label": row.label, "note": row.note, "value": _shown(row.value), "width": _width(row.value, most)}
        for row in chart.rows
    ]
    context = {"chart": chart, "rows": rows, "reference": reference, "number": placed.number, "place": placed.place}
    return render_to_string("courses/_chart.html", context).strip()


def _shown(value: float) -> str:
    return str(number_format(int(value) if value == int(value) else value, force_grouping=True))


def _width(value: float, most: float) -> str:
    """The length of a bar out of a hundred, as an attribute of SVG, which knows only the decimal point."""
    return f"{min(value / most, 1) * 100 if most else 0:.4g}"
