"""Who is told what, once, and under whose name; the page that shows it; and that the count of what is new is exact."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.avatars import avatar
from accounts.models import User
from courses.models import Step
from discussions import moderation, notifications, posting
from discussions.models import Alias, Comment, Decision, Follow, Mute, Notification, Preferences
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/courses/harbour/steps/one-a/"
PAGE = "/notifications/"


@pytest.fixture
def step(course) -> Step:
    return Step.objects.get(slug="one-a")


@pytest.fixture
def third(db) -> User:
    return factories.person("Tern")


def put_under_alias(comment: Comment, name: str = "Quiet lantern") -> Comment:
    """The comment as if it had been posted without the handle."""
    alias, _made = Alias.objects.get_or_create(
        step=comment.step, person=comment.author, defaults={"name": name, "picture": 7}
    )
    Comment.objects.filter(pk=comment.pk).update(author=None, alias=alias)
    return Comment.objects.get(pk=comment.pk)


def told(person: User) -> list[tuple[str, int]]:
    rows = Notification.objects.filter(person=person).order_by("pk")
    new = User.objects.get(pk=person.pk).unread_notifications
    assert new == rows.filter(seen=False).count()
    return [(row.kind, row.comment_id or 0) for row in rows]


def test_who_is_answered_who_began_and_who_follows_are_told_once_each(learner, other, third, step):
    root = factories.comment(step, learner)
    first = factories.comment(step, other, parent=root)
    Follow.objects.create(person=third, root=root)
    Follow.objects.create(person=learner, root=root)
    second = factories.comment(step, factories.person(), parent=first)
    assert told(learner) == [("reply", first.pk), ("reply", second.pk)]
    assert told(other) == [("reply", second.pk)]
    assert told(third) == [("followed", second.pk)]


def test_nobody_is_told_of_their_own_words_under_whatever_name(learner, step):
    root = put_under_alias(factories.comment(step, learner))
    Follow.objects.create(person=learner, root=root)
    factories.comment(step, learner, "@Quiet lantern, yes.", parent=root)
    assert told(learner) == []


def test_a_mention_counts_more_than_a_reply_and_a_reply_more_than_a_follow(learner, other, step):
    root = factories.comment(step, learner)
    Follow.objects.create(person=learner, root=root)
    named = factories.comment(step, other, "As @heron said.", parent=root)
    assert told(learner) == [("mention", named.pk)]
    answer = factories.comment(step, other, "No name.", parent=root)
    assert told(learner)[1:] == [("reply", answer.pk)]


@pytest.mark.parametrize(
    ("words", "reached"),
    [
        ("@Heron", True),
        ("@heron, and others", True),
        ("(@Heron)", True),
        ("@Heron's idea", True),
        ("Heron", False),
        ("@Herons", False),
        ("me@heron.example", False),
        ("@ Heron", False),
        ("@@Heron", False),
    ],
)
def test_what_is_a_mention_and_what_is_not(learner, other, step, words, reached):
    root = factories.comment(step, other)
    factories.comment(step, learner, parent=root)
    Notification.objects.all().delete()
    User.objects.update(unread_notifications=0)
    factories.comment(step, other, words, parent=root)
    assert bool(told(learner)) is reached


def test_a_name_with_spaces_is_found_and_the_longest_name_is_meant(step, learner):
    short, long, writer = (factories.person(name) for name in ("salt", "salt and thyme", "writer"))
    root = factories.comment(step, writer)
    for person in (short, long):
        factories.comment(step, person, parent=root)
    named = factories.comment(step, writer, "I agree with @Salt and Thyme here.", parent=root)
    assert told(long) == [("mention", named.pk)] and told(short) == []


def test_only_people_of_the_conversation_can_be_named_and_by_the_name_they_have_in_it(learner, other, third, step):
    root = factories.comment(step, other)
    factories.comment(step, third)  # another conversation
    put_under_alias(factories.comment(step, learner, parent=root))
    Notification.objects.all().delete()
    User.objects.update(unread_notifications=0)
    factories.comment(step, other, "@Tern @Heron", parent=root)
    assert told(third) == [] and told(learner) == []
    named = factories.comment(step, other, "@quiet lantern!", parent=root)
    assert told(learner) == [("mention", named.pk)]


def test_a_hundred_names_reach_ten_and_cost_a_bounded_number_of_queries(
    learner, other, step, django_assert_max_num_queries
):
    root = factories.comment(step, learner)
    with django_assert_max_num_queries(24):
        factories.comment(step, other, "@nobody " * 240, parent=root)


def test_an_edit_tells_whom_it_names_anew_and_nobody_twice(learner, other, third, step):
    root = factories.comment(step, learner)
    factories.comment(step, third, parent=root)
    answer = factories.comment(step, other, "First.", parent=root)
    Comment.objects.filter(pk=answer.pk).update(body="First, @Heron and @Tern.")
    for _ in range(2):
        notifications.of_edit(Comment.objects.get(pk=answer.pk))
    assert told(learner)[-1] == ("reply", answer.pk) and told(third) == [("mention", answer.pk)]


def test_what_a_muted_name_writes_is_not_told_but_what_the_same_person_writes_under_an_alias_is(learner, other, step):
    root = factories.comment(step, learner)
    Mute.objects.create(person=learner, muted_person=other)
    factories.comment(step, other, "@Heron", parent=root)
    assert told(learner) == []
    # As posting does it for an alias: author empty, alias set, before anybody is told.
    alias = Alias.objects.create(step=step, person=other, name="Quiet lantern", picture=7)
    reply = Comment.objects.create(step=step, alias=alias, parent=root, root=root, ordinal=9, body="x", body_html="x")
    notifications.of_post(reply)
    assert told(learner) == [("reply", reply.pk)]
    Mute.objects.create(person=learner, muted_alias=alias)
    again = Comment.objects.create(step=step, alias=alias, parent=root, root=root, ordinal=10, body="x", body_html="x")
    notifications.of_post(again)
    assert told(learner) == [("reply", reply.pk)]


def test_the_kind_that_is_not_wanted_makes_room_for_the_next(learner, other, step):
    root = factories.comment(step, learner)
    Preferences.objects.create(person=learner, unwanted=["mention"])
    answer = factories.comment(step, other, "@Heron", parent=root)
    assert told(learner) == [("reply", answer.pk)]
    Preferences.objects.update(unwanted=["mention", "reply", "followed", "endorsed"])
    factories.comment(step, other, "@Heron", parent=root)
    notifications.endorsed(root)
    assert len(told(learner)) == 1
    notifications.decided(Decision.objects.create(act="hide", comment=root, about_person=learner))
    assert told(learner)[1:] == [("moderation", root.pk)]


def test_recommending_twice_tells_once(learner, step):
    comment = factories.comment(step, learner)
    for _ in range(2):
        notifications.endorsed(comment)
    assert told(learner) == [("endorsed", comment.pk)]


def test_a_decision_about_an_alias_reaches_its_owner_and_a_dismissed_report_nobody(learner, step):
    comment = put_under_alias(factories.comment(step, learner))
    notifications.decided(Decision.objects.create(act="dismiss", comment=comment, about_alias=comment.alias))
    assert told(learner) == []
    hidden = Decision.objects.create(act="hide", comment=comment, about_alias=comment.alias)
    notifications.decided(hidden)
    notifications.decided(Decision.objects.create(act="overturn", comment=comment, answers=hidden))
    assert told(learner) == [("moderation", comment.pk)] * 2


def test_an_account_that_may_not_sign_in_is_told_nothing(learner, other, step):
    root = factories.comment(step, learner)
    User.objects.filter(pk=learner.pk).update(is_active=False)
    factories.comment(step, other, parent=root)
    assert told(learner) == []


def test_a_refused_or_repeated_post_tells_nobody(learner, other, step):
    from uuid import uuid4

    root = factories.comment(step, learner)
    submission = uuid4()
    for _ in range(2):
        posting.post(author=other, step=step, body="Once.", parent=root, submission=submission)
    assert len(told(learner)) == 1
    posting.withdraw(comment=root)
    with pytest.raises(posting.Refused):
        posting.post(author=other, step=step, body="Late.", parent=root)
    assert len(told(learner)) == 1


# The page


def answer(step: Step, to: User, by: User, body: str = "Words of an answer.") -> Notification:
    root = Comment.objects.filter(author=to, parent=None).first() or factories.comment(step, to)
    reply = factories.comment(step, by, body, parent=root)
    return Notification.objects.get(person=to, comment=reply)


@time_machine.travel("2026-11-25T23:59:59Z", tick=False)
def test_the_page_says_who_what_and_where_and_opening_it_changes_nothing(as_learner, learner, other, step):
    one = answer(step, learner, other)
    for _ in range(2):
        page = as_learner.get(PAGE).text
        assert "<strong>salt and thyme</strong> replied to you" in page and "“Words of an answer.”" in page
        assert "1 new." in page and step.title in page and "Today" in page and "Earlier" not in page
        as_learner.get(f"{PAGE}{one.pk}/")
    one.refresh_from_db()
    assert not one.seen and User.objects.get(pk=learner.pk).unread_notifications == 1


def test_pressing_a_new_one_marks_it_and_leads_to_the_comment(as_learner, learner, other, step):
    one, two = answer(step, learner, other), answer(step, learner, other)
    response = as_learner.post(f"{PAGE}{one.pk}/")
    assert response.status_code == 302 and response["Location"].endswith(f"#c-{one.comment_id}")
    assert "Words of an answer." in as_learner.get(response["Location"]).text
    assert User.objects.get(pk=learner.pk).unread_notifications == 1
    page = as_learner.get(PAGE).text
    assert f'<a class="feed__way" href="{PAGE}{one.pk}/">' in page
    assert f'action="{PAGE}{two.pk}/"' in page and f'action="{PAGE}{one.pk}/"' not in page
    assert as_learner.get(f"{PAGE}{one.pk}/")["Location"].endswith(f"#c-{one.comment_id}")


def test_all_are_marked_up_to_the_newest_that_was_shown(as_learner, learner, other, step):
    shown = answer(step, learner, other)
    later = answer(step, learner, other)
    as_learner.post(f"{PAGE}seen/", {"up_to": shown.pk})
    assert list(Notification.objects.filter(seen=False)) == [later]
    assert User.objects.get(pk=learner.pk).unread_notifications == 1
    for nonsense in ("", "x", "-1", "9" * 30):
        assert as_learner.post(f"{PAGE}seen/", {"up_to": nonsense}).status_code == 400


def test_what_is_not_mine_is_not_there(as_learner, learner, other, third, step):
    theirs = answer(step, third, other)
    assert as_learner.get(f"{PAGE}{theirs.pk}/").status_code == 404
    assert as_learner.post(f"{PAGE}{theirs.pk}/").status_code == 404
    as_learner.post(f"{PAGE}seen/", {"up_to": theirs.pk})
    theirs.refresh_from_db()
    assert not theirs.seen and "Words of an answer." not in as_learner.get(PAGE).text


@pytest.mark.parametrize("gone", ["hidden_at", "withdrawn_at"])
def test_what_was_hidden_or_withdrawn_since_shows_neither_words_nor_name(as_learner, learner, other, step, gone):
    one = answer(step, learner, other, "Taken back.")
    Comment.objects.filter(pk=one.comment_id).update(**{gone: timezone.now()})
    page = as_learner.get(PAGE).text
    assert "Taken back." not in page and "salt and thyme" not in page and "no longer shown" in page
    assert as_learner.post(f"{PAGE}{one.pk}/").status_code == 302


def test_what_an_alias_wrote_is_told_under_the_alias_alone(as_learner, learner, other, step):
    root = factories.comment(step, learner)
    alias = Alias.objects.create(step=step, person=other, name="Quiet lantern", picture=2**40)
    reply = Comment.objects.create(step=step, alias=alias, parent=root, root=root, ordinal=1, body="x", body_html="x")
    notifications.of_post(reply)
    page = as_learner.get(PAGE).text
    assert "<strong>Quiet lantern</strong> replied to you" in page
    assert other.handle not in page and avatar(2**40) in page and avatar(other.pk, other.avatar_shuffle) not in page


@pytest.mark.parametrize(("handle", "called"), [("Иван", "иван"), ("Éloise", "éloise"), ("Kim Ivy", "kim IVY")])
def test_a_name_is_called_in_any_capitals_of_any_alphabet(step, other, handle, called):
    person = factories.person(handle)
    stranger = factories.comment(step, other, parent=factories.comment(step, person))
    reply = factories.comment(step, factories.person("Tern"), f"@{called}, what do you think?", parent=stranger)
    assert ("mention", reply.pk) in told(person)


def test_of_what_an_alias_wrote_only_the_hour_is_told(as_learner, learner, other, step):
    root = factories.comment(step, learner)
    with time_machine.travel(timezone.now().replace(hour=9, minute=47), tick=False):
        reply = posting.post(author=other, step=step, body="Words.", parent=root, without_handle=True)
        one = Notification.objects.get(comment=reply)
        assert (one.created_at.hour, one.created_at.minute, one.created_at.second) == (9, 0, 0)


def test_what_others_do_with_old_words_of_an_alias_is_told_as_new(
    as_learner, as_educator, as_moderator, learner, other, moderator, step
):
    """The hour is that of the alias's own words; a recommendation or a report of today is no secret of theirs, and stays 30 days."""
    with time_machine.travel(timezone.now() - timedelta(days=40), tick=False):
        words = posting.post(author=learner, step=step, body="Words.", without_handle=True)
    as_educator.post(f"{ADDRESS}comments/{words.pk}/endorse/", {"on": "1"})
    Client().post(f"{ADDRESS}comments/{words.pk}/report/", {"reason": "danger"})
    call_command("forget_notifications")
    assert "An educator recommends what you wrote" in as_learner.get(PAGE).text
    assert "somebody may be in danger" in as_moderator.get(PAGE).text
    assert all(person.unread_notifications == 1 for person in User.objects.filter(pk__in=[learner.pk, moderator.pk]))


