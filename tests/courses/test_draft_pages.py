"""A draft course as reviewers read it by a link: all of it, nothing beside it, and nothing of it written or kept."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.signing import dumps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses import arranging, draft_links, publishing
from courses.models import Completion, Course, JournalEntry, QuizAnswer, Step
from courses.pages import shelf
from discussions.models import Comment
from tests import factories
from tests.courses.drafts import ORDER, draft_course

pytestmark = pytest.mark.django_db
LINKS = re.compile(r'(?:href|action|src)="([^"]+)"')


@pytest.fixture
def draft() -> Course:
    return draft_course()


@pytest.fixture
def link(draft: Course) -> str:
    return draft_links.link_to(draft, days=7)


def read(client, link: str) -> dict[str, str]:
    """Every page behind the link, by its address without the link."""
    pages: dict[str, str] = {}
    ahead = [link]
    while ahead:
        address = ahead.pop()
        response = client.get(address)
        assert response.status_code == 200, address
        pages[address.removeprefix(link)] = response.text
        found = {re.split(r"[?#]", to)[0] for to in LINKS.findall(response.text)}
        ahead += [to for to in found if to.startswith(link) and to.removeprefix(link) not in pages and to not in ahead]
    return pages


def test_reviewers_read_all_of_a_draft_course_from_its_landing_page_on(client, draft, link):
    pages = read(client, link)
    steps = {f"steps/{slug}/" for slug in ORDER}
    assert set(pages) == {"", "outline/", "sources/", "glossary/", "resources/"} | steps
    assert "Course harbour" in pages[""] and "<strong>boats</strong>" in pages[""]
    for slug in ORDER:
        assert f"Title of {slug}" in pages["outline/"] and f"<h1>Title of {slug}</h1>" in pages[f"steps/{slug}/"]
    assert "UNAIDS" in pages["sources/"] and "push people aside" in pages["glossary/"]
    assert "https://example.org/on" in pages["resources/"]
    assert all("This is a draft." in page and "nothing can be written here" in page for page in pages.values())


def test_next_leads_through_all_steps_in_their_order(client, draft, link):
    address, walked = f"{link}steps/one-a/", []
    while address:
        page = client.get(address).text
        walked.append(address.removeprefix(f"{link}steps/").strip("/"))
        onward = re.search(r'<a href="([^"]+)" rel="next">', page)
        address = onward[1] if onward else ""
    assert walked == ORDER
    assert f'<a href="{link}outline/"><span><small>The end' in page and 'rel="prev"' in page


def test_a_step_shows_what_learners_will_see_and_links_to_drafts(client, link):
    page = client.get(f"{link}steps/one-a/").text
    assert f'<a href="{link}steps/three-b/">the last step</a>' in page and f'href="{link}steps/one-b/"' in page
    assert f'<a class="term" href="{link}glossary/#g-stigma">Stigma</a>' in page
    assert "A van at the kerb." in page and re.search(r'<img[^>]+src="/media/[^"]+\.svg"', page)
    assert "UNAIDS" in page and "Who is missing?" in page and "What will you do?" in page
    assert "step 1 of 7" in page and "topic 1 of 3" in page
    assert "Good bye." in client.get(f"{link}steps/talk/").text


def test_a_quiz_is_read_with_its_answers_and_their_reasons(client, link):
    page = client.get(f"{link}steps/knots/").text
    for words in ("4 questions", "moves a <em>sailing</em> boat?", "Oars move a rowing boat.", "Iron by itself sinks."):
        assert words in page
    assert re.search(r"Wind</span><span class=\"end\">.*?Best answer", page)
    assert page.index("Come near") < page.index("Throw the rope") < page.index("Step ashore</span>")
    assert "Left side – <b>red</b>" in page and "So that others see" in page


def test_no_page_leads_to_where_only_learners_go_or_takes_a_form(client, link):
    for address, page in read(client, link).items():
        assert "<form" not in page and "<textarea" not in page and "<button" not in page, address
        assert "/courses/harbour/" not in page and "/accounts/" not in page, address
        assert "#discussion" not in page and "#composer" not in page and "journal" not in page, address
        assert 'rel="canonical"' not in page


def test_reading_writes_nothing_and_leaves_nothing_behind(as_learner, draft, link):
    shelf.clear()
    as_learner.cookies.pop("csrftoken", None)
    for address in read(as_learner, link):
        response = as_learner.get(link + address)
        assert response["Cache-Control"] == "no-store" and response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"] and not response.has_header("ETag")
        assert not response.cookies and as_learner.post(link + address).status_code == 405
    assert not any(rows.objects.exists() for rows in (Completion, QuizAnswer, JournalEntry, Comment))
    assert shelf.get(f"courses/glossary.html:{draft.pk}:{draft.version}:en:False") is None
    before = Course.objects.get(pk=draft.pk)
    assert (before.outline, before.version) == (draft.outline, draft.version)


def test_pages_of_everybody_never_name_the_draft_or_its_link(client, as_learner, as_educator, draft):
    """What a reviewer opened first is neither kept for others nor linked from anywhere."""
    other = factories.small_course("lighthouse")
    publishing.publish(rows=[draft])
    link = draft_links.link_to(draft, days=7)
    read(client, link)
    for reader in (client, as_learner, as_educator):
        for address in (
            "/",
            "/robots.txt",
            "/courses/harbour/",
            "/courses/harbour/outline/",
            "/courses/harbour/steps/one-a/",
        ):
            response = reader.get(address)
            assert response.status_code == 200 and "/drafts/" not in response.text
            assert "Title of one-b" not in response.text and "Title of three-b" not in response.text, address
    publishing.unpublish(rows=[draft])
    assert client.get("/courses/harbour/").status_code == 404 and "harbour" not in client.get("/").text
    assert other.title in client.get("/").text


@pytest.mark.parametrize("days", draft_links.DAYS)
def test_a_link_to_a_course_ends_by_itself_on_every_page(client, draft, days):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        link = draft_links.link_to(draft, days=days)
        addresses = [link, f"{link}outline/", f"{link}steps/one-a/", f"{link}glossary/"]
        clock.shift(timedelta(days=days, seconds=-1))
        assert [client.get(address).status_code for address in addresses] == [200] * 4
        clock.shift(timedelta(seconds=1))
        for address in addresses:
            response = client.get(address)
            assert response.status_code == 410 and "This link does not work" in response.text
            assert "harbour" not in response.text and "<form" not in response.text


def test_links_end_at_once_and_each_rows_alone(as_educator, client, draft):
    topic = draft.topics.get(uid="one")
    links = {row: draft_links.link_to(row, days=30) for row in (draft, topic)}
    assert as_educator.post(f"/admin/courses/course/{draft.pk}/link/", {"end": "1"}).status_code == 302
    assert client.get(links[draft]).status_code == client.get(f"{links[draft]}steps/one-a/").status_code == 410
    assert client.get(links[topic]).status_code == 200
    assert client.get(draft_links.link_to(Course.objects.get(pk=draft.pk), days=30)).status_code == 200


def test_a_step_of_another_course_is_not_behind_the_link(client, draft, link):
    elsewhere = factories.course("lighthouse", published=False)
    factories.step(factories.topic(factories.week(elsewhere)), "lamp")
    for slug in ("lamp", "two-b", "nowhere"):  # of another course; retired; never there
        response = client.get(f"{link}steps/{slug}/")
        assert response.status_code == 404 and f"Title of {slug}" not in response.text
        assert response["Cache-Control"] == "no-store"
    assert "two-b" not in "".join(read(client, link).values())


@pytest.mark.parametrize(
    ("what", "slugs"), [("week", ["three-a", "three-b"]), ("topic", ["one-a", "one-b"]), ("step", ["one-b"])]
)
def test_a_link_to_a_part_shows_that_part_alone_under_the_numbers_of_the_course(client, draft, what, slugs):
    step = draft.steps.get(slug=slugs[0])
    row = {"week": step.topic.week, "topic": step.topic, "step": step}[what]
    pages = read(client, draft_links.link_to(row, days=7))
    inside = {address for address in pages if address.startswith("steps/")}
    assert inside | ({"steps/one-b/"} if what == "step" else set()) == {f"steps/{slug}/" for slug in slugs}
    beside = set(ORDER) - set(slugs)
    assert not [slug for slug in beside if f"Title of {slug}" in "".join(pages.values())]
    ref = {"week": "2.1", "topic": "1.1", "step": "1.2"}[what]
    assert f"<b>{ref}</b> <span>Title of {slugs[0]}</span>" in pages["outline/"]
    assert "UNAIDS" in pages.get("sources/", "UNAIDS") and "step 1 of" not in "".join(pages.values())


def test_a_part_links_to_what_everybody_may_open(client, draft):
    publishing.publish(rows=[draft, draft.steps.get(slug="three-b")])
    publishing.unpublish(rows=[draft.steps.get(slug="one-a")])
    page = client.get(draft_links.link_to(draft.steps.get(slug="one-a"), days=7)).text
    assert '<a href="/courses/harbour/steps/three-b/">the last step</a>' in page and "one-b/" not in page


def test_of_what_is_no_draft_any_more_the_link_leads_to_its_place_in_the_course(client, draft, link):
    publishing.publish(rows=[draft])
    assert client.get(f"{link}steps/one-a/").status_code == 200  # some of its steps are drafts still
    publishing.publish(rows=draft.steps.filter(published=False))
    topic = draft_links.link_to(draft.topics.get(uid="one"), days=7)
    leads = {
        link: "",
        f"{link}steps/one-a/": "steps/one-a/",
        f"{link}outline/": "outline/",
        topic: "outline/",
        draft_links.link_to(draft.steps.get(slug="one-b"), days=7): "steps/one-b/",
    }
    for address, place in leads.items():
        response = client.get(address)
        assert response["Location"] == f"/courses/harbour/{place}" and response["Referrer-Policy"] == "no-referrer"


def test_what_was_retired_is_not_shown_by_a_link_that_names_it(client, draft):
    week = draft.weeks.get(uid="second")
    topic = week.topics.get()
    links = [draft_links.link_to(row, days=7) for row in (week, topic, topic.steps.get(slug="three-a"))]
    arranging.retire_whole(row=week)
    assert [client.get(link).status_code for link in links] == [410] * 3
    whole = read(client, draft_links.link_to(draft, days=7))
    assert "Title of three-a" not in "".join(whole.values())


def test_a_token_of_another_make_or_altered_opens_no_page(client, draft, link):
    token = link.split("/")[2]
    until = int(timezone.now().timestamp()) + 999
    forged = [
        f"{token[:-2]}xx",
        dumps([draft.pk, 0, until], salt="courses.draft"),
        dumps(["course", draft.pk, 0, until], salt="x"),
    ]
    for wrong in forged:
        for page in ("", "outline/", "steps/one-a/", "sources/", "glossary/", "resources/"):
            response = client.get(f"/drafts/{wrong}/{page}")
            assert response.status_code == 404 and "This link does not work" in response.text


@pytest.mark.parametrize("page", ["", "outline/", "steps/one-a/", "sources/", "glossary/", "resources/"])
def test_a_page_costs_the_same_with_one_step_and_with_twenty(client, page):
    course = factories.course(published=False)
    topic = factories.topic(factories.week(course))
    factories.step(topic, "one-a")

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(draft_links.link_to(course, days=7) + page).status_code == 200
        return len(captured)

    one = cost()
    for n in range(19):
        factories.step(topic, f"more-{n}", fresh=False, published=bool(n % 2))
    assert cost() == one <= (10 if "steps" in page else 5)


def test_who_writes_the_course_makes_the_link_and_nobody_else(as_educator, as_moderator, as_learner, client, draft):
    address = f"/admin/courses/course/{draft.pk}/link/"
    tree, form = f"/admin/courses/course/{draft.pk}/tree/", f"/admin/courses/course/{draft.pk}/change/"
    assert address in as_educator.get(tree).text and address in as_educator.get(form).text
    assert "whole course" in as_educator.get(address).text
    link = as_educator.post(address, {"days": "30"}).context["link"]
    assert client.get(link.removeprefix("http://testserver")).status_code == 200
    elsewhere = factories.course("lighthouse")
    for helper in (factories.helper(elsewhere, "educator", "Ida"), factories.helper(draft, "moderator", "Mo of it")):
        client.force_login(helper)
        assert client.post(address, {"days": "7"}).status_code in (403, 404)
    assert as_moderator.post(address, {"days": "7"}).status_code == 403
    assert as_learner.post(address, {"days": "7"}).status_code == 302


def test_an_educator_of_one_course_makes_links_to_all_of_its_parts(client, draft):
    client.force_login(factories.helper(draft))
    step = draft.steps.get(slug="one-b")
    for kind, row in (("course", draft), ("week", step.topic.week), ("topic", step.topic), ("step", step)):
        address = f"/admin/courses/{kind}/{row.pk}/link/"
        assert address in client.get(f"/admin/courses/{kind}/{row.pk}/change/").text
        link = client.post(address, {"days": "1"}).context["link"].removeprefix("http://testserver")
        assert "This is a draft." in client.get(link).text
    retired = Step.objects.get(slug="two-b")
    assert client.get(f"/admin/courses/step/{retired.pk}/link/").status_code == 404
