"""Posting, answering, withdrawing: what is taken, what is refused and why, and that no word is lost."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from courses.models import Step
from discussions.models import Comment, Discussion
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/courses/harbour/steps/one-a/"


@pytest.fixture
def step(course) -> Step:
    return Step.objects.get(slug="one-a")


def send(client: Client, body: str, to: int | None = None, **data: object):
    return client.post(f"{ADDRESS}comments/{f'{to}/reply/' if to else ''}", {"body": body, **data})


def test_a_learner_posts_in_markdown_and_sees_it(as_learner, learner, step):
    response = send(as_learner, "We tried *this* last year.\n\n> and it worked")
    comment = Comment.objects.get()
    assert response.status_code == 302 and response["Location"] == f"{ADDRESS}#c-{comment.pk}"
    assert (comment.author, comment.step) == (learner, step)
    page = as_learner.get(ADDRESS).text
    assert "We tried <em>this</em> last year." in page and "<blockquote>" in page and "Heron" in page
    assert "Discussion <span" in page and ">1</span>" in page


def test_a_reply_stands_under_the_comment_it_answers(as_learner, other, step):
    root = factories.comment(step, other)
    response = send(as_learner, "I agree.", to=root.pk)
    reply = Comment.objects.get(author__handle="Heron")
    assert (reply.parent, reply.root, reply.ordinal) == (root, root, 1)
    assert response["Location"] == f"{ADDRESS}?replies={root.pk}#c-{reply.pk}"
    deeper = factories.comment(step, other, "And I.", parent=reply)
    assert (deeper.parent, deeper.root, deeper.ordinal) == (reply, root, 2)
    page = as_learner.get(ADDRESS).text
    assert "in reply to Heron" in page
    root.refresh_from_db()
    assert root.reply_count == 2


def test_the_reply_page_shows_what_is_answered(as_learner, client, step, other):
    root = factories.comment(step, other, "The question itself.")
    page = as_learner.get(f"{ADDRESS}comments/{root.pk}/reply/").text
    assert "The question itself." in page and "Post reply" in page
    assert "Join under any name" in client.get(f"{ADDRESS}comments/{root.pk}/reply/").text


def test_newest_first_twenty_to_a_page_and_every_comment_once(as_learner, client, step):
    author = factories.person()
    for i in range(45):
        factories.comment(step, author, f"Number {i}.")
    seen, address = [], ADDRESS
    for expected in (20, 20, 5):
        page = client.get(address).text
        numbers = [int(part.split(".")[0]) for part in page.split("<p>Number ")[1:]]
        assert len(numbers) == expected
        seen += numbers
        older = re.search(r'href="([^"#]*)#discussion" rel="next"', page)
        address = older and older[1]
    assert address is None
    assert seen == list(range(44, -1, -1))


def test_only_the_first_replies_are_shown_until_asked_for(client, step):
    root = factories.comment(step, body="Root.")
    for i in range(8):
        factories.comment(step, body=f"Answer {i}.", parent=root)
    page = client.get(ADDRESS).text
    assert "Answer 2." in page and "Answer 3." not in page and "Show 5 more replies" in page
    page = client.get(f"{ADDRESS}?replies={root.pk}").text
    assert "Answer 7." in page and "more repl" not in page


@pytest.mark.parametrize(
    "query", ["before=x", "before=-1", "before=99999999999999999999", "replies=1%27", "before=٣", "before="]
)
def test_nonsense_in_the_address_shows_the_first_page(client, step, query):
    factories.comment(step, body="Here.")
    assert "<p>Here.</p>" in client.get(f"{ADDRESS}?{query}").text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "Write something first."),
        ("  \n\t ", "Write something first."),
        ("\u200b\u200d\x00", "Write something first."),
        ("x" * 2001, "can have 2000 characters; this one has 2001"),
    ],
)
def test_what_cannot_be_posted_comes_back_with_the_reason(as_learner, step, body, reason):
    response = send(as_learner, body)
    assert response.status_code == 422
    assert reason in response.text
    assert not Comment.objects.exists()
    if body.strip() and "\x00" not in body:
        assert body in response.text


def test_a_costly_comment_is_refused_kindly_and_kept(as_learner, step):
    body = "[" * 1500
    response = send(as_learner, body)
    assert response.status_code == 422 and body in response.text and "Not posted yet." in response.text
    assert not Comment.objects.exists()


def test_control_characters_and_direction_overrides_are_taken_out(as_learner, step):
    send(as_learner, "safe\u202etext\x07 here\r\nnext")
    assert Comment.objects.get().body == "safetext here\nnext"


def test_sending_the_same_form_twice_makes_one_comment(as_learner, step):
    submission = uuid4()
    first = send(as_learner, "Once.", submission=submission)
    second = send(as_learner, "Once.", submission=submission)
    assert Comment.objects.count() == 1 and first["Location"] == second["Location"]
    assert Discussion.objects.get().comment_count == 1


def test_a_spoilt_submission_number_does_not_stop_the_comment(as_learner, step):
    assert send(as_learner, "Still here.", submission="no-uuid").status_code == 302
    assert Comment.objects.count() == 1


def test_a_signed_out_writer_keeps_every_word(client, step):
    response = send(client, "Long considered words.")
    assert response.status_code == 422
    assert "Long considered words." in response.text and "You are not logged in" in response.text
    assert not Comment.objects.exists()


def test_a_withdrawn_or_hidden_comment_cannot_be_answered(as_learner, step):
    for field in ("withdrawn_at", "hidden_at"):
        root = factories.comment(step)
        Comment.objects.filter(pk=root.pk).update(**{field: timezone.now()})
        response = send(as_learner, "Too late?", to=root.pk)
        assert response.status_code == 422
        assert "no longer there" in response.text and "Too late?" in response.text
        assert f'action="{ADDRESS}comments/"' in response.text  # the words can still be a comment of their own
        assert not Comment.objects.filter(body="Too late?").exists()


def test_a_comment_of_another_step_cannot_be_answered_here(as_learner, step):
    elsewhere = factories.comment(Step.objects.get(slug="two-a"))
    assert send(as_learner, "Lost.", to=elsewhere.pk).status_code == 404


def test_a_retired_step_takes_no_comments(as_learner, step):
    Step.objects.filter(pk=step.pk).update(retired_at=timezone.now())
    assert send(as_learner, "Anyone?").status_code == 404
    assert not Comment.objects.exists()


def test_withdrawing_deletes_the_words_and_keeps_the_place(as_learner, learner, step):
    comment = factories.comment(step, learner, "Too much said.")
    factories.comment(step, body="A reply.", parent=comment)
    as_learner.post(f"{ADDRESS}comments/{comment.pk}/withdraw/")
    comment.refresh_from_db()
    assert (comment.body, comment.body_html) == ("", "")
    page = as_learner.get(ADDRESS).text
    assert "Too much said." not in page and "The author withdrew this comment." in page and "A reply." in page
    assert Discussion.objects.get().comment_count == 1
    as_learner.post(f"{ADDRESS}comments/{comment.pk}/withdraw/")
    assert Discussion.objects.get().comment_count == 1


def test_nobody_withdraws_somebody_elses_comment(as_learner, as_educator, client, other, step):
    comment = factories.comment(step, other, "Mine.")
    address = f"{ADDRESS}comments/{comment.pk}/withdraw/"
    assert as_learner.post(address).status_code == 404
    assert as_educator.post(address).status_code == 404
    assert client.post(address).status_code == 302
    comment.refresh_from_db()
    assert comment.body == "Mine."


def test_only_the_author_sees_the_way_to_withdraw(as_learner, client, learner, other, step):
    mine, theirs = factories.comment(step, learner), factories.comment(step, other)
    page = as_learner.get(ADDRESS).text
    assert f"{mine.pk}/withdraw/" in page and f"{theirs.pk}/withdraw/" not in page
    assert "withdraw/" not in client.get(ADDRESS).text


def test_an_educators_role_is_shown(client, educator, step):
    factories.comment(step, educator)
    assert 'tag--educator">Educator' in client.get(ADDRESS).text


def test_a_hidden_comment_is_not_shown(client, step):
    comment = factories.comment(step, body="Hidden words.")
    Comment.objects.filter(pk=comment.pk).update(hidden_at=timezone.now())
    assert "Hidden words." not in client.get(ADDRESS).text


def test_words_that_look_like_markup_stay_words(as_learner, step):
    send(as_learner, "<script>alert(1)</script> {% csrf_token %} {{ user }} \x02")
    page = as_learner.get(ADDRESS).text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{% csrf_token %} {{ user }}" in page


def test_preview_shows_the_comment_and_posts_nothing(as_learner, step):
    response = send(as_learner, "Some *weight*.", view="preview")
    assert "Some <em>weight</em>." in response.text and "\nSome *weight*.</textarea>" in response.text
    assert not Comment.objects.exists()


def test_a_long_conversation_is_shown_fifty_replies_at_a_time(client, step):
    root, author = factories.comment(step, body="Root."), factories.person()
    for i in range(1, 108):
        factories.comment(step, author, f"Answer {i}.", parent=root)
    seen, address = [], f"{ADDRESS}?replies={root.pk}"
    while address:
        page = client.get(address).text
        seen.append([int(n) for n in re.findall(r"<p>Answer (\d+)\.", page)])
        following = re.search(r'id="more-\d+" href="([^"]*)#c-\d+"', page)
        address = following and following[1].replace("&amp;", "&")
    assert [len(page) for page in seen] == [50, 50, 7]
    assert [n for page in seen for n in page] == list(range(1, 108))


def test_after_an_answer_the_writer_sees_it_wherever_it_stands(as_learner, step):
    old, author = factories.comment(step, body="Old root."), factories.person()
    for _ in range(60):
        factories.comment(step, author, parent=old)
    for _ in range(25):
        factories.comment(step, author)
    response = send(as_learner, "A late answer.", to=old.pk)
    assert "A late answer." in as_learner.get(response["Location"]).text
    back = re.search(
        r'href="([^"]*)">.{0,120}Back to the discussion', as_learner.get(f"{ADDRESS}comments/{old.pk}/reply/").text
    )
    assert "Old root." in as_learner.get(back[1].replace("&amp;", "&")).text
