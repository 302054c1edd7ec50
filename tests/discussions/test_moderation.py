"""Reports, decisions, sanctions and appeals: what each does, what it refuses, and what nobody learns from it."""

from __future__ import annotations

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from courses.models import Step
from discussions import marking, moderation, posting
from discussions.models import Appeal, Case, Comment, Decision, Discussion, Notification, Report, Sanction
from discussions.moderation import Act, Overtaken
from discussions.refusals import NotAllowed, Refused
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(course) -> Step:
    return Step.objects.get(slug="one-a")


@pytest.fixture
def comment(step, learner) -> Comment:
    return factories.comment(step, learner, "Words that somebody minds.")


def decide(moderator, comment, *acts, **more) -> list[Decision]:
    return moderation.decide(moderator=moderator, comment=comment, acts=acts, **{"reason": "stigma", **more})


def count(step) -> int:
    return Discussion.objects.get(step=step).comment_count


# Reporting


def test_reports_of_one_comment_are_one_case_and_one_person_reports_it_once(comment, other):
    moderation.report(comment=comment, reporter=other, reason="spam", note="An advert.")
    moderation.report(comment=comment, reporter=other, reason="trade", note="And it sells.")
    moderation.report(comment=comment, reporter=None, reason="trade")
    case = Case.objects.get()
    mine = Report.objects.get(case=case, reporter=other)
    assert (mine.reason, mine.note) == ("trade", "An advert.\n\nAnd it sells.")
    assert case.reports.count() == 2 and not case.urgent


def test_a_report_of_danger_makes_the_case_urgent_and_it_stays_so(comment, other):
    moderation.report(comment=comment, reporter=other, reason="danger")
    moderation.report(comment=comment, reporter=other, reason="spam")
    assert Case.objects.get().urgent and Report.objects.get().reason == "danger"


def test_ones_own_comment_cannot_be_reported_under_whatever_name(comment, step, learner):
    for mine in (comment, factories.aliased(step, learner)):
        with pytest.raises(Refused, match="your own comment"):
            moderation.report(comment=mine, reporter=learner, reason="spam")
    assert not Case.objects.exists()


def test_what_is_gone_cannot_be_reported(comment, step, other, moderator):
    gone = factories.comment(step)
    posting.withdraw(comment=gone)
    decide(moderator, comment, Act.HIDE)
    for one in (gone, comment):
        with pytest.raises(Refused, match="nothing left to report"):
            moderation.report(comment=one, reporter=other, reason="spam")


def test_a_comment_that_is_reported_after_a_decision_is_a_new_case(comment, other, moderator):
    moderation.report(comment=comment, reporter=other, reason="spam")
    decide(moderator, comment, Act.DISMISS)
    moderation.report(comment=comment, reporter=other, reason="spam")
    assert [c.closed_at is None for c in Case.objects.order_by("pk")] == [False, True]


# Deciding


def test_hiding_leaves_a_place_with_the_reason_and_counts_exactly(comment, step, moderator, other):
    reply = factories.comment(step, other, parent=comment)
    decide(moderator, comment, Act.HIDE)
    comment.refresh_from_db()
    assert comment.hidden_at and comment.hidden_because == "stigma" and count(step) == 1
    reply.refresh_from_db()
    assert reply.hidden_at is None
    decide(moderator, comment, Act.RESTORE)
    comment.refresh_from_db()
    assert (comment.hidden_at, comment.hidden_because, count(step)) == (None, "", 2)


def test_a_hidden_comment_that_its_author_withdraws_is_counted_once(comment, step, moderator):
    decide(moderator, comment, Act.HIDE)
    posting.withdraw(comment=comment)
    assert count(step) == 0
    decide(moderator, comment, Act.RESTORE)
    assert count(step) == 0


@pytest.mark.parametrize(
    ("acts", "words"),
    [
        ([], "Choose what to do"),
        (["explode"], "Choose what to do"),
        (["uphold"], "Choose what to do"),
        (["dismiss", "hide"], "Choose one thing"),
        (["warn", "ban"], "Choose one thing"),
        (["restore"], "not hidden"),
        (["lift"], "nothing to lift"),
        (["mute"], "how many days"),
    ],
)
def test_acts_that_do_not_fit_are_refused_and_nothing_is_done(acts, words, comment, moderator, other):
    moderation.report(comment=comment, reporter=other, reason="spam")
    with pytest.raises(Refused, match=words):
        decide(moderator, comment, *acts)
    assert not Decision.objects.exists() and Case.objects.get().closed_at is None


@pytest.mark.parametrize("days", [0, -3, 366, 10**9])
def test_a_pause_is_between_a_day_and_a_year(days, comment, moderator):
    with pytest.raises(Refused, match="from 1 to 365"):
        decide(moderator, comment, Act.MUTE, days=days)


def test_a_withdrawn_comment_can_be_answered_with_a_warning_but_not_hidden(comment, moderator, learner):
    posting.withdraw(comment=comment)
    with pytest.raises(Refused, match="nothing to hide"):
        decide(moderator, comment, Act.HIDE)
    decide(moderator, comment, Act.WARN)
    assert Notification.objects.get(person=learner).decision.act == Act.WARN


