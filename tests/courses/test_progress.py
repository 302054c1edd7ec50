"""Finishing a step and taking it back, with and without an account, and what becomes of it when the course changes."""

from __future__ import annotations

import pytest
from django.test import Client

from courses import progress
from courses.content import writing
from courses.models import Completion, Course, Step
from tests import factories

pytestmark = pytest.mark.django_db


def finish(client: Client, step: Step, done: str = "1") -> None:
    response = client.post(f"{step.get_absolute_url()}done/", {"done": done})
    assert response.status_code == 302


def step_of(course: Course, slug: str) -> Step:
    return Step.objects.select_related("course").get(course=course, slug=slug)


def test_a_learner_finishes_a_step_and_takes_it_back(as_learner, learner, course):
    step = step_of(course, "one-a")
    finish(as_learner, step)
    assert list(Completion.objects.values_list("learner", "step")) == [(learner.pk, step.pk)]
    assert "Completed" in as_learner.get(step.get_absolute_url()).text
    finish(as_learner, step, done="0")
    assert not Completion.objects.exists()
    assert "Mark as complete" in as_learner.get(step.get_absolute_url()).text


def test_finishing_twice_keeps_one_row(as_learner, course):
    for _ in range(2):
        finish(as_learner, step_of(course, "one-a"))
    assert Completion.objects.count() == 1


def test_looking_at_a_step_does_not_finish_it(as_learner, course):
    as_learner.get(step_of(course, "one-a").get_absolute_url())
    assert not Completion.objects.exists()


def test_without_an_account_progress_stays_in_the_browser(client, course):
    step = step_of(course, "one-a")
    finish(client, step)
    assert not Completion.objects.exists()
    assert "sessionid" not in client.cookies
    assert "Completed" in client.get(step.get_absolute_url()).text
    assert "1 of 6 steps done" in client.get("/courses/harbour/outline/").text
    assert "Completed" not in Client().get(step.get_absolute_url()).text
    finish(client, step, done="0")
    assert "Mark as complete" in client.get(step.get_absolute_url()).text


def test_a_forged_or_spoilt_progress_cookie_counts_as_none(client, course):
    for value in ("", "nonsense", "AAAA:forged", "é"):
        client.cookies["progress"] = value
        assert "0 of 6 steps done" in client.get("/courses/harbour/outline/").text


def test_joining_carries_the_browsers_progress_into_the_account(client, course):
    for slug in ("one-a", "two-b"):
        finish(client, step_of(course, slug))
    joined = client.post("/accounts/signup/", {"username": "Tern", "password1": factories.PASSWORD})
    assert joined.status_code == 302
    assert set(Completion.objects.values_list("step__slug", "learner__handle")) == {
        ("one-a", "Tern"),
        ("two-b", "Tern"),
    }
    assert client.cookies["progress"].value == ""
    assert "2 steps you finished" in client.get("/courses/harbour/outline/").text
    stored = Completion.objects.get(step__slug="one-a")
    assert stored.fingerprint == step_of(course, "one-a").fingerprint


def test_signing_in_adds_the_browsers_progress_and_doubles_nothing(client, learner, course):
    both, only_account = step_of(course, "one-a"), step_of(course, "one-b")
    Completion.objects.create(learner=learner, step=both)
    Completion.objects.create(learner=learner, step=only_account)
    for slug in ("one-a", "two-a"):
        finish(client, step_of(course, slug))
    client.post("/accounts/login/", {"login": "heron", "password": factories.PASSWORD})
    slugs = Completion.objects.filter(learner=learner).values_list("step__slug", flat=True)
    assert sorted(slugs) == ["one-a", "one-b", "two-a"]


def test_a_full_cookie_is_said_and_loses_nothing(client, course, monkeypatch):
    monkeypatch.setattr(progress, "COOKIE_STEPS", 1)
    finish(client, step_of(course, "one-a"))
    finish(client, step_of(course, "one-b"))
    page = client.get("/courses/harbour/outline/").text
    assert "1 of 6 steps done" in page
    assert "Join under any name to keep more" in page


def test_as_many_steps_as_promised_fit_into_the_cookie_of_a_browser(rf):
    from datetime import date

    from django.http import HttpResponse

    many = {pk: progress.Finished("ab" * 4, date(2026, 11, 22)) for pk in range(10**9, 10**9 + progress.COOKIE_STEPS)}
    response = HttpResponse()
    progress._into_cookie(response, progress.Progress(many), secure=False)
    assert len(response.cookies["progress"].OutputString()) < 4096
    request = rf.get("/")
    request.COOKIES["progress"] = response.cookies["progress"].value
    assert progress.from_cookie(request).finished == many


