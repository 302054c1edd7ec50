"""What a step's Markdown leans on and what it yields beside its HTML, as plain values without a database."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from courses.content.complexity import TooComplex

MOST_NOTES = 120
MOST_FIGURES = 60
MOST_TABLE_CELLS = 3_000


@dataclass(frozen=True)
class FigureView:
    uid: str
    url: str
    alt: str
    caption: str
    credit: str
    width: int
    height: int


@dataclass(frozen=True)
class ReferenceView:
    uid: str
    source: str
    year: int
    url: str
    claim: str


@dataclass(frozen=True)
class ChartRow:
    label: str
    value: float
    note: str


@dataclass(frozen=True)
class ChartView:
    uid: str
    title: str
    unit: str
    source: str  # the id of a reference
    rows: tuple[ChartRow, ...]


@dataclass(frozen=True)
class PlacedChart:
    """A chart where the text shows it: the mark that stands for it, the number of its source's note, and its own id."""

    mark: str
    chart: ChartView
    number: int
    place: str


@dataclass(frozen=True)
class Note:
    """A numbered note below the text; `backlinks` are fragments ("#ref-1") of the places that cite it."""

    number: int
    html: str
    backlinks: list[str]


@dataclass(frozen=True)
class Rendered:
    html: str
    notes: list[Note]
    note_ids: list[str]  # of the notes, in the order of their numbers


@dataclass
class Body:
    """One body while it is rendered: what it may refer to, and what was counted so far."""

    figures: Mapping[str, FigureView] = field(default_factory=dict)
    references: Mapping[str, ReferenceView] = field(default_factory=dict)
    step_urls: Mapping[str, str] = field(default_factory=dict)
    charts: Mapping[str, ChartView] = field(default_factory=dict)
    own_notes: dict[str, str] = field(default_factory=dict)
    cited: list[str] = field(default_factory=list)  # ids in order of first appearance: position 0 is note 1
    times_cited: Counter[str] = field(default_factory=Counter)
    anchors: Counter[str] = field(default_factory=Counter)
    charts_placed: list[PlacedChart] = field(default_factory=list)
    _fence: str = field(default_factory=lambda: f"chart-{secrets.token_hex(8)}")  # which no text can forge
    captions: int = 0
    figures_shown: int = 0
    table_cells: int = 0

    def knows_note(self, uid: str) -> bool:
        return uid in self.references or uid in self.own_notes

    def cite(self, uid: str) -> tuple[int, str]:
        """Count one more citation of a note; returns its number and the id of this citation. Raises TooComplex."""
        number = self.number(uid)
        self.times_cited[uid] += 1
        return number, _citation_id(number, self.times_cited[uid])

    def number(self, uid: str) -> int:
        """The number of a note, which it gets when it is first asked for. Raises TooComplex."""
        if uid not in self.times_cited:
            self.cited.append(uid)
            self.times_cited[uid] = 0
            if len(self.cited) > MOST_NOTES:
                raise TooComplex(_("A step can have at most %(count)s notes."), count=MOST_NOTES)
        return self.cited.index(uid) + 1

    def backlinks(self, uid: str) -> list[str]:
        number = self.number(uid)
        return [f"#{_citation_id(number, time)}" for time in range(1, self.times_cited[uid] + 1)]

    def next_caption(self) -> str:
        self.captions += 1
        return f"tcap-{self.captions}"

    def count_figure(self) -> None:
        """Raises TooComplex."""
        self.figures_shown += 1
        if self.figures_shown > MOST_FIGURES:
            raise TooComplex(_("A step can show at most %(count)s figures."), count=MOST_FIGURES)

    def place_chart(self, uid: str) -> str:
        """Cite a chart's source; returns the mark that will stand for the chart. Raises TooComplex."""
        self.count_figure()
        chart = self.charts[uid]
        number, place = self.cite(chart.source) if chart.source in self.references else (0, "")
        mark = f"{self._fence}-{len(self.charts_placed)}"
        self.charts_placed.append(PlacedChart(mark, chart, number, place))
        return mark

    def count_cells(self, cells: int) -> None:
        """Raises TooComplex."""
        self.table_cells += cells
        if self.table_cells > MOST_TABLE_CELLS:
            raise TooComplex(_("The tables of a step can have at most %(count)s cells in all."), count=MOST_TABLE_CELLS)

    def anchor(self, slug: str) -> str:
        """An id for a heading: the slug, with a number behind it when it was given before."""
        self.anchors[slug] += 1
        return slug if self.anchors[slug] == 1 else self.anchor(f"{slug}-{self.anchors[slug]}")


def _citation_id(number: int, time: int) -> str:
    return f"ref-{number}" if time == 1 else f"ref-{number}-{time}"
