"""Warnings about words: found in the author's own sentences, with a better word and the reason; nobody else's are touched."""

from __future__ import annotations

import re

import pytest

from courses.content.files import read_course
from courses.content.language import TABLE, language_warnings
from tests.courses.content.course_files import FILM, TOPIC, WELCOME, CourseFiles
from tests.courses.content.test_commands import run


def warnings(files: CourseFiles) -> list[tuple[str, int, str]]:
    found = language_warnings(read_course(files.folder))
    return [
        (problem.path.removeprefix("naloxone-now/"), problem.line, re.match("“(.+?)”", problem.message)[1])
        for problem in found
    ]


def said(files: CourseFiles, body: str) -> list[str]:
    files.step(WELCOME, "welcome", body=f"\n{body}")
    return [words for _path, _line, words in warnings(files)]


def test_a_good_course_has_none(files):
    assert warnings(files) == []


@pytest.mark.parametrize("form", sorted(form for advice in TABLE for form in advice.forms))
def test_every_word_of_the_table_is_found(files, form):
    assert said(files, f"Some words about {form}, and more.") == [form]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Addicts and drug\nusers.", ["Addicts", "drug users"]),
        ("**Junkie** in *bold*, and an addict's life.", ["Junkie", "addict"]),
        ("> [!note]\n> An addict in a box of ours.", ["addict"]),
        ("> [!pull]\n> An addict in large letters.", ["addict"]),
        ("| a | b |\n|---|---|\n| addict | c |", ["addict"]),
        ("A note.[^a]\n\n[^a]: About an addict.", ["addict"]),
        ("[An addict](https://example.org)", ["addict"]),
    ],
)
def test_where_words_are_the_author_s_own(files, body, found):
    assert said(files, body) == found


@pytest.mark.parametrize(
    "body",
    [
        *(
            "They wrote “addicts”.",
            'They wrote "addicts and\njunkies".',
            "«Junkies», they said.",
            "The word ‘addict’ hurts.",
        ),
        *("> An addict, somebody wrote,\n> and junkies.", "`addict`", "```\naddict\n```"),
        *("[words](https://example.org/addict)", "https://example.org/addict", "Words.[^addict]"),
        *("The Vancouver Area Network of Drug Users met.", "The National Institute on Drug Abuse"),
        *("addictive", "reoffenders", "these peoples", "human rights abuses", "a clean room", "convicted"),
    ],
)
def test_where_they_are_somebody_else_s_or_other_words(files, body):
    assert said(files, body) == []


def test_an_open_quotation_mark_hides_no_more_than_its_paragraph(files):
    assert said(files, "He said “stop.\n\nAddicts, they wrote”.") == ["Addicts"]


def test_each_word_is_found_on_its_line_in_fields_text_and_script(files):
    files.change(WELCOME, "lead: Where this goes.", "lead: For drug users.")
    files.change(WELCOME, "[^own]: In pairs.", "[^own]: In pairs,\nwith an addict.")
    files.write(f"{TOPIC}/02-film.script.md", "## Opening\n\n**Nurse:** A drug habit.\n")
    files.change("course.yaml", "text: Anyone at all.", "text: Target groups.")
    files.write("glossary.yaml", "terms:\n  - {id: a, term: Dependence, also: [addiction], meaning: An addiction.}\n")

    assert warnings(files) == [
        (WELCOME, files.line(WELCOME, "lead:"), "drug users"),
        (WELCOME, files.line(WELCOME, "with an addict"), "addict"),
        (f"{TOPIC}/02-film.script.md", 3, "drug habit"),
        ("course.yaml", files.line("course.yaml", "text: Target"), "Target groups"),
        ("glossary.yaml", 2, "addiction"),
    ]


def test_sources_and_the_titles_of_others_keep_their_words(files):
    files.change(WELCOME, "source: World Health Organization", "source: Journal of addiction and drug abuse")
    files.change(WELCOME, "title: The list of medicines", "title: How addicts live")

    assert warnings(files) == []


def test_a_step_about_such_words_is_left_alone_with_its_script(files):
    files.change(FILM, "minutes: 3", "minutes: 3\nquotes_stigma: true")
    files.change(FILM, "What the film shows.", "Addicts.")
    files.write(f"{TOPIC}/02-film.script.md", "Junkies.\n")
    files.write("media/film.en.vtt", "WEBVTT\n\n00:01.000 --> 00:03.000\nJunkies.\n")

    assert files.problems() == []
    assert warnings(files) == []


def test_a_course_in_another_language_is_left_alone(files):
    files.change("course.yaml", "language: en", "language: fr")
    assert said(files, "Addict.") == []


def test_the_command_warns_and_ends_well(files):
    files.change(WELCOME, "lead: Where this goes.", "lead: For drug users.")

    stdout, stderr, failure = run("check_content")

    assert stdout.endswith("nothing to mend\n") and failure == ""
    assert stderr == (
        f"naloxone-now/{WELCOME}:5: warning: “drug users”: better person who uses drugs, people who use drugs; "
        "the person comes first; a label takes over a whole identity\n"
    )


def test_the_table_for_authors_says_the_same(settings):
    rows = re.findall(
        r"^\| (.+?) \| (.+?) \| (.+?) \|$", (settings.BASE_DIR / "content/STYLE.md").read_text(), re.MULTILINE
    )
    told = {row[0]: row for row in rows}
    for advice in TABLE:
        _better, leave, why = told[advice.better]
        assert why == advice.why
        assert set(leave.split(", ")) <= {*advice.forms}
    assert {"started using again", "sex worker"} <= told.keys()