def test_percentages_leave_optional_and_draft_steps_out(as_learner, course):
    Step.objects.filter(slug="one-b").update(optional=True)
    Step.objects.filter(slug="two-a").update(published=False)
    writing.refresh(course)
    finish(as_learner, step_of(course, "one-a"))
    assert "1 of 4 steps done (25%)" in as_learner.get("/courses/harbour/outline/").text


def test_progress_survives_moving_renaming_and_retiring(as_learner, learner, course):
    step = step_of(course, "one-a")
    finish(as_learner, step)
    other_topic = course.topics.get(uid="three")
    Step.objects.filter(pk=step.pk).update(topic=other_topic, position=99, slug="renamed")
    writing.refresh(course)
    assert "1 of 6 steps done" in as_learner.get("/courses/harbour/outline/").text
    from django.utils import timezone

    Step.objects.filter(pk=step.pk).update(retired_at=timezone.now())
    writing.refresh(course)
    assert "0 of 5 steps done" in as_learner.get("/courses/harbour/outline/").text
    Step.objects.filter(pk=step.pk).update(retired_at=None)
    writing.refresh(course)
    assert "1 of 6 steps done" in as_learner.get("/courses/harbour/outline/").text


def test_a_step_whose_words_changed_says_so_to_who_finished_it(as_learner, client, course):
    step = step_of(course, "one-a")
    finish(as_learner, step)
    finish(client, step)
    assert "Changed since you finished it" not in as_learner.get(step.get_absolute_url()).text
    Step.objects.filter(pk=step.pk).update(body="Other words.")
    writing.refresh(course, rendered=[step_of(course, "one-a")])
    for reader in (as_learner, client):
        assert "Changed since you finished it" in reader.get(step.get_absolute_url()).text
        assert "Changed since you finished it" in reader.get("/courses/harbour/outline/").text
    assert "Changed since you finished it" not in Client().get(step.get_absolute_url()).text
    finish(as_learner, step_of(course, "one-a"))
    assert "Changed since you finished it" not in as_learner.get(step.get_absolute_url()).text


@pytest.mark.parametrize(
    ("finished", "following"),
    [
        ([], "one-a"),
        (["one-a"], "one-b"),
        (["two-a"], "two-b"),
        (["two-a", "one-a"], "one-b"),
        (["three-b"], "one-a"),
        (["one-a", "one-b", "two-a", "two-b", "three-a", "three-b"], None),
    ],
)
def test_going_on_means_the_first_open_step_after_the_last_finished_one(learner, course, finished, following):
    for slug in finished:
        Completion.objects.create(learner=learner, step=step_of(course, slug))
    found = progress.next_step(course.outline, progress._from_rows(learner))
    assert (found and found["slug"]) == following


def test_another_device_goes_on_where_this_one_left(learner, course):
    here, there = Client(), Client()
    for browser in (here, there):
        browser.force_login(learner)
    finish(here, step_of(course, "one-a"))
    page = there.get("/courses/harbour/").text
    assert "Continue with 1.2" in page


def test_a_learner_sees_only_their_own_progress(as_learner, other, course):
    Completion.objects.create(learner=other, step=step_of(course, "one-a"))
    assert "0 of 6 steps done" in as_learner.get("/courses/harbour/outline/").text
    assert "Completed" not in as_learner.get(step_of(course, "one-a").get_absolute_url()).text


@pytest.mark.parametrize("data", [{}, {"done": "2"}, {"done": "\x00"}])
def test_odd_words_in_the_form_finish_nothing(as_learner, course, data):
    as_learner.post(f"{step_of(course, 'one-a').get_absolute_url()}done/", data)
    assert not Completion.objects.exists()


def test_a_draft_or_retired_step_cannot_be_finished(as_learner, course):
    from django.utils import timezone

    Step.objects.filter(slug="one-a").update(published=False)
    Step.objects.filter(slug="one-b").update(retired_at=timezone.now())
    for slug in ("one-a", "one-b", "never-was"):
        assert as_learner.post(f"/courses/harbour/steps/{slug}/done/", {"done": "1"}).status_code == 404
    assert not Completion.objects.exists()
