"""Advice for authors beside that about words: lengths, minutes, and sources named in one way. It keeps no course from loading."""

from __future__ import annotations

import pytest

from courses.content.files import read_course
from courses.content.lengths import length_warnings, words_in
from courses.content.misreading import misread_warnings
from courses.content.naming import naming_warnings
from tests.courses.content.course_files import FILM, PRACTICE, TOPIC, WELCOME
from tests.courses.content.test_commands import run

AGAIN = """\
references:
  - id: who-again
    source: {source}
    year: {year}
    url: https://example.org/who
    claim: It works here too.
"""


def places(problems) -> list[tuple[str, int]]:
    return [(problem.path, problem.line) for problem in problems]


class TestLengths:
    def test_a_good_course_has_none(self, files):
        assert length_warnings(read_course(files.folder)) == []

    @pytest.mark.parametrize(
        ("words", "minutes", "message"),
        [
            (99, 1, None),  # only begun
            (900, 12, None),
            (900, 9, None),
            (901, 12, "901 words; more than 900 are hard to finish"),
            (250, 2, "minutes is 2, and the text has 250 words; people read 40 to 110 a minute"),
            (399, 10, "minutes is 10, and the text has 399 words"),
        ],
    )
    def test_a_text_is_no_longer_than_people_finish_and_fits_its_minutes(self, files, words, minutes, message):
        files.step("01-first-week/02-using-it/02-more.md", "more", body="\n" + "word " * words)
        files.change("01-first-week/02-using-it/02-more.md", "minutes: 1", f"minutes: {minutes}")

        found = length_warnings(read_course(files.folder))

        assert [message in problem.message for problem in found] == ([True] if message else [])
        assert not found or found[0].path == "naloxone-now/01-first-week/02-using-it/02-more.md"

    def test_an_exercise_takes_longer_than_its_words(self, files):
        files.step(PRACTICE, "practice", kind="activity", body="\n" + "word " * 200)
        files.change(PRACTICE, "minutes: 1", "minutes: 60")

        assert length_warnings(read_course(files.folder)) == []

    def test_a_script_can_be_spoken_in_the_minutes_of_its_step(self, files):
        script = "## A slide\n\n- Shown, and not spoken\n\n**Nurse:** " + "word " * 451
        files.write(f"{TOPIC}/02-film.script.md", script)

        found = length_warnings(read_course(files.folder))

        assert places(found) == [files.place(FILM, "minutes:")]
        assert found[0].message == "minutes is 3, and the script has 451 words, which take 4 minutes to say"

    def test_few_questions_to_think_about_are_enough(self, files):
        more = "".join(f"  - {{id: q{number}, text: And?}}\n" for number in range(3))
        files.change(WELCOME, "see_also:\n", f"{more}see_also:\n")

        found = length_warnings(read_course(files.folder))

        assert places(found) == [files.place(WELCOME, "reflect:")]
        assert "there are 4 questions" in found[0].message

    @pytest.mark.parametrize(
        ("text", "count"),
        [
            ("One, *two* and 3.5 people’s.[^who]", 5),
            ("| a | b |\n|---|---|\n| c d | 93 |", 5),
            ("![](figure:van)\n\nSee [the step](step:van) or https://example.org/a/b.", 4),
            ("`code` and\n```\nmore code\n```\nwords", 2),
        ],
    )
    def test_what_is_read_is_counted(self, text, count):
        assert words_in(text) == count


class TestNaming:
    def test_a_good_course_has_none(self, files):
        assert naming_warnings(read_course(files.folder)) == []

    @pytest.mark.parametrize(("source", "year"), [("WHO", 2014), ("World Health Organization", 2015)])
    def test_one_address_has_one_name_and_one_year(self, files, source, year):
        files.change(PRACTICE, "optional: true\n", "optional: true\n" + AGAIN.format(source=source, year=year))

        found = naming_warnings(read_course(files.folder))

        assert places(found) == [files.place(PRACTICE, "source:")]
        first = ":".join(map(str, files.place(WELCOME, "- id: who-2014")))
        assert f"this address is “World Health Organization” (2014) in {first}" in found[0].message

    def test_named_alike_it_can_be_cited_again(self, files):
        again = AGAIN.format(source="World Health Organization", year=2014)
        files.change(PRACTICE, "optional: true\n", f"optional: true\n{again}")

        assert naming_warnings(read_course(files.folder)) == []

    def test_a_reference_says_what_it_is_cited_for(self, files):
        files.change(WELCOME, "    claim: It works.\n", "")

        found = naming_warnings(read_course(files.folder))

        assert places(found) == [files.place(WELCOME, "- id: who-2014")]
        assert "does not say what it is cited for" in found[0].message

    @pytest.mark.parametrize(
        "passage",
        [
            "In 2024 it was 6%.",
            "It cost US$151 million.",
            "About 3 million people.",
            "- A list,\n- and 9,011 in it.",
            "Table: Counts\n\n| a | b |\n|---|---|\n| c | 12,000 |",
            "> [!note]\n> 50 % of them.",
        ],
    )
    def test_a_figure_cites_its_source(self, files, passage):
        files.change(WELCOME, "![](figure:van)", f"Words.\n\n{passage}\n\n![](figure:van)")

        found = naming_warnings(read_course(files.folder))

        assert len(found) == 1 and "cites nothing" in found[0].message
        assert files.read(WELCOME).split("\n")[found[0].line - 1] in passage

    @pytest.mark.parametrize(
        ("passage", "figure"),
        [
            ("In 2024 it was 40%.", "40%"),
            ("It was 24.5 % there.", "24.5 %"),
            ("It cost US$151.3 million.", "$151.3 million"),
            ("It cost $9, 3 of them paid.", "$9"),
            ("About 12 million people.", "12 million"),
            ("In 2021, 1,234,567 people.", "1,234,567"),
        ],
    )
    def test_a_figure_is_quoted_whole(self, files, passage, figure):
        files.change(WELCOME, "![](figure:van)", f"{passage}\n\n![](figure:van)")

        found = naming_warnings(read_course(files.folder))

        assert [f"the figure {figure} stands" in problem.message for problem in found] == [True]

    @pytest.mark.parametrize(
        "passage",
        [
            "In 2024 it was 6%.[^who-2014]",
            "Table: Counts[^who-2014]\n\n| a | b |\n|---|---|\n| c | 12,000 |",
            "> [!pull]\n> It was 6%.",
            "Somebody says “6%”. Ask: of what?",
            "Two of 26 countries, in 2024.",
            "`6%`",
        ],
    )
    def test_where_no_source_is_missing(self, files, passage):
        files.change(WELCOME, "![](figure:van)", f"Words.\n\n{passage}\n\n![](figure:van)")

        assert naming_warnings(read_course(files.folder)) == []

    def test_odd_shapes_are_no_errors(self, files):
        files.change(WELCOME, "references:\n", "references:\n  - {url: 3, year: [2]}\n  - words\n")

        assert "does not say" in naming_warnings(read_course(files.folder))[0].message


