"""The glossary: what is wrong with one is said with its line; the first use of a term in a step leads to what it means."""

from __future__ import annotations

import pytest

from courses.content.glossary import Glossary
from courses.content.rendering import FigureView, ReferenceView, render_step_body
from courses.content.sanitising import STEP
from courses.models import Course, Step
from tests.courses.content.course_files import WELCOME, CourseFiles
from tests.courses.content.markup import forbidden

GLOSSARY = "glossary.yaml"
TERMS = """\
terms:
  - id: naloxone
    term: Naloxone
    meaning: A medicine that reverses an overdose.
  - id: oat
    term: Opioid agonist therapy (OAT)
    also: [OAT, opioid agonist treatment]
    meaning: Prescribed methadone or similar.
"""
ENTRIES = [
    {"id": "naloxone", "term": "Naloxone", "also": []},
    {"id": "take-home", "term": "Take-home naloxone", "also": []},
    {"id": "oat", "term": "Opioid agonist therapy (OAT)", "also": ["OAT"]},
    {"id": "harm-reduction", "term": "Harm reduction", "also": []},
    {"id": "art", "term": "Antiretroviral therapy (ART)", "also": ["ART"]},
    {"id": "hepatitis-c", "term": "Hepatitis C", "also": []},
]
VAN = FigureView("van", "/media/van.svg", "Naloxone in a van", "Naloxone.", "", 4, 3)
WHO = ReferenceView("who", "Naloxone for all", 2014, "https://example.org", "")


@pytest.fixture
def with_glossary(files: CourseFiles) -> CourseFiles:
    files.write(GLOSSARY, TERMS)
    return files


def body(source: str) -> str:
    glossary = Glossary.of(ENTRIES, "/courses/c/glossary/")
    rendered = render_step_body(
        source, figures={"van": VAN}, references={"who": WHO}, step_urls={"x": "/courses/c/steps/x/"}, glossary=glossary
    )
    assert forbidden(rendered.html, STEP) == []
    return rendered.html


def link(uid: str, words: str) -> str:
    return f'<a class="term" href="/courses/c/glossary/#g-{uid}">{words}</a>'


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("Straße", "Auf der Straße.", "Straße"),
        ("ilaç", "İlaç burada.", "İlaç"),
        ("kin", "Bir kın.", "kın"),
        ("ναλοξόνης", "Ναλοξόνης εδώ", "Ναλοξόνης"),
        ("نالوكسون", "هنا نالوكسون هنا", "نالوكسون"),
        ("(OAT)", "Ask for (OAT) there.", "(OAT)"),
        ("C++", "Written in C++ today.", "C++"),
    ],
)
def test_a_term_is_found_in_any_alphabet(term, text, found):
    glossary = Glossary.of([{"id": "x", "term": term, "also": []}], "/glossary/")
    rendered = render_step_body(text, figures={}, references={}, step_urls={}, glossary=glossary)
    assert f'<a class="term" href="/glossary/#g-x">{found}</a>' in rendered.html


class TestChecking:
    def test_a_glossary_is_read(self, with_glossary):
        terms = with_glossary.checked().glossary

        assert [(term.id, term.also) for term in terms] == [
            ("naloxone", []),
            ("oat", ["OAT", "opioid agonist treatment"]),
        ]

    def test_a_course_needs_none(self, files):
        assert files.checked().glossary == []

    @pytest.mark.parametrize(
        ("old", "new", "place", "words"),
        [
            ("id: oat", "id: naloxone", "- id: naloxone\n    term: Op", 'the id "naloxone" stands here a second time, first on line 2'),
            ("term: Opioid agonist therapy (OAT)", "term: naloxone (again)", "term: naloxone (", '"naloxone" is defined a second time'),
            ("also: [OAT, opioid", "also: [NALOXONE, Naloxone, opioid", "also:", '"Naloxone" is defined a second time, first on'),
            ("meaning: Prescribed methadone or similar.", "meaning:", "meaning:\n", "terms.1.meaning is empty"),
            ("meaning: Prescribed", "mening: Prescribed", "mening:", 'unknown field "mening"; did you mean "meaning"?'),
            ("id: oat", "id: O A T", "- id: O A T", "must have only lower-case letters"),
            ("term: Naloxone", "term: 7", "term: 7", "terms.0.term must be text"),
        ],
    )  # fmt: skip
    def test_a_mistake_is_said_with_its_line(self, with_glossary, old, new, place, words):
        with_glossary.change(GLOSSARY, old, new)
        text = with_glossary.read(GLOSSARY)

        problem = next(problem for problem in with_glossary.problems() if words in problem.message)

        assert problem.path == "naloxone-now/glossary.yaml"
        assert problem.line == text[: text.index(place)].count("\n") + 1

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("- id: a\n", "there must be fields here"),
            ("", '"terms" is missing'),
            ("terms: many\n", "terms must be a list"),
            ("terms:\n  - id: a\n   term: b\n", "YAML"),
        ],
    )
    def test_a_file_of_another_shape(self, files, text, words):
        files.write(GLOSSARY, text)

        assert words in files.problem().message