def test_the_names_of_a_conversation_are_offered_without_ones_own(as_learner, learner, other, step):
    root = factories.comment(step, other)
    factories.comment(step, learner, parent=root)
    alias = posting.post(author=learner, step=step, body="Words.", parent=root, without_handle=True).alias
    gone = factories.comment(step, factories.person("Tern"), parent=root)
    posting.withdraw(comment=gone)
    page = as_learner.get(f"{ADDRESS}comments/{root.pk}/reply/").text
    offered = page[page.index("data-names") :].split("</p>")[0]
    assert "<b>salt and thyme</b>" in offered
    assert "Heron" not in offered and alias.name not in offered and "Tern" not in offered


def test_a_step_that_left_the_course_is_said_and_no_error(as_learner, learner, other, step):
    one = answer(step, learner, other)
    Step.objects.filter(pk=step.pk).update(retired_at=timezone.now())
    assert "That step has left the course." in as_learner.post(f"{PAGE}{one.pk}/", follow=True).text


def test_thirty_to_a_page_everything_once_with_the_same_queries(
    as_learner, learner, other, step, django_assert_max_num_queries
):
    for i in range(65):
        answer(step, learner, other, f"Number {i}.")
    seen, address = [], PAGE
    while address:
        with django_assert_max_num_queries(3):
            page = as_learner.get(address).text
        seen += [int(n) for n in re.findall(r"“Number (\d+)\.”", page)]
        older = re.search(r'href="(\?before=\d+)" rel="next"', page)
        address = older and PAGE + older[1]
    assert seen == list(range(64, -1, -1))
    for nonsense in ("x", "-1", "9" * 30, "0"):
        assert as_learner.get(f"{PAGE}?before={nonsense}").status_code == 200