def test_an_author_who_left_cannot_be_stopped(comment, moderator, learner):
    learner.delete()
    with pytest.raises(Refused, match="account is deleted"):
        decide(moderator, comment, Act.BAN)
    decide(moderator, comment, Act.HIDE)


def test_the_second_of_two_moderators_is_told_what_the_first_decided(comment, moderator):
    first = decide(moderator, comment, Act.HIDE, note="Too unkind.", seen=0)
    second = factories.moderator("Kit")
    with pytest.raises(Overtaken) as told:
        decide(second, comment, Act.DISMISS, seen=0)
    assert told.value.decisions == first
    assert Decision.objects.count() == 1
    decide(second, comment, Act.RESTORE, seen=first[-1].pk)
    assert Decision.objects.get(act=Act.RESTORE).answers == first[0]


def test_hiding_and_pausing_at_once_are_two_rows_of_the_log_and_close_the_case(comment, moderator, other, learner):
    moderation.report(comment=comment, reporter=other, reason="stigma")
    made = decide(moderator, comment, Act.HIDE, Act.MUTE, days=7, words="Please read the guidelines.")
    case = Case.objects.get()
    assert case.closed_at and [d.case for d in made] == [case, case]
    assert [d.days for d in made] == [None, 7]
    assert Sanction.objects.get().person == learner
    learner.refresh_from_db()
    assert learner.unread_notifications == 2


def test_who_is_cleared_does_not_learn_that_somebody_reported_them(comment, moderator, other, learner):
    moderation.report(comment=comment, reporter=other, reason="spam")
    decide(moderator, comment, Act.DISMISS)
    assert not Notification.objects.exists()
    assert not moderation.own(learner).exists()


def test_moderators_and_educators_are_stopped_by_an_administrator_only(step, moderator, educator):
    theirs = factories.comment(step, factories.moderator("Kit"))
    with pytest.raises(Refused, match="Only an administrator"):
        decide(moderator, theirs, Act.MUTE, days=3)
    decide(moderator, theirs, Act.HIDE)
    decide(educator, theirs, Act.MUTE, days=3)


def test_a_moderator_does_not_decide_about_their_own_words_while_there_is_another(step, moderator):
    mine = factories.comment(step, moderator)
    decide(moderator, mine, Act.HIDE)
    factories.moderator("Kit")
    with pytest.raises(Refused, match="another moderator decides"):
        decide(moderator, mine, Act.RESTORE)


# Sanctions


def test_a_pause_stops_posting_editing_and_reporting_until_it_ends(comment, moderator, learner, step, other):
    theirs = factories.comment(step, other)
    decide(moderator, comment, Act.MUTE, days=7)
    with pytest.raises(NotAllowed, match="paused until"):
        posting.post(author=learner, step=step, body="Again.")
    with pytest.raises(NotAllowed, match="paused until"):
        moderation.report(comment=theirs, reporter=learner, reason="spam")
    with time_machine.travel(timezone.now() + timezone.timedelta(days=7, minutes=1)):
        posting.post(author=learner, step=step, body="Again.")


def test_a_pause_stops_liking_and_leaves_what_is_private(comment, moderator, learner, step, other):
    theirs = factories.comment(step, other)
    decide(moderator, comment, Act.MUTE, days=7)
    with pytest.raises(NotAllowed):
        marking.like(person=learner, comment=theirs, on=True)
    marking.like(person=learner, comment=theirs, on=False)
    marking.bookmark(person=learner, comment=theirs, on=True)
    marking.follow(person=learner, comment=theirs, on=True)


def test_that_somebody_may_be_in_danger_can_be_said_in_a_pause_too(comment, moderator, learner, step, other):
    decide(moderator, comment, Act.BAN)
    moderation.report(comment=factories.comment(step, other), reporter=learner, reason="danger")
    assert Case.objects.get().urgent


def test_a_ban_holds_until_it_is_lifted(comment, moderator, learner, step):
    decide(moderator, comment, Act.BAN)
    with time_machine.travel(timezone.now() + timezone.timedelta(days=4000)), pytest.raises(NotAllowed, match="ended"):
        posting.post(author=learner, step=step, body="Again.")
    decide(moderator, comment, Act.LIFT)
    posting.post(author=learner, step=step, body="Again.")


def test_a_sanction_for_an_alias_holds_for_the_person_and_names_only_the_alias(step, moderator, learner):
    mine = factories.aliased(step, learner)
    made = decide(moderator, mine, Act.MUTE, days=2)[0]
    assert (made.about_person, made.about_alias) == (None, mine.alias)
    with pytest.raises(NotAllowed):
        posting.post(author=learner, step=step, body="Under my own name.")
    # Seen from what the handle wrote, nothing is in force, and nothing is lifted.
    handle = factories.comment(step)
    Comment.objects.filter(pk=handle.pk).update(author=learner)
    handle.refresh_from_db()
    assert not moderation.sanctions_of(handle, moderator).exists()
    assert moderation.sanctions_of(mine, moderator).exists()


