"""The page that shows how far a learner has come, and the marks on steps."""

from __future__ import annotations

import pytest
from django.test import Client

from courses.content import writing
from courses.models import Course, Step, StepBookmark
from discussions.models import Bookmark, Comment
from tests import factories

pytestmark = pytest.mark.django_db
PROGRESS = "/courses/harbour/progress/"


def finish(client: Client, *slugs: str) -> None:
    for slug in slugs:
        client.post(f"/courses/harbour/steps/{slug}/done/", {"done": "1"})


@pytest.mark.parametrize("who", ["learner", "visitor"])
def test_the_page_counts_steps_by_week_and_topic(who, as_learner, client, course):
    reader = as_learner if who == "learner" else client
    finish(reader, "one-a", "one-b", "two-a")
    page = reader.get(PROGRESS).text
    assert "3 of 6 steps done (50%)" in page
    assert "3 of 4 steps" in page and "0 of 2 steps" in page
    assert 'stroke-dasharray="75 100"' in page and "All done" in page
    assert "6 of 6 steps complete" in page and "3 so far, 3 to go" in page  # nine in ten of six are all six
    assert "Continue with 1.4" in page


def test_the_share_for_a_certificate_is_a_setting_of_the_course(as_learner, course):
    Course.objects.update(certificate_percent=50)
    finish(as_learner, "one-a", "one-b")
    assert "3 of 6 steps complete" in as_learner.get(PROGRESS).text
    finish(as_learner, "two-a")
    assert "You have finished what it takes" in as_learner.get(PROGRESS).text


def test_optional_steps_and_drafts_are_not_counted(as_learner, course):
    Step.objects.filter(slug="two-a").update(optional=True)
    Step.objects.filter(slug="two-b").update(published=False)
    writing.refresh(course)
    finish(as_learner, "one-a", "two-a")
    assert "1 of 4 steps done" in as_learner.get(PROGRESS).text


def test_what_changed_since_is_listed(as_learner, course):
    finish(as_learner, "one-a", "one-b")
    assert "Changed since" not in as_learner.get(PROGRESS).text
    step = Step.objects.select_related("course").get(slug="one-a")
    step.body = "Other words."
    step.save()
    writing.refresh(step.course, rendered=[step])
    page = as_learner.get(PROGRESS).text
    assert "Changed since you finished them" in page and "It still counts" not in page
    assert "2 of 6 steps done" in page


def test_a_course_without_steps_has_a_page_too(as_learner):
    factories.ready(factories.course("harbour"))
    page = as_learner.get(PROGRESS)
    assert page.status_code == 200 and "You have finished what it takes" not in page.text


def test_a_learner_marks_a_step_and_takes_the_mark_away(as_learner, learner, course):
    step = Step.objects.get(slug="two-a")
    mark = f"{step.get_absolute_url()}bookmark/"
    for _ in range(2):
        assert as_learner.post(mark, {"marked": "1"}).status_code == 302
    assert list(StepBookmark.objects.values_list("person", "step")) == [(learner.pk, step.pk)]
    assert "Bookmarked</button>" in as_learner.get(step.get_absolute_url()).text
    assert "1.3 Title of two-a" in as_learner.get(PROGRESS).text.split("Bookmarked steps")[1]
    as_learner.post(mark, {"marked": "0"})
    assert not StepBookmark.objects.exists()
    assert "Bookmark</button>" in as_learner.get(step.get_absolute_url()).text


def test_a_mark_is_seen_by_nobody_else(as_learner, other, client, course):
    step = Step.objects.get(slug="two-a")
    as_learner.post(f"{step.get_absolute_url()}bookmark/", {"marked": "1"})
    second = Client()
    second.force_login(other)
    assert "Bookmarked</button>" not in second.get(step.get_absolute_url()).text
    assert "</button>" in client.get(step.get_absolute_url()).text
    assert "Bookmark</button>" not in client.get(step.get_absolute_url()).text
    assert "you need an account" in client.get(PROGRESS).text
    assert client.post(f"{step.get_absolute_url()}bookmark/", {"marked": "1"}).status_code == 302
    assert StepBookmark.objects.count() == 1


def test_my_comments_and_marked_comments_are_there_and_nobody_elses(as_learner, learner, other, course):
    step = Step.objects.get(slug="one-a")
    factories.comment(step, learner, "I wrote this.")
    marked = factories.comment(step, other, "Somebody said that.")
    factories.comment(step, other, "And this I neither wrote nor marked.")
    Bookmark.objects.create(person=learner, comment=marked)
    page = as_learner.get(PROGRESS).text
    assert "I wrote this." in page and "Somebody said that." in page and "neither wrote" not in page
    Comment.objects.filter(pk=marked.pk).update(hidden_at="2026-01-01T00:00Z")
    assert "Somebody said that." not in as_learner.get(PROGRESS).text


def test_the_page_costs_the_same_with_few_rows_and_with_many(as_learner, learner, course, django_assert_num_queries):
    step = Step.objects.get(slug="one-a")
    factories.comment(step, learner)
    with django_assert_num_queries(8):  # session, person, course, finished, marks, journal, comments, marked comments
        as_learner.get(PROGRESS)
    for other in Step.objects.all():
        StepBookmark.objects.create(person=learner, step=other)
        Bookmark.objects.create(person=learner, comment=factories.comment(other, learner))
    finish(as_learner, "one-a", "one-b")
    with django_assert_num_queries(8):
        as_learner.get(PROGRESS)