def test_an_empty_page_says_what_will_stand_there(as_learner):
    assert "When somebody answers you" in as_learner.get(PAGE).text


def test_the_masthead_counts_what_is_new_without_a_query(
    as_learner, client, learner, other, step, django_assert_max_num_queries
):
    assert 'class="count' not in as_learner.get(ADDRESS).text
    answer(step, learner, other)
    with django_assert_max_num_queries(7):
        page = as_learner.get(ADDRESS).text
    assert re.search(
        r'href="/notifications/">.*Notifications</span><span class="count num">1<span class="sr"> new', page
    )
    assert "/notifications/" not in client.get(ADDRESS).text
    User.objects.filter(pk=learner.pk).update(unread_notifications=120)
    assert ">99+<" in as_learner.get("/").text


def test_after_thirty_days_it_is_forgotten_and_the_count_is_right(learner, other, step):
    old, new = answer(step, learner, other), None
    with time_machine.travel(timezone.now() + timedelta(days=29), tick=False):
        new = answer(step, learner, other)
        call_command("forget_notifications", verbosity=0)
        assert Notification.objects.count() == 2
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        call_command("forget_notifications", verbosity=0)
    assert list(Notification.objects.all()) == [new] and not Notification.objects.filter(pk=old.pk).exists()
    assert User.objects.get(pk=learner.pk).unread_notifications == 1


