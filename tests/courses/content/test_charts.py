"""Charts: numbers in a step's fields become a table with bars in its text."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from courses.content.charts import views_of
from courses.content.rendering import ReferenceView, Rendered, render_step_body
from courses.models import Step
from tests.courses.content.course_files import WELCOME, CourseFiles

WHO = ReferenceView("who-2014", "WHO <of> all", 2014, "https://example.org", "It works.")
CHART = {
    "id": "kits",
    "kind": "bars",
    "title": "Kits <given>",
    "unit": "kits",
    "source": "who-2014",
    "rows": [
        {"label": "In the north & east", "value": 1200.0, "note": "since June"},
        {"label": "In the south", "value": 300.0, "note": ""},
        {"label": "At sea", "value": 0.0, "note": ""},
    ],
}
FIELDS = """\
charts:
  - id: kits
    kind: bars
    title: Kits given
    unit: kits
    source: who-2014
    rows:
      - label: North
        value: 12
        note: since June
      - label: South
        value: 2.5
"""


def body(source: str, *charts: dict) -> Rendered:
    return render_step_body(
        source, figures={}, references={WHO.uid: WHO}, step_urls={}, charts=views_of(charts or (CHART,))
    )


def widths(html: str) -> list[str]:
    return re.findall(r'<rect width="([^"]+)"', html)


class TestRendering:
    def test_a_chart_is_a_table_with_its_unit_and_a_bar_in_each_row(self):
        html = body("Before.\n![](chart:kits)\nAfter.").html

        assert html.startswith('<p>Before.</p>\n<figure class="chart wide">') and html.endswith(
            "</figure>\n<p>After.</p>"
        )
        assert "<caption>Kits &lt;given&gt;</caption>" in html and '<th scope="col">kits</th>' in html
        assert '<th scope="row">In the north &amp; east <small>since June</small></th>' in html
        assert re.findall(r"<b>([^<]+)</b>", html) == ["1,200", "300", "0"]
        assert widths(html) == ["100", "25", "0"]
        assert "style=" not in html

    def test_its_source_is_a_note_like_any_other_numbered_in_reading_order(self):
        rendered = body("First.[^own]\n\n![](chart:kits)\n\nLast.[^who-2014]\n\n[^own]: Mine.")

        assert (
            'WHO &lt;of&gt; all (2014)<sup><a href="#fn-2" id="ref-2" aria-label="Note 2">2</a></sup>' in rendered.html
        )
        assert [(note.number, note.backlinks) for note in rendered.notes] == [
            (1, ["#ref-1"]),
            (2, ["#ref-2", "#ref-2-2"]),
        ]

    def test_shares_are_measured_against_a_hundred(self):
        rows = [{"label": "Treated", "value": 20, "note": ""}, {"label": "Tested", "value": 36.5, "note": ""}]

        assert widths(body("![](chart:kits)", {**CHART, "unit": "% of people", "rows": rows}).html) == ["20", "36.5"]

    def test_nothing_but_zeros_has_no_bars(self):
        rows = [{"label": "Here", "value": 0, "note": ""}]

        assert widths(body("![](chart:kits)", {**CHART, "rows": rows}).html) == ["0"]

    def test_numbers_are_written_as_the_language_writes_them_and_bars_are_not(self):
        rows = [{"label": "a", "value": 1200.5, "note": ""}, {"label": "b", "value": 1800.75, "note": ""}]
        with translation.override("de"):
            html = body("![](chart:kits)", {**CHART, "rows": rows}).html

        assert "<b>1.200,5</b>" in html and widths(html) == ["66.67", "100"]

    def test_a_chart_can_stand_in_a_list_and_twice(self):
        html = body("- ![](chart:kits)\n\n![](chart:kits)").html

        assert html.count("<figure") == 2 and 'id="ref-1"' in html and 'id="ref-1-2"' in html

    def test_a_chart_that_is_not_there_leaves_nothing(self):
        assert body("![](chart:gone)\n\nWords.").html == "<p>Words.</p>"

    @pytest.mark.parametrize("source", ["chart-0", "<p>chart-0123456789abcdef-0</p>", "\x02chart:kits\x03"])
    def test_its_place_cannot_be_forged(self, source):
        assert "<figure" not in body(f"![](chart:kits)\n\n{source}").html.split("</figure>")[1]

    def test_a_chart_in_a_note_of_the_author_leaves_no_mark(self):
        rendered = body("x[^own]\n\n[^own]: Look:\n![](chart:kits)")

        assert "chart-" not in rendered.notes[0].html and "<figure" in rendered.notes[0].html


@pytest.fixture
def charted(files: CourseFiles) -> CourseFiles:
    files.change(WELCOME, "references:\n", f"{FIELDS}references:\n")
    files.change(WELCOME, "![](figure:van)", "![](figure:van)\n\n![](chart:kits)")
    return files


class TestChecking:
    def test_a_good_one(self, charted):
        assert charted.problems() == []

    @pytest.mark.parametrize(
        ("old", "new", "place", "words"),
        [
            ("![](chart:kits)", "![](chart:kit)\n\n![](chart:kits)", "![](chart:kit)", 'no chart "kit" among the step\'s charts'),
            ("![](chart:kits)\n", "", "- id: kits", 'the chart "kits" is never shown; put ![](chart:kits) on a line of its own'),
            ("![](chart:kits)", "Look: ![](chart:kits)", "Look:", "the chart would not be shown; ![](chart:kits) must stand alone"),
            ("value: 12", "value: many", "value: many", "charts.0.rows.0.value must be a number and nothing else"),
            ("value: 12", 'value: "12"', 'value: "12"', "must be a number and nothing else, without quotes"),
            ("value: 12", "value: -1", "value: -1", "is -1; it must be at least 0"),
            ("value: 12\n", "\n", "- label: North", '"value" is missing in charts.0.rows.0'),
            ("source: who-2014", "source: who-2015", "source: who-2015", 'no reference of this step has the id "who-2015"; did'),
            ("kind: bars", "kind: pie", "kind: pie", 'charts.0.kind "pie" does not exist; it is one of bars'),
            ("        note: since June", "        nota: since June", "nota:", 'unknown field "nota"; did you mean "note"?'),
        ],
    )  # fmt: skip
    def test_a_mistake_is_said_with_its_line(self, charted, old, new, place, words):
        charted.change(WELCOME, old, new)

        problem = charted.problem()

        assert (problem.path, problem.line) == charted.place(WELCOME, place)
        assert words in problem.message

    def test_without_rows_there_is_no_chart(self, charted):
        text = charted.read(WELCOME)
        start, end = text.index("    rows:"), text.index("references:")
        charted.write(WELCOME, text[:start] + "    rows: []\n" + text[end:])

        assert "charts.0.rows is empty" in charted.problem().message

    def test_two_with_one_id(self, charted):
        again = "  - {id: kits, kind: bars, title: Again, unit: kits, source: who-2014, rows: [{label: a, value: 1}]}\n"
        charted.change(WELCOME, "charts:\n", f"charts:\n{again}")

        assert 'charts: the id "kits" stands here a second time' in charted.problem().message


@pytest.mark.django_db
class TestLoading:
    def test_a_chart_is_stored_and_shown(self, charted):
        charted.load()

        step = Step.objects.get(uid="welcome")
        assert step.charts[0]["rows"] == [
            {"label": "North", "value": 12, "note": "since June"},
            {"label": "South", "value": 2.5, "note": ""},
        ]
        assert '<figure class="chart wide">' in step.body_html and "<b>2.5</b>" in step.body_html
        assert not charted.plan().changes_anything

    def test_a_changed_number_is_shown(self, charted):
        charted.load()
        charted.change(WELCOME, "value: 12", "value: 13")

        assert "changed    step welcome: charts" in charted.load().lines()
        assert "<b>13</b>" in Step.objects.get(uid="welcome").body_html
