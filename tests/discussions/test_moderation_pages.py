"""Reporting, the queue, deciding, the log, appeals and the counts, as people meet them on pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from courses.models import Step
from discussions import moderation, posting, reports
from discussions.models import Appeal, Case, Comment, Decision, Discussion, Reason, Report
from tests import factories

pytestmark = pytest.mark.django_db
STEP = "/courses/harbour/steps/one-a/"


@pytest.fixture
def step(course) -> Step:
    return Step.objects.get(slug="one-a")


@pytest.fixture
def comment(step, learner) -> Comment:
    return factories.comment(step, learner, "Words that somebody minds.")


def send(client: Client, comment: Comment, **data):
    return client.post(f"{STEP}comments/{comment.pk}/report/", {"reason": "spam", **data})


def decide(client: Client, comment: Comment, **data):
    return client.post(f"/moderation/comments/{comment.pk}/", {"reason": "stigma", "seen": "0", **data})


def as_other(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


# Reporting


def test_a_report_is_sent_from_the_menu_of_a_comment_with_an_account_or_without(client, other, comment):
    for who in (client, as_other(other)):
        assert f"{STEP}comments/{comment.pk}/report/" in who.get(STEP).text
        page = who.get(f"{STEP}comments/{comment.pk}/report/").text
        assert "Words that somebody minds." in page and "Someone may be in danger" in page
        answer = who.post(
            f"{STEP}comments/{comment.pk}/report/", {"reason": "stigma", "note": "It hurts."}, follow=True
        )
        assert "The author is not told who reported it" in answer.text
    assert list(Report.objects.order_by("pk").values_list("reporter", flat=True)) == [None, other.pk]
    assert Case.objects.count() == 1


def test_who_reports_danger_is_shown_at_once_where_help_is(client, comment):
    answer = send(client, comment, reason="danger", note="Please look.")
    assert answer["Location"] == "/support/"
    page = client.get("/support/").text
    assert "call your local emergency number" in page and "nobody here is on call" in page


def test_what_one_reported_is_folded_for_oneself_until_the_browser_is_closed(client, as_learner, step, other):
    kept, gone = factories.comment(step, other, "These stay."), factories.comment(step, other, "These fold.")
    answer = send(client, gone)
    assert answer.cookies["reported"].value == str(gone.pk)
    assert answer.cookies["reported"]["max-age"] == "" and answer.cookies["reported"]["httponly"]
    assert client.get(STEP).text.count("You reported this comment") == 1
    send(client, kept)
    assert client.get(STEP).text.count("You reported this comment") == 2
    assert "You reported this comment" not in as_learner.get(STEP).text
    client.cookies["reported"] = "nonsense.7x.²." + "9" * 400
    page = client.get(STEP)
    assert page.status_code == 200 and "You reported this comment" not in page.text


def test_one_s_own_comment_is_not_in_one_s_own_menu_and_is_refused_with_the_note_kept(as_learner, comment):
    assert "/report/" not in as_learner.get(STEP).text
    answer = send(as_learner, comment, note="Only to see.")
    assert answer.status_code == 422 and "your own comment" in answer.text and "Only to see." in answer.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"reason": ""}, "Choose a reason."),
        ({"reason": "explode"}, "Choose a reason from the list."),
        ({"reason": "spam", "note": "x" * 1_000_000}, "it has 1000000"),
    ],
)
def test_a_report_that_cannot_be_taken_says_why_and_comes_back_whole(data, words, client, comment):
    answer = client.post(f"{STEP}comments/{comment.pk}/report/", {"note": "A note.", **data})
    assert answer.status_code == 422 and words in answer.text and data.get("note", "A note.") in answer.text
    assert not Report.objects.exists()


def test_reports_without_an_account_are_counted_for_less_than_an_hour(client, comment, settings):
    settings.WRITE_LIMITS, settings.ADDRESS_REPORTS_AN_HOUR = True, 2
    moment = 1_800_000_000
    with time_machine.travel(moment, tick=False) as clock:
        answers = [send(client, comment, note="The same words.") for _ in range(3)]
        assert [a.status_code for a in answers] == [302, 302, 429]
        assert answers[2].headers["Retry-After"] and "The same words." in answers[2].text
        clock.move_to(moment + 3600)
        assert send(client, comment).status_code == 302


def test_nobody_learns_who_reported(as_learner, as_moderator, as_educator, learner, other, comment, moderator):
    # The reporter's name appears on no page that speaks of the comment, nor in what the author takes along or is sent.
    send(as_other(other), comment, note="It hurts.")
    decide(as_moderator, comment, comment_act="hide", author_act="mute", days="3")
    hidden, paused = Decision.objects.order_by("pk")
    factories.comment(comment.step, learner.__class__.objects.get(pk=moderator.pk), "After.")
    about = f"/moderation/comments/{comment.pk}/"
    pages = [as_learner.get(a) for a in (STEP, "/notifications/", f"/moderation/decisions/{hidden.pk}/")]
    factories.show_it_is_them(as_learner)
    pages += [as_learner.get("/my-data/download/"), as_learner.get(f"/moderation/decisions/{paused.pk}/")]
    pages += [as_moderator.get(a) for a in ("/moderation/", about, "/moderation/log/", "/admin/discussions/decision/")]
    pages += [
        as_educator.get(a) for a in (about, "/moderation/log/", f"/admin/discussions/comment/{comment.pk}/change/")
    ]
    for page in pages:
        assert page.status_code == 200
        assert other.handle.encode() not in page.getvalue()
    assert not [m for m in mail.outbox if other.handle in str(m.message())]


# The queue


def test_danger_comes_first_then_what_waits_longest(as_moderator, step):
    made = [factories.comment(step, body=f"Comment {name}") for name in ("one", "two", "three")]
    for comment, reason in zip(made, ("spam", "danger", "trade"), strict=True):
        moderation.report(comment=comment, reporter=None, reason=reason)
    page = as_moderator.get("/moderation/").text
    assert re.findall(r"Comment (one|two|three)", page) == ["two", "one", "three"]


def test_the_queue_goes_by_pages_and_shows_every_case_once(as_moderator, step, monkeypatch):
    monkeypatch.setattr("discussions.views.moderating.QUEUE_PAGE", 3)
    for n in range(8):
        reported = factories.comment(step, body=f"number {n} end")
        moderation.report(comment=reported, reporter=None, reason="danger" if n in (2, 3, 5, 7) else "spam")
    address, seen = "/moderation/", []
    while address:
        page = as_moderator.get(address).text
        seen += re.findall(r"number (\d) end", page)
        following = re.search(r'rel="next" href="([^"]*)"', page)
        address = "/moderation/" + following[1].replace("&amp;", "&") if following else ""
    assert seen == list("23570146")


def test_a_moderator_sees_the_conversation_the_reasons_and_earlier_decisions(
    as_moderator, moderator, step, learner, other
):
    earlier = factories.comment(step, learner, "Something else.")
    moderation.decide(moderator=moderator, comment=earlier, acts=["hide"], reason="spam", note="An advert.")
    root = factories.comment(step, other, "The beginning.")
    replies = [factories.comment(step, other, f"Reply number {n}.", parent=root) for n in range(3)]
    asked = factories.comment(step, learner, "Words that somebody minds.", parent=replies[2])
    replies += [factories.comment(step, other, f"Reply number {n}.", parent=root) for n in range(3, 7)]
    for reporter in (None, other):
        moderation.report(comment=asked, reporter=reporter, reason="stigma", note="It hurts.")
    page = as_moderator.get(f"/moderation/comments/{asked.pk}/").text
    assert "The beginning." in page and "in reply to salt and thyme" in page
    assert re.findall(r"Reply number (\d)", page) == ["1", "2", "3", "4"]
    assert re.search(r"It stigmatises people\s*<span class=\"num\">× 2</span>", page)
    assert page.count("It hurts.") == 2 and "An advert." in page and "1 other comment is hidden" in page


def test_what_was_decided_about_a_handle_is_not_shown_beside_an_alias_nor_the_other_way(
    as_moderator, moderator, step, learner
):
    named = factories.comment(step, learner, "Under my name.")
    aliased = factories.aliased(step, learner)
    moderation.decide(
        moderator=moderator, comment=named, acts=["hide", "mute"], reason="spam", note="About Heron", days=3
    )
    moderation.decide(moderator=moderator, comment=aliased, acts=["hide", "ban"], reason="trade", note="About Quiet")
    Comment.objects.update(hidden_at=None)
    page = as_moderator.get(f"/moderation/comments/{aliased.pk}/").text
    assert "About Quiet" in page and "About Heron" not in page and "Heron" not in page
    assert "Writing ended" in page and "Writing paused until" not in page
    page = as_moderator.get(f"/moderation/comments/{named.pk}/").text
    assert "About Heron" in page and "About Quiet" not in page and "Quiet Harbour" not in page
    assert "Writing paused until" in page and "Writing ended</li>" not in page


@pytest.mark.parametrize("address", ["/moderation/", "/moderation/log/", "/moderation/comments/COMMENT/"])
def test_moderators_pages_cost_the_same_for_one_row_and_for_twenty(
    address, as_moderator, moderator, step, learner, django_assert_max_num_queries
):
    root = factories.comment(step, learner)

    def add() -> None:
        for n in range(20):
            reply = factories.comment(step, factories.person() if n % 2 else learner, parent=root)
            moderation.report(comment=reply, reporter=None, reason=Reason.values[n % 7], note="A note.")
            if n % 3 == 0:
                moderation.decide(moderator=moderator, comment=reply, acts=["hide", "warn"], reason="spam")
            moderation.report(comment=root, reporter=None, reason="spam", note="A note.")

    moderation.report(comment=root, reporter=None, reason="spam", note="A note.")
    moderation.decide(moderator=moderator, comment=root, acts=["warn"], reason="spam")
    moderation.report(comment=root, reporter=None, reason="spam", note="A note.")
    address = address.replace("COMMENT", str(root.pk))
    as_moderator.get(address)
    with django_assert_max_num_queries(14) as few:
        as_moderator.get(address)
    add()
    with django_assert_max_num_queries(len(few)):
        as_moderator.get(address)


# Deciding


def test_deciding_says_why_to_the_author_and_closes_the_case(as_moderator, as_learner, client, comment, moderator):
    send(client, comment)
    answer = decide(
        as_moderator,
        comment,
        comment_act="hide",
        author_act="mute",
        days="5",
        words="Please <mind>.",
        note="Second time.",
    )
    assert answer["Location"] == "/moderation/"
    assert "Nothing waits" in as_moderator.get("/moderation/").text
    hidden, paused = Decision.objects.order_by("pk")
    assert (hidden.act, paused.act, paused.days, paused.note) == ("hide", "mute", 5, "Second time.")
    told = as_learner.get(f"/moderation/decisions/{hidden.pk}/").text
    assert "A moderator hid your comment" in told and "It stigmatises people" in told and "Please &lt;mind&gt;." in told
    assert "Words that somebody minds." in told and "Second time." not in told and moderator.handle not in told
    assert "for 5 days" in as_learner.get(f"/moderation/decisions/{paused.pk}/").text
    page = client.get(STEP).text
    assert "Words that somebody minds." not in page and "Reason: It stigmatises people." in page


def test_with_nothing_chosen_the_report_came_to_nothing(as_moderator, as_learner, client, comment):
    send(client, comment)
    decide(as_moderator, comment)
    assert Decision.objects.get().act == "dismiss"
    assert as_learner.get(f"/moderation/decisions/{Decision.objects.get().pk}/").status_code == 404


def test_who_decides_second_reads_what_the_first_decided_and_loses_no_word(as_moderator, comment):
    decide(as_other(factories.moderator("Kit")), comment, comment_act="hide", note="By Kit.")
    answer = decide(as_moderator, comment, author_act="warn", words="What I wrote.", note="My note.")
    assert answer.status_code == 409
    for words in ("Another moderator decided first", "By Kit.", "What I wrote.", "My note."):
        assert words in answer.text
    seen = re.search(r'name="seen" value="(\d+)"', answer.text)[1]
    assert decide(as_moderator, comment, author_act="warn", words="What I wrote.", seen=seen).status_code == 302
    assert [d.act for d in Decision.objects.order_by("pk")] == ["hide", "warn"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"reason": "explode"}, "Choose a reason from the list."),
        ({"reason": ""}, "Choose a reason."),
        ({"comment_act": "restore"}, "restore"),
        ({"comment_act": "explode"}, "explode"),
        ({"author_act": "mute", "days": ""}, "Say for how many days"),
        ({"author_act": "mute", "days": "0"}, "at least one day"),
        ({"author_act": "mute", "days": "9999999"}, "at most 365 days"),
        ({"author_act": "mute", "days": "soon"}, "whole number"),
        ({"author_act": "lift"}, "lift"),
        ({"note": "x" * 1_000_000}, "it has 1000000"),
        ({"words": "x" * 2001}, "it has 2001"),
        ({"seen": "-1"}, ""),
    ],
)
def test_a_decision_that_cannot_be_taken_says_why_and_keeps_every_word(data, words, as_moderator, comment):
    answer = decide(as_moderator, comment, **{"words": "My words.", "note": "My note.", **data})
    assert answer.status_code == 422 and words in answer.text
    assert data.get("words", "My words.") in answer.text and data.get("note", "My note.") in answer.text
    assert not Decision.objects.exists()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["comment_act", "author_act", "days", "reason", "words", "note", "seen"]), st.text()
    )
)
def test_whatever_is_sent_a_decision_has_an_answer(as_moderator, comment, data):
    answer = as_moderator.post(f"/moderation/comments/{comment.pk}/", data)
    assert answer.status_code in (302, 403, 409, 422)


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999999", "abc", "-1"])
def test_forged_numbers_lead_nowhere(number, as_moderator, as_learner, course):
    for address in ("comments", "appeals"):
        assert as_moderator.get(f"/moderation/{address}/{number}/").status_code == 404
    assert as_learner.get(f"/moderation/decisions/{number}/").status_code == 404
    for query in (f"before={number}", f"after={number}", f"act={number}", f"urgent&after={number}"):
        assert as_moderator.get(f"/moderation/log/?{query}").status_code == 200
        assert as_moderator.get(f"/moderation/?{query}").status_code == 200


# The log


def test_the_log_goes_by_pages_and_by_act(as_moderator, moderator, comment, monkeypatch):
    monkeypatch.setattr("discussions.views.moderating.LOG_PAGE", 4)
    for n in range(5):
        moderation.decide(moderator=moderator, comment=comment, acts=["hide"], reason="spam", note=f"hidden {n} end")
        moderation.decide(moderator=moderator, comment=comment, acts=["restore"], reason="spam", note=f"back {n} end")
    address, seen = "/moderation/log/", []
    while address:
        page = as_moderator.get(address).text
        seen += re.findall(r"(hidden|back) (\d) end", page)
        following = re.search(r'rel="next" href="([^"]*)"', page)
        address = "/moderation/log/" + following[1].replace("&amp;", "&") if following else ""
    assert seen == [(act, str(n)) for n in range(4, -1, -1) for act in ("back", "hidden")]
    page = as_moderator.get("/moderation/log/?act=hide").text
    assert "hidden 4 end" in page and "back 4 end" not in page


# Appeals


def test_an_author_appeals_once_and_reads_the_answer(as_learner, as_moderator, comment, learner):
    decide(as_moderator, comment, comment_act="hide")
    address = f"/moderation/decisions/{Decision.objects.get().pk}/"
    assert as_learner.post(address, {"text": " "}).status_code == 422
    too_long = as_learner.post(address, {"text": "long " * 500})
    assert too_long.status_code == 422 and "long long long" in too_long.text
    as_learner.post(address, {"text": "I meant it kindly."})
    assert "waits for a moderator" in as_learner.get(address).text
    again = as_learner.post(address, {"text": "And another thing."})
    assert again.status_code == 422 and "can be appealed once" in again.text and "And another thing." in again.text
    appeal = Appeal.objects.get()
    assert "I meant it kindly." in as_moderator.get("/moderation/").text
    kit = as_other(factories.moderator("Kit"))
    hearing = f"/moderation/appeals/{appeal.pk}/"
    assert "Another moderator hears this" in as_moderator.get(hearing).text
    assert as_moderator.post(hearing, {"act": "overturn"}).status_code == 422
    assert kit.post(hearing, {"act": "explode"}).status_code == 422
    assert kit.post(hearing, {"act": "overturn", "words": "You were right."})["Location"] == "/moderation/"
    late = kit.post(hearing, {"act": "uphold", "words": "Too late."})
    assert late.status_code == 409 and "Too late." in late.text
    answered = as_learner.get(address).text
    assert "The decision is taken back" in answered and "You were right." in answered and "Kit" not in answered
    learner.refresh_from_db()
    assert learner.unread_notifications == 2
    comment.refresh_from_db()
    assert comment.hidden_at is None
    assert as_learner.get(f"/moderation/decisions/{Decision.objects.latest('pk').pk}/")["Location"] == address


# Limits


def test_on_the_first_day_an_account_writes_a_little_less_and_loses_nothing(as_learner, learner, step, settings):
    settings.WRITE_LIMITS, settings.NEW_ACCOUNT_REPLIES_A_DAY = True, 3
    start = datetime.combine(learner.joined_on, time(8), tzinfo=UTC)
    root = factories.comment(step, factories.person("Wren", joined_on=start.date() - timedelta(days=9)))

    def post(body: str, reply: bool = False):
        return as_learner.post(f"{STEP}comments/{f'{root.pk}/reply/' if reply else ''}", {"body": body})

    with time_machine.travel(start, tick=False) as clock:
        refused = post("See [a](https://a.org), [b](https://b.org) and [c](https://c.org).")
        assert refused.status_code == 422 and "can have 2 links; this one has 3" in refused.text
        assert post("First.").status_code == 302
        soon = post("Second, too soon.")
        assert soon.status_code == 429 and 29 <= int(soon.headers["Retry-After"]) <= 31
        assert "Second, too soon." in soon.text and "seconds" in soon.text
        for n in range(3):
            clock.shift(31)
            assert post(f"Reply {n}.", reply=True).status_code == 302
        clock.shift(31)
        enough = post("One reply more.", reply=True)
        assert enough.status_code == 429 and "3 replies" in enough.text and "One reply more." in enough.text
        assert int(enough.headers["Retry-After"]) > 3600
        clock.shift(24 * 3600)
        assert post("One reply more.", reply=True).status_code == 302
        assert (
            post("And at once another, with [a](https://a.org) [b](https://b.org) [c](https://c.org).").status_code
            == 302
        )


def test_everybody_posts_so_many_an_hour_whatever_the_name(step, settings):
    settings.WRITE_LIMITS, settings.POSTS_AN_HOUR = True, 4
    with time_machine.travel(1_800_000_000, tick=False):
        client = as_other(factories.person("Wren", joined_on=timezone.now().date() - timedelta(days=9)))
        for n in range(4):
            assert (
                client.post(
                    f"{STEP}comments/", {"body": f"Post {n}.", "under": "alias" if n % 2 else "handle"}
                ).status_code
                == 302
            )
        refused = client.post(f"{STEP}comments/", {"body": "One more.", "under": "handle"})
    assert refused.status_code == 429 and refused.headers["Retry-After"] and "One more." in refused.text


def test_what_is_refused_for_another_reason_costs_no_turn_and_a_double_click_neither(as_learner, step, settings):
    settings.WRITE_LIMITS = True
    number = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
    assert as_learner.post(f"{STEP}comments/", {"body": " "}).status_code == 422
    first = as_learner.post(f"{STEP}comments/", {"body": "Once.", "submission": number})
    again = as_learner.post(f"{STEP}comments/", {"body": "Once.", "submission": number})
    assert (first.status_code, again.status_code) == (302, 302) and Comment.objects.count() == 1


# Pinning and recommending


def test_one_conversation_of_a_step_is_pinned_and_its_place_goes_with_its_words(as_educator, client, step, other):
    first, second = factories.comment(step, other, "The first."), factories.comment(step, other, "The second.")
    reply = factories.comment(step, other, parent=first)
    for comment in (first, second):
        assert "Pinned: it stands first" in as_educator.post(f"{STEP}comments/{comment.pk}/pin/", follow=True).text
    assert list(Comment.objects.exclude(pinned_at=None)) == [second]
    refused = as_educator.post(f"{STEP}comments/{reply.pk}/pin/", follow=True)
    assert "not a reply" in refused.text
    posting.withdraw(comment=second)
    assert not Comment.objects.exclude(pinned_at=None).exists()
    assert "no longer there" in as_educator.post(f"{STEP}comments/{second.pk}/pin/", follow=True).text


def test_a_recommended_comment_is_told_to_its_author_once(as_educator, as_learner, comment, learner):
    version = Discussion.objects.get().version
    for on in ("1", "1", "0", "1"):
        as_educator.post(f"{STEP}comments/{comment.pk}/endorse/", {"on": on})
    learner.refresh_from_db()
    assert learner.unread_notifications == 1
    assert Discussion.objects.get().version == version + 3


def test_buttons_of_the_course_team_are_in_no_learner_s_page(as_learner, as_educator, as_moderator, client, comment):
    for reader in (client, as_learner):
        page = reader.get(STEP).text
        assert "/pin/" not in page and "/moderation/comments/" not in page
    writer = as_other(factories.course_writer()).get(STEP).text
    assert "/pin/" in writer and "/endorse/" in writer and "/moderation/comments/" not in writer
    assert f"/moderation/comments/{comment.pk}/" in as_moderator.get(STEP).text


# Counts for everybody


def told(page: str, label: str) -> str:
    """What the newest month says beside this label."""
    return re.search(rf"{label}</th><td class=\"num\">([^<]*)<", page)[1]


@time_machine.travel("2026-11-25T10:00:00Z", tick=False)  # all in one month
def test_the_counts_tell_no_number_below_ten(client, step, moderator):
    for n in range(12):
        comment = factories.comment(step)
        moderation.report(comment=comment, reporter=None, reason="spam")
        if n:
            moderation.decide(moderator=moderator, comment=comment, acts=["hide"], reason="spam")
    Case.objects.exclude(closed_at=None).update(opened_at=timezone.now() - timedelta(hours=5))
    page = client.get("/moderation/counts/").text
    assert told(page, "Spam or advertising") == "12" and told(page, "Comment hidden") == "11"
    for label in ("Someone may be in danger", "Writing ended", "Appeals made"):
        assert told(page, label) == "under 10"
    assert "5 hours" in told(page, "decided within")
    assert 'href="/moderation/counts/"' in client.get("/guidelines/").text


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("moment", ["2026-11-30T23:00:00Z", "2026-12-01T05:00:00Z"])
def test_the_counts_are_the_same_where_the_next_month_has_begun_and_where_not(
    as_learner, client, learner, step, zone, moment
):
    User.objects.filter(pk=learner.pk).update(time_zone=zone)
    with time_machine.travel("2026-11-30T20:00:00Z", tick=False):
        for _ in range(12):
            moderation.report(comment=factories.comment(step), reporter=None, reason="spam")
    with time_machine.travel(moment, tick=False):
        pages = [reader.get("/moderation/counts/").text for reader in (client, as_learner)]
    assert [told(page, "Spam or advertising") for page in pages] == ["12", "12"]


@time_machine.travel("2026-11-25T10:00:00Z", tick=False)
def test_too_few_decisions_give_no_median_and_other_months_stand_alone(client, step, moderator):
    comment = factories.comment(step)
    with time_machine.travel(timezone.now() - timedelta(days=70)):
        moderation.report(comment=comment, reporter=None, reason="spam")
    moderation.decide(moderator=moderator, comment=comment, acts=["dismiss"], reason="spam")
    months = reports.by_month()
    assert len(months) == 2 and [m.so_far for m in months] == [True, False] and {m.wait for m in months} == {None}
    assert "too few to say" in client.get("/moderation/counts/").text


def test_a_site_where_nothing_happened_says_so(client, db):
    assert "Nothing was reported or decided" in client.get("/moderation/counts/").text
