"""Putting things in order, retiring and restoring, from the lists: without JavaScript, and at the price of one row."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from courses.models import Course, OldSlug, Step
from tests import factories

pytestmark = pytest.mark.django_db


def move(client, row, direction, query=""):
    return client.post(f"/admin/courses/{type(row).__name__.lower()}/{row.pk}/move/{query}", {"direction": direction})


def outline(client) -> list[tuple[str, str]]:
    page = client.get("/courses/harbour/").text
    return re.findall(r'steps/([\w-]+)/"><b>([\d.]+)</b>', page)


def test_the_number_of_a_step_follows_when_it_is_moved(as_editor, client, course):
    step = course.steps.get(slug="one-a")
    assert outline(client)[:2] == [("one-a", "1.1"), ("one-b", "1.2")]
    response = move(as_editor, step, "down", "?_changelist_filters=topic__id__exact%3D7")
    assert response["Location"] == f"/admin/courses/step/?topic__id__exact=7#row-{step.pk}"
    assert outline(client)[:2] == [("one-b", "1.1"), ("one-a", "1.2")]
    move(as_editor, step, "up")
    assert outline(client)[:2] == [("one-a", "1.1"), ("one-b", "1.2")]


def test_at_its_end_a_row_stays(as_editor, client, course):
    before = outline(client)
    move(as_editor, course.steps.get(slug="one-a"), "up")
    move(as_editor, course.steps.get(slug="one-b"), "down")
    assert outline(client) == before


def test_topics_move_in_their_week_and_weeks_in_their_course(as_editor, client, course):
    move(as_editor, course.topics.get(uid="two"), "up")
    assert outline(client)[0] == ("two-a", "1.1")
    move(as_editor, course.topics.get(uid="two"), "up")
    move(as_editor, course.weeks.get(uid="second"), "up")
    assert [slug for slug, _number in outline(client)] == ["three-a", "three-b", "two-a", "two-b", "one-a", "one-b"]


def test_courses_move_in_the_list(as_editor, course):
    factories.course("lighthouse")
    move(as_editor, Course.objects.get(slug="lighthouse"), "up")
    assert list(Course.objects.values_list("slug", flat=True)) == ["lighthouse", "harbour"]


def test_rows_with_one_position_can_be_told_apart(as_editor, client, course):
    Step.objects.update(position=3)
    move(as_editor, course.steps.get(slug="two-b"), "up")
    assert [slug for slug, _number in outline(client)] == ["one-a", "one-b", "two-b", "two-a", "three-a", "three-b"]


def test_a_move_passes_over_what_is_retired(as_editor, client, course):
    topic = course.topics.get(uid="one")
    last = factories.step(topic, "one-c")
    course.steps.filter(slug="one-b").update(retired_at=timezone.now())
    move(as_editor, last, "up")
    assert [slug for slug, _number in outline(client)][:2] == ["one-c", "one-a"]


def test_the_buttons_are_in_the_list_and_work_by_keyboard(as_editor, course):
    page = as_editor.get(f"/admin/courses/step/?course__id__exact={course.pk}").text
    form = page[page.index('id="changelist-form"') : page.index("</form>", page.index('id="changelist-form"'))]
    attributes = r'value="(\w+)" formaction="(\S+)" aria-label="([^"]+)"( disabled)?'
    buttons = re.findall(f'<button type="submit" class="button move" name="direction" {attributes}>', form)
    assert len(buttons) == 12
    direction, _address, label, disabled = buttons[0]
    assert (direction, label, disabled) == ("up", "Move “Title of one-a” up", " disabled")
    assert "onclick" not in page
    down = buttons[1]
    assert as_editor.post(down[1].replace("&amp;", "&"), {"direction": down[0]})["Location"].startswith(
        f"/admin/courses/step/?course__id__exact={course.pk}#row-"
    )


@pytest.mark.parametrize("model", ["week", "topic", "step"])
def test_rows_of_several_courses_come_newest_first_until_one_is_chosen(as_editor, course, model):
    def rows(query: str = "") -> list[int]:
        return [row.pk for row in as_editor.get(f"/admin/courses/{model}/{query}").context["cl"].result_list]

    def stored(of: Course) -> list[int]:
        return [row.pk for row in getattr(of, f"{model}s").order_by("pk")]

    first = getattr(course, f"{model}s").order_by("pk")[0]
    first.position = 99_999  # the last one of its parent
    first.save()
    in_order = rows()
    assert in_order[0] != first.pk and sorted(in_order) == stored(course)
    other = factories.small_course("lighthouse")
    page = as_editor.get(f"/admin/courses/{model}/")
    assert rows() == [*reversed(stored(other)), *reversed(stored(course))]
    assert "the newest first" in page.text and 'class="moves"' not in page.text
    assert page.text.count("Course lighthouse") >= len(stored(other))  # each row says of which course it is
    page = as_editor.get(f"/admin/courses/{model}/?course__id__exact={course.pk}")
    assert rows(f"?course__id__exact={course.pk}") == in_order
    assert "the newest first" not in page.text and page.text.count('class="moves"') == len(in_order)


def test_who_writes_one_course_among_several_sees_its_order(client, course):
    factories.small_course("lighthouse")
    client.force_login(factories.helper(course))
    page = client.get("/admin/courses/step/")
    assert page.text.count('class="moves"') == 6 and "the newest first" not in page.text


def test_the_admin_opens_with_the_first_courses_and_leads_to_the_others(as_editor, course):
    page = as_editor.get("/admin/").text
    assert "Course harbour" in page and "All your courses" not in page
    for number in range(10):
        factories.course(f"course-{number}")
    page = as_editor.get("/admin/").text
    assert page.count('class="mine__title"') == 10 and "All your courses" in page


@pytest.mark.parametrize("model", ["course", "week", "topic", "step"])
def test_a_list_costs_the_same_for_one_row_and_for_twenty(
    as_editor, django_assert_num_queries, django_assert_max_num_queries, model
):
    course = factories.course()
    topic = factories.topic(factories.week(course))
    factories.step(topic)
    address = f"/admin/courses/{model}/"
    as_editor.get(address)
    with django_assert_max_num_queries(20) as one:
        as_editor.get(address)
    for n in range(19):
        other = factories.course(f"course-{n}") if model == "course" else course
        week = factories.week(other)
        other_topic = factories.topic(week) if model != "step" else topic
        factories.step(other_topic)
    with django_assert_num_queries(len(one)):
        page = as_editor.get(address).text
    assert page.count('class="moves"') == 20


def test_the_list_says_number_kind_minutes_and_state(as_editor, course):
    factories.step(course.topics.get(uid="one"), "one-c", published=False)
    course.steps.filter(slug="two-a").update(retired_at=timezone.now())
    page = as_editor.get("/admin/courses/step/").text
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in page.split("<tr>")[3:]]
    assert rows[0] == [
        "1.1",
        "Title",
        "of",
        "one-a",
        "Article",
        "5",
        "Published",
        "↑",
        "↓",
        "View",
        "on",
        "site",
        ":",
        "Title",
        "of",
        "one-a",
    ]
    assert rows[2] == [
        "–",
        "Title",
        "of",
        "one-c",
        "Article",
        "5",
        "Draft",
        "↑",
        "↓",
        "View",
        "on",
        "site",
        ":",
        "Title",
        "of",
        "one-c",
    ]
    assert "Retired" in rows[3]
    assert "View" not in rows[3]


def test_lists_are_narrowed_to_a_course_a_week_and_a_topic(as_editor, course):
    offered = f"topic__id__exact={course.topics.get(uid='two').pk}"
    assert offered in as_editor.get("/admin/courses/step/").text
    other = factories.small_course("lighthouse")
    topic = other.topics.get(uid="two")
    assert offered not in as_editor.get("/admin/courses/step/").text  # several courses: one is chosen first
    page = as_editor.get(
        f"/admin/courses/step/?course__id__exact={other.pk}&topic__week__id__exact={topic.week_id}"
    ).text
    assert page.count('class="moves"') == 4
    filters = page[page.index('id="changelist-filter"') :]
    assert f"topic__id__exact={topic.pk}" in filters
    assert f"topic__id__exact={course.topics.get(uid='two').pk}" not in filters
    assert f"topic__id__exact={other.topics.get(uid='three').pk}" not in filters
    for odd in ("x", "99999999999999999999", "-1", ""):
        assert as_editor.get(f"/admin/courses/step/?course__id__exact={odd}").status_code in (200, 302)


def act(client, action, *steps):
    return client.post("/admin/courses/step/", {"action": action, "_selected_action": [step.pk for step in steps]})


def test_retiring_hides_a_step_and_restoring_shows_it(as_editor, client, course):
    step = course.steps.get(slug="one-a")
    linking = course.steps.get(slug="one-b")
    Step.objects.filter(pk=linking.pk).update(body="Go [back](step:one-a).")
    factories.ready(course)
    address = step.get_absolute_url()
    act(as_editor, "retire", step)
    assert client.get(address).status_code == 404
    assert outline(client)[0] == ("one-b", "1.1")
    assert f'<a href="{address}">back</a>' not in client.get(linking.get_absolute_url()).text
    act(as_editor, "restore", step)
    assert client.get(address).status_code == 200
    assert outline(client)[0] == ("one-a", "1.1")
    assert f'<a href="{address}">back</a>' in client.get(linking.get_absolute_url()).text
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == ["Retired.", "Restored."]


def test_restoring_brings_back_the_topic_and_week_too(as_editor, course):
    step = course.steps.get(slug="three-a")
    for rows in (course.steps.filter(pk=step.pk), course.topics.filter(uid="three"), course.weeks.filter(uid="second")):
        rows.update(retired_at=timezone.now())
    act(as_editor, "restore", step)
    assert not course.topics.exclude(retired_at=None).exists()
    assert not course.weeks.exclude(retired_at=None).exists()


def test_a_step_whose_address_was_taken_stays_retired_and_says_why(as_editor, course):
    step, other = course.steps.get(slug="one-a"), course.steps.get(slug="one-b")
    act(as_editor, "retire", step)
    Step.objects.filter(pk=other.pk).update(slug="one-a")
    response = as_editor.post("/admin/courses/step/", {"action": "restore", "_selected_action": [step.pk]}, follow=True)
    assert "is another step&#x27;s now" in response.text
    step.refresh_from_db()
    assert step.retired_at


def test_a_restored_step_has_its_address_for_itself(as_editor, course):
    step, other = course.steps.get(slug="one-a"), course.steps.get(slug="one-b")
    act(as_editor, "retire", step)
    OldSlug.objects.create(course=course, step=other, slug="one-a")
    act(as_editor, "restore", step)
    assert not OldSlug.objects.exists()
