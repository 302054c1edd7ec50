"""Landing, list, outline and step pages: what they show, to whom, under which address."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from courses.content import writing
from courses.models import Course, OldSlug, Resource, Step
from tests import factories

pytestmark = pytest.mark.django_db


def test_with_one_course_the_home_page_is_that_course(client, course):
    page = client.get("/").text
    assert "<h1" in page and "Course harbour" in page and "Title of three-b" in page


def test_with_several_courses_the_home_page_lists_them(client, course):
    factories.small_course("lighthouse")
    page = client.get("/").text
    assert "/courses/harbour/" in page and "/courses/lighthouse/" in page


def test_without_a_course_the_home_page_says_so(client, db):
    assert "no course here yet" in client.get("/").text


def test_a_draft_course_is_seen_by_educators_only(client, as_educator, course):
    Course.objects.update(published=False)
    for address in ("/courses/harbour/", "/courses/harbour/outline/", "/courses/harbour/steps/one-a/"):
        assert client.get(address).status_code == 404
        assert as_educator.get(address).status_code == 200
    assert "no course here yet" in client.get("/").text


def test_the_landing_page_starts_or_continues(client, as_learner, course):
    assert "Start the course" in client.get("/courses/harbour/").text
    as_learner.post("/courses/harbour/steps/two-b/done/", {"done": "1"})
    page = as_learner.get("/courses/harbour/").text
    assert "Continue with 2.1" in page and "/courses/harbour/steps/three-a/" in page


def test_numbers_minutes_and_topic_position_are_derived(client, course):
    page = client.get("/courses/harbour/steps/three-a/").text
    assert "Step 2.1" in page and "step 5 of 6" in page and "topic 3 of 3" in page
    course.topics.filter(uid="three").update(week=course.weeks.get(uid="first"), position=0)
    writing.refresh(course)
    page = client.get("/courses/harbour/steps/three-a/").text
    assert "Step 1.1" in page and "step 1 of 6" in page and "topic 1 of 3" in page


def test_previous_and_next_cross_topics_and_weeks(client, course):
    def neighbours(slug: str) -> list[str]:
        page = client.get(f"/courses/harbour/steps/{slug}/").text
        return re.findall(r'<a href="/courses/harbour/(\S*?)" rel="(?:prev|next)"', page)

    assert neighbours("one-a") == ["steps/one-b/"]
    assert neighbours("two-a") == ["steps/one-b/", "steps/two-b/"]
    assert neighbours("two-b") == ["steps/two-a/", "steps/three-a/"]
    assert neighbours("three-b") == ["steps/three-a/"]


def test_a_step_shows_its_parts(client, course):
    topic = course.topics.first()
    made = factories.step(
        topic,
        "rich",
        lead="A lead <b>with</b> marks.",
        content_note="Mentions a death.",
        questions=("What would you do?",),
    )
    Resource.objects.create(step=made, title="Outside", url="https://example.org/x", note="A note")
    Resource.objects.create(step=made, title="", to_step="one-b")
    writing.refresh(course, rendered=[made])
    page = client.get("/courses/harbour/steps/rich/").text
    assert "A lead &lt;b&gt;with&lt;/b&gt; marks." in page
    assert "Mentions a death." in page and 'href="/support/"' in page
    assert 'id="q-q1"' in page and "What would you do?" in page
    assert 'href="https://example.org/x"' in page and 'href="/courses/harbour/steps/one-b/"' in page
    assert "Title of one-b" in page


def test_a_video_step_without_a_film_shows_its_words_and_says_so(client, course):
    factories.step(course.topics.first(), "talk", kind="video", script="## One\n\n**Nurse:** Hello *there*.", body="")
    page = client.get("/courses/harbour/steps/talk/").text
    assert "still being made" in page and "Nurse:" in page and "Hello there." in page and "<video" not in page


def test_a_step_without_words_says_that_it_is_being_written(client, course):
    factories.step(course.topics.first(), "empty", body="")
    assert "still being written" in client.get("/courses/harbour/steps/empty/").text


def test_an_old_address_leads_to_the_step_for_good(client, course):
    step = Step.objects.get(slug="one-a")
    OldSlug.objects.create(course=course, step=step, slug="before")
    response = client.get("/courses/harbour/steps/before/")
    assert (response.status_code, response["Location"]) == (301, "/courses/harbour/steps/one-a/")


def test_an_old_address_of_a_retired_step_leads_nowhere(client, course):
    step = Step.objects.get(slug="one-a")
    OldSlug.objects.create(course=course, step=step, slug="before")
    Step.objects.filter(pk=step.pk).update(retired_at=timezone.now())
    assert client.get("/courses/harbour/steps/before/").status_code == 404
    assert client.get("/courses/harbour/steps/one-a/").status_code == 404


@pytest.mark.parametrize("hidden", [Step.objects.filter(slug="one-a"), Course.objects.filter(slug="harbour")])
def test_an_old_address_of_what_is_being_written_tells_its_new_one_to_who_may_read_it(
    client, as_learner, as_educator, course, hidden
):
    """An address is made from a title, which may say what nobody is to know yet."""
    OldSlug.objects.create(course=course, step=Step.objects.get(slug="one-a"), slug="before")
    hidden.all().update(published=False)
    for reader in (client, as_learner):
        assert reader.get("/courses/harbour/steps/before/").status_code == 404
    assert as_educator.get("/courses/harbour/steps/before/")["Location"] == "/courses/harbour/steps/one-a/"


def test_a_draft_step_is_seen_by_educators_only(client, as_learner, as_educator, course):
    Step.objects.filter(slug="one-b").update(published=False)
    writing.refresh(course)
    assert client.get("/courses/harbour/steps/one-b/").status_code == 404
    assert as_learner.get("/courses/harbour/steps/one-b/").status_code == 404
    assert "Learners do not see this step yet" in as_educator.get("/courses/harbour/steps/one-b/").text
    assert "Title of one-b" not in client.get("/courses/harbour/outline/").text


def test_a_change_shows_at_once_though_pages_are_kept(client, course):
    address = "/courses/harbour/steps/one-a/"
    assert "Some <strong>plain</strong> words." in client.get(address).text
    Step.objects.filter(slug="one-a").update(body="Fresh words.")
    writing.refresh(course, rendered=[Step.objects.select_related("course").get(slug="one-a")])
    assert "Fresh words." in client.get(address).text
    Step.objects.filter(slug="three-b").update(title="Another name")
    writing.refresh(course)
    assert "Another name" in client.get(address).text


def test_kept_pages_carry_nothing_from_one_reader_to_another(course, learner, other):
    address = "/courses/harbour/steps/one-a/"
    first, second, nobody = Client(), Client(), Client()
    first.force_login(learner)
    second.force_login(other)
    first.post(f"{address}done/", {"done": "1"})
    pages = {name: c.get(address).text for name, c in (("first", first), ("second", second), ("nobody", nobody))}
    assert "Heron" in pages["first"] and "salt and thyme" not in pages["first"]
    assert "salt and thyme" in pages["second"] and "Heron" not in pages["second"]
    assert "Heron" not in pages["nobody"] and "salt and thyme" not in pages["nobody"]
    tokens = [set(re.findall(r'csrfmiddlewaretoken" value="(\w+)"', page)) for page in pages.values()]
    assert all(tokens) and not tokens[0] & tokens[1] and not tokens[0] & tokens[2]


@pytest.mark.parametrize("cookie", ["dark", "light"])
def test_the_chosen_colours_are_on_the_page(client, course, cookie):
    client.post("/display/", {"scheme": cookie, "next": "/courses/harbour/"})
    assert f'data-scheme="{cookie}"' in client.get("/courses/harbour/steps/one-a/").text
    client.post("/display/", {"scheme": "auto", "next": "/courses/harbour/"})
    assert "data-scheme=" not in client.get("/courses/harbour/steps/one-a/").text


def test_the_text_size_is_this_readers_alone(client, course):
    client.post("/display/", {"text": "large", "next": "/courses/harbour/"})
    page = client.get("/courses/harbour/steps/one-a/").text
    assert ' data-text="large"' in page and 'value="large" aria-pressed="true"' in page
    assert "data-text" not in Client().get("/courses/harbour/steps/one-a/").text
    client.post("/display/", {"text": "normal"})
    assert "data-text" not in client.get("/courses/harbour/steps/one-a/").text
    client.post("/display/", {"text": "huge"})
    assert "data-text" not in client.get("/courses/harbour/steps/one-a/").text


def test_low_data_pages_load_neither_font_nor_pictures_and_are_kept_apart(client, course):
    address = "/courses/harbour/steps/one-a/"
    assert "woff2" in client.get(address).text
    client.post("/display/", {"data": "low"})
    assert 'data-data="low"' in client.get(address).text and "woff2" not in client.get(address).text
    assert "woff2" in Client().get(address).text


def test_low_data_pages_say_pictures_in_words_and_offer_them(client, course):
    step = Step.objects.get(slug="one-a")
    Step.objects.filter(pk=step.pk).update(
        body_html='<figure class="wide"><img alt="A &quot;van&quot; > <b>lamp" loading="lazy" src="/media/van.svg"></figure>'
    )
    address = "/courses/harbour/steps/one-a/"

    client.post("/display/", {"data": "low"})
    page = client.get(address).text

    assert "/media/van.svg" in Client().get(address).text and "<img" not in page
    assert 'A &quot;van&quot; &gt; &lt;b&gt;lamp <a href="/media/van.svg">Load the picture</a>' in page


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_display_choices_never_lead_away(client, db, target):
    assert client.post("/display/", {"scheme": "dark", "next": target})["Location"] == "/"


def test_a_link_to_a_draft_is_no_link_until_the_draft_is_published(client, course):
    factories.step(course.topics.first(), "pointing", body="See [the other](step:one-b).")
    Resource.objects.create(step=Step.objects.get(slug="pointing"), to_step="one-b")
    link = 'href="/courses/harbour/steps/one-b/">the other</a>'
    factories.ready(course)
    assert link in client.get("/courses/harbour/steps/pointing/").text
    Step.objects.filter(slug="one-b").update(published=False)
    writing.refresh(course)
    page = client.get("/courses/harbour/steps/pointing/").text
    assert "See the other." in page and "one-b/" not in page
    Step.objects.filter(slug="one-b").update(published=True, title="Fresh title")
    writing.refresh(course)
    page = client.get("/courses/harbour/steps/pointing/").text
    assert link in page and ">Fresh title</a>" in page


def test_a_hundred_courses_are_listed_page_by_page_for_what_two_cost(client, course, django_assert_num_queries):
    factories.small_course("lighthouse")
    Course.objects.bulk_create(
        Course(uid=f"more-{n}", slug=f"more-{n}", title=f"More {n}", position=9, outline={"steps": 3, "minutes": 75})
        for n in range(98)
    )
    with django_assert_num_queries(2):
        page = client.get("/").text
    assert page.count('<li><a href="/courses/') == 20 and "3 steps, 1 h 15 min" in page
    seen = {
        slug
        for n in range(1, 6)
        for slug in re.findall(r'<li><a href="/courses/([\w-]+)/"', client.get(f"/?page={n}").text)
    }
    assert len(seen) == 100 and "More courses" not in client.get("/?page=5").text
    for odd in ("0", "-1", "99999", "x", "²", "9" * 30):
        assert client.get("/", {"page": odd}).status_code == 200