class TestMarksThatAreReadAsWords:
    def test_a_good_course_has_none(self, files):
        assert misread_warnings(read_course(files.folder)) == []

    @pytest.mark.parametrize(
        ("body", "line", "message"),
        [
            ("We bring:\n- water\n- food", 2, "this list stands directly below a paragraph"),
            ("We bring:\n1. water\n2. food", 2, "this list stands directly below a paragraph"),
            ("1. We bring\n  - water", 2, "indent its lines by four spaces"),
            ("- We bring\n   1. water", 2, "indent its lines by four spaces"),
            ("1) water\n", 1, "does not begin an entry of a list"),
            ("• water\n", 1, "does not begin an entry of a list"),
            ("Forms:\n| a | b |\n|---|---|\n| c | d |", 2, "this table stands directly below other words"),
            ("Table: Forms\na | b\n--- | ---\nc | d", 2, "this table stands directly below other words"),
            ("First.\n\n##Second", 3, "a heading has a space behind its #"),
            ("A word. <!-- to be checked -->", 1, "a comment is shown to everyone"),
            ("One<br>two", 1, "the HTML <br> is shown to everyone"),
            ('<span class="x">One', 1, 'the HTML <span class="x"> is shown'),
            ("See [the guidelines](example.org/guidelines).", 1, 'the link to "example.org/guidelines" leads nowhere'),
            ("See [the film](02-film.md).", 1, 'the link to "02-film.md" leads nowhere'),
            ("See [the film]().", 1, 'the link to "" leads nowhere'),
            ("See [it][1].\n\n[1]: https://example.org", 3, "links are written where they stand"),
            ("One.\n\n```\ncode", 3, "the code that begins here is not closed"),
        ],
    )
    def test_a_mark_that_would_be_shown_or_lost_is_told_with_its_line(self, files, body, line, message):
        files.step(PRACTICE, "practice", body="\n" + body)

        found = misread_warnings(read_course(files.folder))

        assert [message in problem.message for problem in found] == [True], found
        assert places(found) == [(f"naloxone-now/{PRACTICE}", files.line(PRACTICE, body.split("\n")[0]) + line - 1)]

    @pytest.mark.parametrize(
        "body",
        [
            "We bring:\n\n- water\n    - cold\n    - warm\n- food\n\n1. first\n2. second",
            "## Title\n- water\n- food",
            "It was so in\n1986. Then it changed, and\nnot for 2) reasons.",
            "Table: Forms\n\n| a | b |\n|---|---|\n| c | d |",
            "> [!figures] Source.\n> - 3 | minutes\n\n> Words:\n> - of somebody",
            "Opioid\n:   A medicine.",
            "`<br>` and `[x](y)`\n\n```\n<b>\n- a\n```",
            "<https://example.org> https://example.org/a_(b) [x](https://example.org/a_(b)) [y](step:film) [z](#part) [w](/about/)",
            "3 < 4, a<b, #hashtag, [an aside], [^own](https://example.org) and <name>\n\n[^own]: A note.",
            "A dash – like this – in a line",
        ],
    )
    def test_what_is_shown_as_it_was_meant_is_left_alone(self, files, body):
        files.step(PRACTICE, "practice", body="\n" + body)

        assert misread_warnings(read_course(files.folder)) == []


def test_the_command_shows_all_advice_in_order_and_ends_well(files):
    files.change(WELCOME, "lead: Where this goes.", "lead: For drug users.")
    files.change(WELCOME, "    claim: It works.\n", "")

    stdout, stderr, failure = run("check_content")

    assert stdout.endswith("nothing to mend\n") and failure == ""
    assert [line.split(": ")[1] for line in stderr.splitlines()] == ["warning", "warning"]
    assert stderr.index("drug users") < stderr.index("cited for")


def test_the_courses_of_this_site_need_no_advice(settings):
    settings.CONTENT_DIR = settings.BASE_DIR / "content"

    _stdout, stderr, failure = run("check_content")

    assert (stderr, failure) == ("", "")