def test_a_decision_is_told_without_details_and_leads_to_where_it_is_said(as_learner, learner, step):
    comment = factories.comment(step, learner, "What was hidden.")
    decision = Decision.objects.create(act="hide", reason="identifies", comment=comment, about_person=learner)
    notifications.decided(decision)
    Comment.objects.filter(pk=comment.pk).update(hidden_at=timezone.now())
    page = as_learner.get(PAGE).text
    assert "A moderator decided about something you wrote" in page and "What was hidden." not in page
    response = as_learner.post(f"{PAGE}{Notification.objects.get().pk}/")
    assert response["Location"].endswith(f"/decisions/{decision.pk}/")
    assert as_learner.get(response["Location"]).status_code == 200


# Settings


def test_kinds_are_switched_off_and_on_and_moderation_is_always_told(as_learner, learner):
    address = f"{PAGE}settings/"
    page = as_learner.get(address).text
    assert page.count('name="wanted"') == page.count("checked") - 3 == 4
    as_learner.post(address, {"wanted": ["reply"], "email": "never"})
    assert sorted(Preferences.objects.get().unwanted) == ["endorsed", "followed", "mention"]
    as_learner.post(address, {"wanted": ["reply", "mention", "followed", "endorsed"]})
    assert Preferences.objects.get().unwanted == [] and Preferences.objects.get().email == "never"


