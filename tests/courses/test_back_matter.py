"""The pages at the end of a course: where the numbers come from, the glossary, where to read on."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.content import writing
from courses.models import Course, Reference, Resource, Step
from courses.pages import shelf
from tests import factories

pytestmark = pytest.mark.django_db

SOURCES, GLOSSARY, RESOURCES = (f"/courses/harbour/{name}/" for name in ("sources", "glossary", "resources"))
TERMS = [
    {"id": "stigma", "term": "Stigma", "meaning": "Labels that <push> people aside.", "also": []},
    {"id": "oat", "term": "Opioid agonist therapy (OAT)", "meaning": "Prescribed methadone.", "also": ["OAT"]},
]


def reference(slug: str, uid: str = "", **fields) -> Reference:
    step = Step.objects.get(slug=slug)
    number = step.references.count() + 1
    defaults = {"source": f"Source {number}", "year": 2024, "url": "https://www.example.org/x", "claim": "It works."}
    return Reference.objects.create(step=step, uid=uid or f"r{number}", position=number, **{**defaults, **fields})


def resource(slug: str, title: str = "Outside", url: str = "https://example.org/out", **fields) -> Resource:
    step = Step.objects.get(slug=slug)
    return Resource.objects.create(step=step, title=title, url=url, position=step.resources.count() + 1, **fields)


class TestSources:
    def test_every_reference_stands_under_its_step_in_the_order_of_the_course(self, client, course):
        reference("three-a", source="Last <one>", year=2019)
        reference("one-b", source="First", claim="Half & half.")
        reference("one-b", source="Second", url="")
        factories.ready(course)

        page = client.get(SOURCES).text

        places = [
            page.index(words) for words in ("Title of one-b", "First", "Second", "Title of three-a", "Last &lt;one&gt;")
        ]
        assert places == sorted(places)
        assert '<a href="/courses/harbour/steps/one-b/"><span class="num">1.2</span> Title of one-b</a>' in page
        assert (
            "3 references" in page and "(2019)" in page and "Half &amp; half." in page and "Title of one-a" not in page
        )
        assert page.count('<a href="https://www.example.org/x" rel="noopener noreferrer">example.org</a>') == 2

    def test_only_what_learners_can_read_counts(self, client, as_educator, course):
        reference("one-a", source="Of a draft")
        reference("one-b", source="Of a retired step")
        Step.objects.filter(slug="one-a").update(published=False)
        Step.objects.filter(slug="one-b").update(retired_at=timezone.now())
        factories.ready(course)

        for reader in (client, as_educator):
            page = reader.get(SOURCES).text
            assert "Of a " not in page and "No step of this course names a source yet." in page

    def test_an_address_that_is_none_of_the_web_is_no_link(self, client, course):
        reference("one-a", url="javascript:alert(1)")
        factories.ready(course)

        assert "javascript:" not in client.get(SOURCES).text

    def test_a_new_reference_shows_at_once(self, client, course):
        client.get(SOURCES)
        reference("one-a", source="Fresh")
        writing.refresh(course)

        assert "Fresh" in client.get(SOURCES).text


class TestGlossary:
    def test_each_term_has_an_address_of_its_own(self, client, course):
        Course.objects.update(glossary=TERMS)
        writing.refresh(course)

        page = client.get(GLOSSARY).text

        assert (
            '<div id="g-oat"><dt><dfn>Opioid agonist therapy (OAT)</dfn></dt><dd>Prescribed methadone.</dd></div>'
            in page
        )
        assert "Labels that &lt;push&gt; people aside." in page

    def test_the_first_use_in_a_step_leads_there(self, client, course):
        Course.objects.update(glossary=TERMS)
        factories.step(course.topics.first(), "about", body="Stigma, and stigma again.")

        page = client.get("/courses/harbour/steps/about/").text

        assert '<a class="term" href="/courses/harbour/glossary/#g-stigma">Stigma</a>, and stigma again.' in page


class TestResources:
    def test_addresses_stand_once_in_a_topic_with_the_steps_that_name_them(self, client, course):
        resource("one-a", "The <guide>", note="Web page")
        resource("one-b", "The guide again")
        resource("three-b", "Another", "https://example.org/other")
        resource("one-a", "A step of ours", "", to_step="one-b")
        factories.ready(course)

        page = client.get(RESOURCES).text

        assert page.count('href="https://example.org/out" rel="noopener noreferrer">The &lt;guide&gt;</a>') == 1
        assert "The guide again" not in page and "A step of ours" not in page and "Topic two" not in page
        assert re.findall(r'steps/(one-a|one-b|three-b)/">', page) == ["one-a", "one-b", "three-b"]
        assert page.index("Topic one") < page.index("Topic three") < page.index("Another")

    def test_without_any_it_says_so(self, client, course):
        assert "No step of this course leads outside yet." in client.get(RESOURCES).text


class TestLinks:
    PLACES = ("/courses/harbour/", "/courses/harbour/outline/", SOURCES)

    def test_pages_that_hold_something_are_linked_where_learners_look(self, client, course):
        Course.objects.update(glossary=TERMS, contributors=[{"name": "Team", "role": "Writing"}])
        reference("one-a")
        resource("one-a")
        factories.ready(course)

        for place in self.PLACES:
            page = client.get(place).text
            assert all(f'href="{address}"' in page for address in (SOURCES, GLOSSARY, RESOURCES)), place
        step = client.get("/courses/harbour/steps/one-a/").text
        assert f'href="{SOURCES}#h-one-a"' in step and 'id="h-one-a"' in client.get(SOURCES).text

    def test_empty_ones_are_not(self, client, course):
        Course.objects.update(contributors=[{"name": "Team", "role": "Writing"}])
        for place in self.PLACES:
            page = client.get(place).text
            assert not any(f'href="{address}"' in page for address in (SOURCES, GLOSSARY, RESOURCES)), place


@pytest.mark.parametrize("address", [SOURCES, GLOSSARY, RESOURCES])
def test_however_much_they_gather_they_cost_four_queries(as_learner, course, address):
    def cost() -> int:
        shelf.clear()
        with CaptureQueriesContext(connection) as captured:
            assert as_learner.get(address).status_code == 200
        return len(captured)

    reference("one-a")
    resource("one-a")
    factories.ready(course)
    few = cost()
    for slug in ("one-a", "two-b", "three-b"):
        for n in range(30):
            reference(slug)
            resource(slug, f"Outside {n}", f"https://example.org/{n}")
    Course.objects.update(glossary=[{**TERMS[0], "id": f"t{n}", "term": f"Term {n}"} for n in range(60)])
    factories.ready(course)

    assert few == cost() <= 4


@pytest.mark.parametrize("address", [SOURCES, GLOSSARY, RESOURCES])
def test_of_a_draft_course_only_educators_see_them(client, as_educator, course, address):
    Course.objects.update(published=False)
    assert (client.get(address).status_code, as_educator.get(address).status_code) == (404, 200)