def test_under_an_alias_somebody_who_helps_to_run_the_site_is_treated_as_anybody(step, moderator):
    mine = factories.aliased(step, factories.moderator("Kit"))
    decide(moderator, mine, Act.MUTE, days=2)  # a refusal would have told who it is


# Appeals


def test_an_appeal_that_is_upheld_by_another_moderator_brings_everything_back(comment, step, moderator, learner):
    hidden, banned = decide(moderator, comment, Act.HIDE, Act.BAN)
    second = factories.moderator("Kit")
    for decision in (hidden, banned):
        mine = moderation.appeal(person=learner, decision=decision, text="I meant it kindly.")
        assert not moderation.may_hear(moderator, mine)
        with pytest.raises(Refused, match="Another moderator"):
            moderation.hear(moderator=moderator, appeal=mine, act=Act.OVERTURN)
        answer = moderation.hear(moderator=second, appeal=mine, act=Act.OVERTURN, words="You were right.")
        assert answer.answers == decision
    comment.refresh_from_db()
    assert comment.hidden_at is None and count(step) == 1
    moderation.may_write(learner, step.pk)
    assert Notification.objects.filter(person=learner).count() == 4
    with pytest.raises(Overtaken):
        moderation.hear(moderator=second, appeal=mine, act=Act.UPHOLD)


def test_the_only_moderator_hears_appeals_against_their_own_decisions(comment, moderator, learner):
    [hidden] = decide(moderator, comment, Act.HIDE)
    mine = moderation.appeal(person=learner, decision=hidden, text="I meant it kindly.")
    moderation.hear(moderator=moderator, appeal=mine, act=Act.UPHOLD)
    comment.refresh_from_db()
    assert comment.hidden_at and Appeal.objects.get().heard_at


def test_a_decision_is_appealed_once_and_only_where_it_is_against_somebody(comment, moderator, learner):
    [hidden] = decide(moderator, comment, Act.HIDE)
    moderation.appeal(person=learner, decision=hidden, text="First.")
    with pytest.raises(Refused, match="already"):
        moderation.appeal(person=learner, decision=hidden, text="Second.")
    [restored] = decide(moderator, comment, Act.RESTORE)
    with pytest.raises(Refused, match="in your favour"):
        moderation.appeal(person=learner, decision=restored, text="Thank you.")


def test_taking_back_an_older_hiding_leaves_a_newer_one_in_place(comment, moderator, learner):
    [first] = decide(moderator, comment, Act.HIDE)
    mine = moderation.appeal(person=learner, decision=first, text="Please.")
    decide(moderator, comment, Act.RESTORE)
    decide(moderator, comment, Act.HIDE, reason="identifies")
    moderation.hear(moderator=factories.moderator("Kit"), appeal=mine, act=Act.OVERTURN)
    comment.refresh_from_db()
    assert comment.hidden_because == "identifies"


# The log


@pytest.mark.parametrize(
    "change",
    [
        {"act": "dismiss"}, {"reason": "spam"}, {"note": "x"}, {"words": "x"}, {"days": 9},
        {"decided_at": timezone.now()}, {"moderator_id": 99}, {"about_person_id": 99}, {"about_person_id": None, "about_alias_id": 99},
    ],
)  # fmt: skip
def test_the_database_refuses_to_change_a_decision(change, comment, moderator):
    [made] = decide(moderator, comment, Act.HIDE)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Decision.objects.filter(pk=made.pk).update(**change)
    assert Decision.objects.filter(pk=made.pk, act=Act.HIDE, note="").exists()


def test_the_database_refuses_to_delete_a_decision(comment, moderator):
    decide(moderator, comment, Act.HIDE)
    for statement in (Decision.objects.all().delete, Decision.objects.all()._raw_delete):
        with pytest.raises(DatabaseError, match="never"), transaction.atomic():
            statement(*(["default"] if "raw" in statement.__name__ else []))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM discussions_decision")
    assert Decision.objects.count() == 1


def test_people_aliases_and_comments_can_go_and_the_decision_stays(comment, step, moderator, learner, other):
    moderation.report(comment=comment, reporter=other, reason="spam")
    decide(moderator, comment, Act.HIDE, Act.MUTE, days=3, note="Kept.")
    decide(moderator, factories.aliased(step, other), Act.HIDE)
    comment.delete()
    for person in (learner, other, moderator):
        person.delete()
    left = Decision.objects.values_list("note", "moderator", "comment", "about_person", "about_alias", "case")
    assert sorted(left)[1:] == [("Kept.", None, None, None, None, None)] * 2
    assert not Sanction.objects.exists() and not Report.objects.exists()


@pytest.mark.parametrize("_again", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_decisions_are_guarded_after_a_test_with_real_transactions_too(_again, step, learner):
    comment = factories.comment(step, learner)
    assert not Decision.objects.exists()
    decide(factories.moderator("Kit"), comment, Act.HIDE)
    with pytest.raises(DatabaseError):
        Decision.objects.all().delete()