@pytest.mark.parametrize(
    "data", [{"wanted": ["moderation"]}, {"wanted": ["x"]}, {"email": "hourly"}, {"email": "daily"}]
)
def test_what_cannot_be_chosen_is_refused_with_words_and_changes_nothing(as_learner, data):
    response = as_learner.post(f"{PAGE}settings/", data)
    assert response.status_code == 422 and "notice--stop" in response.text and not Preferences.objects.exists()


@pytest.mark.parametrize(
    "data", [{}, {"words_expire_days": "7", "words_expire_how": "text"}, {"words_expire_days": "x"}]
)
def test_words_expire_after_what_is_offered_only(as_learner, data):
    response = as_learner.post(f"{PAGE}settings/words/", data)
    assert response.status_code == 422 and not Preferences.objects.exists()


def test_one_form_leaves_alone_what_the_other_set(as_learner):
    as_learner.post(f"{PAGE}settings/words/", {"words_expire_days": "30", "words_expire_how": "author"})
    as_learner.post(f"{PAGE}settings/", {"wanted": []})
    kept = Preferences.objects.get()
    assert (kept.words_expire_days, kept.words_expire_how, len(kept.unwanted)) == (30, "author", 4)


# Every address × every role


@pytest.mark.parametrize(
    ("method", "address", "expected"),
    [
        ("get", PAGE, (302, 200, 200, 200, 200)),
        ("get", f"{PAGE}MINE/", (302, 302, 404, 404, 404)),
        ("post", f"{PAGE}MINE/", (302, 302, 404, 404, 404)),
        ("post", f"{PAGE}seen/", (302, 400, 400, 400, 400)),
        ("get", f"{PAGE}settings/", (302, 200, 200, 200, 200)),
        ("post", f"{PAGE}settings/", (302, 302, 302, 302, 302)),
        ("post", f"{PAGE}settings/words/", (302, 422, 422, 422, 422)),
        ("post", f"{PAGE}settings/muted/MUTE/", (302, 302, 404, 404, 404)),
        ("get", "/courses/harbour/my-comments/", (302, 200, 200, 200, 200)),
        ("get", "/courses/harbour/my-bookmarks/", (302, 200, 200, 200, 200)),
        ("post", f"{ADDRESS}comments/COMMENT/like/", (302, 302, 302, 302, 302)),
        ("post", f"{ADDRESS}comments/COMMENT/bookmark/", (302, 302, 302, 302, 302)),
        ("post", f"{ADDRESS}comments/COMMENT/follow/", (302, 302, 302, 302, 302)),
        ("post", f"{ADDRESS}comments/COMMENT/mute/", (302, 302, 302, 302, 302)),
        ("post", f"{ADDRESS}comments/read/", (302, 400, 400, 400, 400)),
    ],
)
def test_who_may_do_what(method, address, expected, learner, other, educator, step):
    from django.contrib.auth.models import Group

    moderator = factories.person("Mole", is_staff=True)
    moderator.groups.add(Group.objects.get(name="Moderators"))
    one = answer(step, learner, other)
    mute = Mute.objects.create(person=learner, muted_person=educator)
    comment = factories.comment(step, factories.person())
    address = address.replace("MINE", str(one.pk)).replace("MUTE", str(mute.pk)).replace("COMMENT", str(comment.pk))
    statuses = []
    for person in (None, learner, other, educator, moderator):
        client = Client()
        if person:
            client.force_login(person)
        data = {"on": "1"} if "comments/" in address and method == "post" else {}
        statuses.append(getattr(client, method)(address, data).status_code)
    assert tuple(statuses) == expected


def test_moderators_are_told_at_once_that_somebody_may_be_in_danger(learner, other, step, moderator, as_moderator):
    Preferences.objects.create(person=moderator, unwanted=[kind for kind, _label in Notification.Kind.choices])
    words = factories.comment(step, other, "I cannot go on.")
    moderation.report(comment=words, reporter=learner, reason="danger")
    moderation.report(comment=words, reporter=None, reason="danger")
    assert told(moderator) == [("danger", words.pk)]  # once, however many say so and whatever was chosen
    assert told(other) == told(learner) == []
    page = as_moderator.get(PAGE).text
    assert "somebody may be in danger" in page and learner.handle not in page
    way = as_moderator.get(f"{PAGE}{Notification.objects.get().pk}/")
    assert way["Location"] == f"/moderation/comments/{words.pk}/"


def test_other_reports_and_ones_own_words_alarm_nobody(learner, step, moderator):
    moderation.report(comment=factories.comment(step, learner), reporter=None, reason="spam")
    moderation.report(comment=factories.comment(step, moderator), reporter=learner, reason="danger")
    assert told(moderator) == []