class TestFirstUses:
    def test_only_the_first_use_in_a_step_is_linked(self):
        assert body("Give naloxone.\n\nNaloxone *and naloxone*.") == (
            f"<p>Give {link('naloxone', 'naloxone')}.</p>\n<p>Naloxone <em>and naloxone</em>.</p>"
        )

    def test_words_before_between_and_behind_stay_in_place(self):
        assert body("**Naloxone** or *some ART* or OAT, then\nharm\nreduction.") == (
            f"<p><strong>{link('naloxone', 'Naloxone')}</strong> or <em>some {link('art', 'ART')}</em> or {link('oat', 'OAT')}, "
            f"then\n{link('harm-reduction', 'harm' + chr(10) + 'reduction')}.</p>"
        )

    def test_of_two_terms_the_longer_is_meant(self):
        assert body("Take-home naloxone, then naloxone.") == (
            f"<p>{link('take-home', 'Take-home naloxone')}, then {link('naloxone', 'naloxone')}.</p>"
        )

    @pytest.mark.parametrize(
        "source",
        [
            *(
                "naloxones",
                "non-naloxone",
                "naloxone-free",
                "xnaloxone",
                "état d’art, Art and art",
                "oat milk",
                "naloxone_x",
            ),
            "Harm Reduction International",
            *("[about naloxone](https://example.org)", "[naloxone](step:x)", "`naloxone`", "```\nnaloxone\n```"),
            *("## Naloxone", "### Naloxone", "> [!pull]\n> Naloxone."),
            "> [!figures] Source: naloxone.\n> - 3 | kits of naloxone",
            "![](figure:van)",
            "Table: Naloxone\n\n| A | B |\n|---|---|\n| c | d |",
            "Naloxone\n:   A spray.",
            "https://example.org/naloxone",
        ],
    )
    def test_what_is_no_use_of_a_term_is_left_alone(self, source):
        assert "term" not in body(source)

    def test_a_use_that_is_left_alone_does_not_count_as_the_first(self):
        html = body("## Naloxone\n\n[naloxone](step:x), then naloxone.[^who]")

        assert html.count('class="term"') == 1
        assert f"then {link('naloxone', 'naloxone')}." in html

    def test_a_term_written_as_in_the_glossary_is_no_name(self):
        assert link("hepatitis-c", "Hepatitis C") in body("Hepatitis C can be cured.")

    def test_terms_are_found_in_lists_quotes_notices_and_tables(self):
        html = body("- naloxone\n\n> OAT\n\n> [!note]\n> ART\n\n| a | b |\n|---|---|\n| c | hepatitis C |")

        assert html.count('class="term"') == 4

    def test_a_note_of_the_author_links_no_term(self):
        rendered = render_step_body(
            "x[^a]\n\n[^a]: naloxone",
            figures={},
            references={},
            step_urls={},
            glossary=Glossary.of(ENTRIES, "/courses/c/glossary/"),
        )
        assert rendered.notes[0].html == "naloxone"

    def test_an_address_that_no_page_has_does_not_come_through_the_sanitisers(self):
        glossary = Glossary.of(ENTRIES, "javascript:alert(1)//")
        rendered = render_step_body("naloxone", figures={}, references={}, step_urls={}, glossary=glossary)

        assert "javascript" not in rendered.html


@pytest.mark.django_db
class TestLoading:
    def test_the_terms_are_stored_and_linked(self, with_glossary):
        with_glossary.load()

        course = Course.objects.get()
        assert course.glossary[1] == {
            "id": "oat",
            "term": "Opioid agonist therapy (OAT)",
            "meaning": "Prescribed methadone or similar.",
            "also": ["OAT", "opioid agonist treatment"],
        }
        assert course.outline["terms"] == 2

    def test_a_changed_glossary_renders_all_steps_again(self, files):
        files.change(WELCOME, "It works.[", "Naloxone works.[")
        files.load()
        assert "term" not in Step.objects.get(uid="welcome").body_html
        before = Step.objects.get(uid="welcome").fingerprint

        files.write(GLOSSARY, TERMS)
        plan = files.load()

        assert "changed    course naloxone: glossary" in plan.lines()
        step = Step.objects.get(uid="welcome")
        assert '<a class="term" href="/courses/naloxone-now/glossary/#g-naloxone">Naloxone</a> works.' in step.body_html
        assert step.fingerprint == before, "its words are the same"
        assert not files.plan().changes_anything

    def test_another_meaning_alone_renders_no_step(self, with_glossary):
        with_glossary.load()
        Step.objects.update(body_html="as it was")
        with_glossary.change(GLOSSARY, "that reverses", "which reverses")
        with_glossary.load()

        assert Step.objects.get(uid="welcome").body_html == "as it was"
        assert Course.objects.get().version == 2

    def test_a_course_loaded_before_there_were_glossaries_takes_its_first_one(self, files):
        files.load()
        course = Course.objects.get()
        del course.loaded["glossary"]
        course.save()
        files.write(GLOSSARY, TERMS)

        plan = files.load()

        assert not plan.conflicts
        assert len(Course.objects.get().glossary) == 2
