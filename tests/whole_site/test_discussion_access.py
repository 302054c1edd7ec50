"""Every address of the discussions × everyone who may come → status, for reading and for writing what the right one could write."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from courses.models import Step
from discussions import moderation, posting
from discussions.models import Alias, Comment, Decision, Notification
from tests import factories
from tests.whole_site.test_access import READ

pytestmark = pytest.mark.django_db

STEP = "/courses/harbour/steps/one-a/"
ON = f"{STEP}comments/COMMENT/"  # a comment by the learner; DECISION is about it, APPEAL is against that
ROLES = ("visitor", "learner", "other", "muted", "banned", "educator", "moderator")
# address: what each of the roles gets
READING = {
    "discussions:comments": (f"{STEP}comments/", 302, 302, 302, 302, 302, 302, 302),
    "discussions:comment-replies": (f"{ON}replies/", 302, 302, 302, 302, 302, 302, 302),
    "discussions:comment-edit": (f"{ON}edit/", 302, 200, 404, 404, 404, 404, 404),
    "discussions:comment": (ON, 302, 302, 302, 302, 302, 302, 302),
    "discussions:comment-reply": (f"{ON}reply/", 200, 200, 200, 200, 200, 200, 200),
    "discussions:comment-withdraw": (f"{ON}withdraw/", 302, 200, 404, 404, 404, 404, 404),
    "discussions:comment-report": (f"{ON}report/", 200, 200, 200, 200, 200, 200, 200),
    "discussions:comment-pin": (f"{ON}pin/", 405, 405, 405, 405, 405, 405, 405),
    "discussions:comment-endorse": (f"{ON}endorse/", 405, 405, 405, 405, 405, 405, 405),
    "discussions:comment-like": (f"{ON}like/", 405, 405, 405, 405, 405, 405, 405),
    "discussions:comment-bookmark": (f"{ON}bookmark/", 405, 405, 405, 405, 405, 405, 405),
    "discussions:comment-follow": (f"{ON}follow/", 405, 405, 405, 405, 405, 405, 405),
    "discussions:comment-mute": (f"{ON}mute/", 405, 405, 405, 405, 405, 405, 405),
    "discussions:comments-read": (f"{STEP}comments/read/", 405, 405, 405, 405, 405, 405, 405),
    "discussions:my-comments": ("/courses/harbour/my-comments/", 302, 200, 200, 200, 200, 200, 200),
    "discussions:my-bookmarks": ("/courses/harbour/my-bookmarks/", 302, 200, 200, 200, 200, 200, 200),
    "discussions:notifications": ("/notifications/", 302, 200, 200, 200, 200, 200, 200),
    "discussions:notifications-seen": ("/notifications/seen/", 405, 405, 405, 405, 405, 405, 405),
    "discussions:notification": ("/notifications/TOLD/", 302, 302, 404, 404, 404, 404, 404),
    "discussions:notification-settings": ("/notifications/settings/", 302, 200, 200, 200, 200, 200, 200),
    "discussions:words-expire": ("/notifications/settings/words/", 405, 405, 405, 405, 405, 405, 405),
    "discussions:unmute": ("/notifications/settings/muted/1/", 405, 405, 405, 405, 405, 405, 405),
    "discussions:mail-stop": ("/notifications/stop/forged/", 404, 404, 404, 404, 404, 404, 404),
    "moderation:queue": ("/moderation/", 404, 404, 404, 404, 404, 404, 200),
    "moderation:comment": ("/moderation/comments/COMMENT/", 404, 404, 404, 404, 404, 404, 200),
    "moderation:appeal": ("/moderation/appeals/APPEAL/", 404, 404, 404, 404, 404, 404, 200),
    "moderation:log": ("/moderation/log/", 404, 404, 404, 404, 404, 404, 200),
    "moderation:decision": ("/moderation/decisions/DECISION/", 302, 200, 404, 404, 404, 404, 404),
    "moderation:counts": ("/moderation/counts/", 200, 200, 200, 200, 200, 200, 200),
}
# address: what is sent, what each of the roles gets
WRITING = {
    "discussions:comment-edit": (f"{ON}edit/", {}, 422, 422, 404, 404, 404, 404, 404),
    "discussions:comments": (f"{STEP}comments/", {"body": "Words."}, 422, 302, 302, 403, 403, 302, 302),
    "discussions:comment-reply": (f"{ON}reply/", {"body": "Words."}, 422, 302, 302, 403, 403, 302, 302),
    "discussions:comment-withdraw": (f"{ON}withdraw/", {}, 302, 302, 404, 404, 404, 404, 404),
    "discussions:comment-report": (f"{ON}report/", {"reason": "spam"}, 302, 422, 302, 403, 403, 302, 302),
    "discussions:comment-pin": (f"{ON}pin/", {}, 404, 404, 404, 404, 404, 302, 302),
    "discussions:comment-endorse": (f"{ON}endorse/", {}, 404, 404, 404, 404, 404, 302, 302),
    # One's own words and a pause answer with a word on the page that one comes back to.
    "discussions:comment-like": (f"{ON}like/", {"on": "1"}, 302, 302, 302, 302, 302, 302, 302),
    "discussions:comment-bookmark": (f"{ON}bookmark/", {"on": "1"}, 302, 302, 302, 302, 302, 302, 302),
    "discussions:comment-follow": (f"{ON}follow/", {"on": "1"}, 302, 302, 302, 302, 302, 302, 302),
    "discussions:comment-mute": (f"{ON}mute/", {"on": "1"}, 302, 302, 302, 302, 302, 302, 302),
    "discussions:notification": ("/notifications/TOLD/", {}, 302, 302, 404, 404, 404, 404, 404),
    "moderation:comment": ("/moderation/comments/COMMENT/", {"reason": "spam"}, 404, 404, 404, 404, 404, 404, 302),
    "moderation:appeal": ("/moderation/appeals/APPEAL/", {"act": "uphold"}, 404, 404, 404, 404, 404, 404, 302),
    "moderation:decision": ("/moderation/decisions/DECISION/", {"text": "Why?"}, 302, 422, 404, 404, 404, 404, 404),
}
SPACES = ("discussions:", "moderation:")


@pytest.fixture
def clients(course, learner, other, moderator) -> dict[str, Client]:
    """Somebody in every role; the muted and the banned were stopped by an administrator for what they once wrote."""
    administrator = factories.educator("Ada")
    step = Step.objects.get(slug="one-a")
    people = {"learner": learner, "other": other, "moderator": moderator, "educator": factories.course_writer()}
    for name, act in (("muted", "mute"), ("banned", "ban")):
        people[name] = factories.person(name.title())
        theirs = factories.comment(step, people[name])
        moderation.decide(moderator=administrator, comment=theirs, acts=[act], reason="spam", days=7)
    found = {"visitor": Client()}
    for name in ROLES[1:]:
        found[name] = Client()
        found[name].force_login(people[name])
    return found


def filled(address: str, learner) -> str:
    """The address for a fresh comment by the learner, warned about by a moderator who is not among the roles, and appealed against."""
    comment = factories.comment(Step.objects.get(slug="one-a"), learner)
    if not any(name in address for name in ("DECISION", "APPEAL", "TOLD")):
        return address.replace("COMMENT", str(comment.pk))
    administrator = factories.User.objects.get(handle="Ada")
    [decision] = moderation.decide(moderator=administrator, comment=comment, acts=["warn"], reason="spam")
    appeal = moderation.appeal(person=learner, decision=decision, text="Why?")
    told = Notification.objects.get(decision=decision)
    return address.replace("TOLD", str(told.pk)).replace("DECISION", str(decision.pk)).replace("APPEAL", str(appeal.pk))


@pytest.mark.parametrize("name", READING)
def test_who_may_read_what_of_the_discussions(name, clients, learner):
    address, *expected = READING[name]
    got = {role: clients[role].get(filled(address, learner)).status_code for role in ROLES}
    assert got == dict(zip(ROLES, expected, strict=True))


@pytest.mark.parametrize("name", WRITING)
def test_who_may_write_what_in_the_discussions(name, clients, learner):
    address, data, *expected = WRITING[name]
    got = {role: clients[role].post(filled(address, learner), data).status_code for role in ROLES}
    assert got == dict(zip(ROLES, expected, strict=True))


def test_every_address_of_the_discussions_has_a_row():
    assert {name for name in READ if name.startswith(SPACES)} == set(READING)
    assert set(WRITING) <= set(READING)


def test_who_reads_on_while_they_may_not_write(clients):
    for role in ("muted", "banned"):
        assert clients[role].get(STEP).status_code == 200
        assert clients[role].post(f"{STEP}done/").status_code == 302
        decision = Decision.objects.get(about_person__handle=role.title())
        own, words = decision.comment, {"body": "My words are kept."}
        change = (f"{STEP}comments/{own.pk}/edit/", {**words, "was": posting.mark_of(own.body)})
        for address, data in ((f"{STEP}comments/", words), change):
            refused = clients[role].post(address, data)
            assert refused.status_code == 403 and "My words are kept." in refused.text
            assert "Read the decision, or appeal" in refused.text
            assert reverse("moderation:decision", args=[decision.pk]) in refused.text


def test_what_was_decided_about_an_alias_is_read_by_who_stands_behind_it_alone(clients, other, moderator):
    comment = factories.aliased(Step.objects.get(slug="one-a"), other, name="Quiet Harbour")
    [decision] = moderation.decide(moderator=moderator, comment=comment, acts=["warn"], reason="spam")
    address = reverse("moderation:decision", args=[decision.pk])
    assert {role: clients[role].get(address).status_code for role in ROLES} == {
        **dict.fromkeys(ROLES, 404), "visitor": 302, "other": 200,
    }  # fmt: skip
    assert "as written by Quiet Harbour" in clients["other"].get(address).text
    Alias.objects.all().delete()
    assert clients["other"].get(address).status_code == 404
    assert Comment.objects.get(pk=comment.pk).name == "Someone who left"
