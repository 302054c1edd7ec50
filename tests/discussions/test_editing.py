"""Changing one's own words: silent at first, then marked, then no more; and two tabs never lose anything."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.models import Step
from discussions import moderation, posting
from discussions.models import Comment
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/courses/harbour/steps/one-a/"


@pytest.fixture
def mine(course, learner) -> Comment:
    return factories.comment(Step.objects.get(slug="one-a"), learner, "As it was.")


def written(comment: Comment, **ago: int) -> None:
    Comment.objects.filter(pk=comment.pk).update(created_at=timezone.now() - timedelta(**ago))


def change(client, comment: Comment, body: str, was: str = "As it was.", **data):
    return client.post(f"{ADDRESS}comments/{comment.pk}/edit/", {"body": body, "was": posting.mark_of(was), **data})


def test_at_first_a_change_is_silent(as_learner, client, mine):
    response = change(as_learner, mine, "As it *is*.")
    assert response.status_code == 302 and response["Location"].endswith(f"#c-{mine.pk}")
    page = client.get(ADDRESS).text
    assert "As it <em>is</em>." in page and ">edited<" not in page and "As it was." not in page


def test_later_a_change_is_marked(as_learner, client, mine):
    written(mine, minutes=6)
    change(as_learner, mine, "As it is.")
    assert ">edited<" in client.get(ADDRESS).text


def test_saving_the_same_words_marks_nothing(as_learner, client, mine):
    written(mine, minutes=6)
    assert change(as_learner, mine, "As it was.").status_code == 302
    assert ">edited<" not in client.get(ADDRESS).text


def test_after_a_day_it_stands_and_the_words_come_back(as_learner, client, mine):
    assert f"{mine.pk}/edit/" in as_learner.get(ADDRESS).text
    written(mine, hours=25)
    factories.comment(mine.step)  # a new version of the page
    assert f"{mine.pk}/edit/" not in as_learner.get(ADDRESS).text
    assert "can no longer be changed" in as_learner.get(f"{ADDRESS}comments/{mine.pk}/edit/").text
    response = change(as_learner, mine, "Too late.")
    assert response.status_code == 422 and "Too late." in response.text and "for a day" in response.text
    assert "As it was." in client.get(ADDRESS).text


def test_what_was_changed_in_another_tab_is_not_overwritten_unseen(as_learner, mine):
    change(as_learner, mine, "From the first tab.")
    response = change(as_learner, mine, "From the second tab.")
    assert response.status_code == 422
    assert "From the first tab." in response.text and "From the second tab." in response.text
    assert f'name="was" value="{posting.mark_of("From the first tab.")}"' in response.text
    mine.refresh_from_db()
    assert mine.body == "From the first tab."
    assert change(as_learner, mine, "From the second tab.", was="From the first tab.").status_code == 302


def test_a_change_is_checked_as_a_new_comment_is(as_learner, mine):
    for body, reason in (
        ("", "Write something first."),
        ("x" * 2001, "2000 characters"),
        ("[" * 1500, "Not saved yet."),
    ):
        response = change(as_learner, mine, body)
        assert response.status_code == 422 and reason in response.text
    assert "<mark>07700 900123</mark>" in change(as_learner, mine, "Ring 07700 900123.").text
    assert "<em>soon</em>" in change(as_learner, mine, "*soon*", view="preview").text
    mine.refresh_from_db()
    assert mine.body == "As it was."


def test_nobody_changes_somebody_elses_words(client, as_educator, other, mine):
    theirs = factories.comment(mine.step, other)
    for reader, comment in ((as_educator, mine), (as_educator, theirs)):
        assert reader.get(f"{ADDRESS}comments/{comment.pk}/edit/").status_code == 404
        assert change(reader, comment, "Mine now.").status_code == 404
    assert client.get(f"{ADDRESS}comments/{mine.pk}/edit/").status_code == 302
    signed_out = change(client, mine, "After a night.")
    assert signed_out.status_code == 422 and "After a night." in signed_out.text and "As it was." not in signed_out.text
    assert not Comment.objects.filter(body__in=["Mine now.", "After a night."]).exists()


def test_what_is_gone_is_not_changed(as_learner, mine):
    for field in ("hidden_at", "withdrawn_at"):
        Comment.objects.filter(pk=mine.pk).update(hidden_at=None, withdrawn_at=None)
        Comment.objects.filter(pk=mine.pk).update(**{field: timezone.now()})
        assert change(as_learner, mine, "Still here?").status_code == 422
        mine.refresh_from_db()
        assert mine.body != "Still here?"


def test_withdrawing_asks_once_more_without_a_script(as_learner, mine):
    page = as_learner.get(f"{ADDRESS}comments/{mine.pk}/withdraw/").text
    assert "Withdraw your comment?" in page and "As it was." in page
    mine.refresh_from_db()
    assert mine.withdrawn_at is None


def test_who_may_not_write_now_may_not_change_words_either_and_may_withdraw_them(as_learner, learner, moderator, mine):
    moderation.decide(moderator=moderator, comment=mine, acts=["mute"], days=2, reason="stigma")
    response = change(as_learner, mine, "Other words.")
    assert response.status_code == 403 and "Other words." in response.text
    assert as_learner.post(f"{ADDRESS}comments/{mine.pk}/withdraw/").status_code == 302
    mine.refresh_from_db()
    assert mine.body == ""
