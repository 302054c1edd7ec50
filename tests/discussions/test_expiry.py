"""Words that expire: what goes, what stays, for whom and when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from courses.models import Step
from discussions import expiry
from discussions.models import Alias, Case, Comment, Discussion, Notification, Preferences
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/courses/harbour/steps/one-a/"


@pytest.fixture
def step(course) -> Step:
    return Step.objects.get(slug="one-a")


def wish(person: User, days: int, how: str) -> None:
    Preferences.objects.update_or_create(person=person, defaults={"words_expire_days": days, "words_expire_how": how})


def age(comment: Comment, days: int) -> Comment:
    Comment.objects.filter(pk=comment.pk).update(created_at=timezone.now() - timedelta(days=days, hours=1))
    comment.refresh_from_db()
    return comment


def under_alias(comment: Comment) -> Comment:
    alias, _made = Alias.objects.get_or_create(
        step=comment.step, person=comment.author, defaults={"name": "Quiet lantern", "picture": 7}
    )
    Comment.objects.filter(pk=comment.pk).update(author=None, alias=alias)
    comment.refresh_from_db()
    return comment


def test_the_words_go_after_the_days_that_were_chosen_and_the_place_stays(client, learner, other, step):
    old = age(factories.comment(step, learner, "Old words."), 30)
    young = age(factories.comment(step, learner, "Young words."), 29)
    theirs = age(factories.comment(step, other, "Of somebody else."), 400)
    factories.comment(step, other, "A reply.", parent=old)
    wish(learner, 30, "text")
    assert expiry.expire_words() == 1
    page = client.get(ADDRESS).text
    assert "Old words." not in page and "A reply." in page and "The author withdrew this comment." in page
    assert "Young words." in page and "Of somebody else." in page
    assert Discussion.objects.get().comment_count == 3
    old.refresh_from_db()
    assert (old.body, old.body_html) == ("", "")
    assert expiry.expire_words() == 0
    assert young.pk and theirs.pk


def test_nothing_expires_for_who_did_not_ask_for_it(learner, step):
    age(factories.comment(step, learner), 4000)
    wish(learner, 0, "text")
    assert expiry.expire_words() == 0


def test_the_name_goes_and_the_words_stay(client, learner, step):
    old = age(factories.comment(step, learner, "Words that stay."), 180)
    client.get(ADDRESS)
    wish(learner, 180, "author")
    call_command("expire_words", verbosity=0)
    page = client.get(ADDRESS).text
    assert "Words that stay." in page and "Someone who left" in page and "Heron" not in page
    old.refresh_from_db()
    assert (old.author, old.alias, old.submission) == (None, None, None)
    assert expiry.expire_words() == 0


def test_an_alias_is_cut_too_and_forgotten_when_no_comment_bears_it(learner, step):
    old = age(under_alias(factories.comment(step, learner, "Old.")), 40)
    wish(learner, 30, "author")
    assert expiry.expire_words() == 1
    old.refresh_from_db()
    assert old.alias is None and not Alias.objects.exists()


def test_an_alias_that_still_writes_keeps_its_name_on_what_is_young(learner, step):
    age(under_alias(factories.comment(step, learner, "Old.")), 40)
    young = under_alias(factories.comment(step, learner, "Young."))
    wish(learner, 30, "author")
    assert expiry.expire_words() == 1
    young.refresh_from_db()
    assert young.alias == Alias.objects.get()


def test_nothing_is_left_in_notifications_that_tells_whose_words_they_were(learner, other, step):
    old = age(factories.comment(step, learner), 31)
    factories.comment(step, other, parent=old)
    elsewhere = factories.comment(step, learner)
    factories.comment(step, other, parent=elsewhere)
    wish(learner, 30, "author")
    expiry.expire_words()
    assert [n.comment.root for n in Notification.objects.filter(person=learner)] == [elsewhere]
    assert User.objects.get(pk=learner.pk).unread_notifications == 1


@pytest.mark.parametrize("how", ["text", "author"])
def test_what_moderators_are_looking_at_stays_until_they_have_decided(learner, step, how):
    old = age(factories.comment(step, learner, "Reported."), 31)
    case = Case.objects.create(comment=old)
    wish(learner, 30, how)
    assert expiry.expire_words() == 0
    case.closed_at = timezone.now()
    case.save()
    assert expiry.expire_words() == 1
