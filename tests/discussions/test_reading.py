"""Reading a discussion: orders, views, pages, places; each comment is seen once, and nothing of one reader reaches another."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from courses.models import ReflectionQuestion, Step
from courses.pages import shelf
from discussions import moderation, posting
from discussions.models import Bookmark, Comment, Follow, ReadMark
from discussions.wanted import Wanted
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/courses/harbour/steps/one-a/"
SORTS = ("newest", "oldest", "liked", "replied")


@pytest.fixture
def step(course) -> Step:
    return Step.objects.get(slug="one-a")


def words(page: str) -> list[str]:
    """What the comments of a page say, in order."""
    return re.findall(r'class="comment__text"><p>(.*?)</p>', page)


def following(page: str) -> str | None:
    found = re.search(r'href="([^"#]*)#discussion" rel="next"', page)
    return found and found[1].replace("&amp;", "&")


def walk(client: Client, address: str) -> list[str]:
    seen: list[str] = []
    at: str | None = address
    while at:
        page = client.get(at).text
        seen += words(page)
        at = following(page)
    return seen


def liked(comment: Comment, times: int) -> None:
    Comment.objects.filter(pk=comment.pk).update(like_count=times)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("newest", "cba"), ("oldest", "abc"), ("liked", "bca"), ("replied", "acb")],
)
def test_a_discussion_is_read_in_four_orders(client, step, sort, expected):
    a, b, c = (factories.comment(step, body=letter) for letter in "abc")
    liked(b, 3)
    liked(c, 1)
    for _ in range(4):
        posting.post(author=factories.person(), step=step, body="reply", parent=a)
    posting.post(author=factories.person(), step=step, body="reply", parent=c)
    page = client.get(f"{ADDRESS}?sort={sort}").text
    assert "".join(w for w in words(page) if w != "reply") == expected
    assert page.count('aria-current="true"') >= 2  # the view and the order are marked


def test_views_show_what_they_say(client, as_learner, learner, educator, other, step):
    theirs = factories.comment(step, other, "theirs")
    staff = factories.comment(step, educator, "staff")
    mine = factories.comment(step, learner, "mine")
    answered = factories.comment(step, other, "answered")
    for i in range(4):
        factories.comment(step, other, f"reply {i}", parent=answered)
    late = factories.comment(step, learner, "my late reply", parent=answered)
    Follow.objects.create(person=learner, root=theirs)
    Bookmark.objects.create(person=learner, comment=Comment.objects.get(body="reply 3"))
    Bookmark.objects.create(person=other, comment=mine)
    ReadMark.objects.create(person=learner, step=step, up_to=mine.pk)

    def shown(show: str, reader: Client = as_learner) -> list[str]:
        return words(reader.get(f"{ADDRESS}?show={show}").text)

    assert shown("educators") == ["staff"]
    assert shown("unanswered") == ["mine", "staff", "theirs"]
    assert shown("following") == ["theirs"]
    assert shown("mine") == ["answered", "reply 0", "reply 1", "reply 2", "my late reply", "mine"]
    assert shown("bookmarked") == ["answered", "reply 0", "reply 1", "reply 2", "reply 3"]
    assert shown("unread")[0] == "answered" and "mine" not in shown("unread")
    posting.post(author=other, step=step, body="new words", parent=theirs)
    assert shown("unread")[:2] == ["theirs", "new words"]
    # What belongs to one reader is nobody else's, and nothing of it is kept for others.
    for show in ("following", "mine", "bookmarked", "unread"):
        assert set(shown(show, client)) == set(words(client.get(ADDRESS).text))
    assert shown("mine", Client(headers={"cookie": ""})) == words(client.get(ADDRESS).text)
    assert late.root == answered and staff.role == "educator"


def test_a_reader_s_own_view_is_not_kept_for_the_next_one(as_learner, as_educator, learner, educator, step):
    factories.comment(step, learner, "by Heron")
    factories.comment(step, educator, "by Noor")
    assert words(as_learner.get(f"{ADDRESS}?show=mine").text) == ["by Heron"]
    assert words(as_educator.get(f"{ADDRESS}?show=mine").text) == ["by Noor"]


@pytest.mark.parametrize("show", ["educators", "unanswered", "following", "mine", "bookmarked", "unread"])
def test_an_empty_view_says_why_and_keeps_the_way_out(as_learner, step, show):
    ReadMark.objects.create(person=factories.person("Heron 2"), step=step, up_to=1)
    page = as_learner.get(f"{ADDRESS}?show={show}").text
    assert 'class="empty"' in page and "Everyone" in page


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("show", ["everyone", "educators", "unanswered"])
def test_pages_show_every_comment_once_in_every_order(client, educator, step, sort, show):
    if show == "unanswered" and sort == "replied":
        sort = "newest"
    for i in range(45):
        liked(factories.comment(step, educator, f"n{i}"), i % 3)
    seen = walk(client, f"{ADDRESS}?sort={sort}&show={show}")
    assert sorted(seen) == sorted(f"n{i}" for i in range(45))


def test_the_pinned_comment_stands_first_on_the_first_page_and_nowhere_else(client, step):
    pinned = factories.comment(step, body="pinned")
    factories.comment(step, body="reply to it", parent=pinned)
    for i in range(25):
        factories.comment(step, body=f"n{i}")
    Comment.objects.filter(pk=pinned.pk).update(pinned_at=timezone.now())
    for sort in SORTS:
        seen = walk(client, f"{ADDRESS}?sort={sort}")
        assert seen[:2] == ["pinned", "reply to it"]
        assert sorted(seen) == sorted(["pinned", "reply to it", *(f"n{i}" for i in range(25))])
        location = client.get(f"{ADDRESS}comments/{pinned.pk}/?sort={sort}")["Location"]
        assert words(client.get(location).text)[0] == "pinned"
    assert "comment--pinned" in client.get(ADDRESS).text and "Pinned" in client.get(ADDRESS).text


@pytest.mark.parametrize(
    "query",
    [
        "after=x", "after=-1", "after=1-2-3", "after=99999999999999999999", "after=9223372036854775808", "after=٣", "after=",
        "sort=liked&after=5", "sort=liked&after=5-x", "sort=x", "show=x", "show=answers", "show=answers&question=%00",
        "show=unread&after=1-1", "replies=x", "replies=99999999999999999999", "replies=1&from=x", "sort=liked&after=--",
    ],
)  # fmt: skip
def test_what_an_address_cannot_mean_shows_the_first_page(client, as_learner, step, query):
    factories.comment(step, body="Here.")
    for reader in (client, as_learner):
        for headers in ({}, {"X-Fragment": "pager"}):
            address = f"{ADDRESS}comments/?{query}" if headers else f"{ADDRESS}?{query}"
            response = reader.get(address, headers=headers)
            assert response.status_code == 200
            assert "Here." in words(response.text)


def test_a_permanent_address_opens_the_page_with_the_comment_whatever_the_order(client, step):
    roots = [factories.comment(step, body=f"n{i}") for i in range(50)]
    for i, root in enumerate(roots):
        liked(root, i % 4)
    root = roots[10]
    for i in range(60):
        factories.comment(step, body=f"r{i}", parent=root)
    last = Comment.objects.get(body="r59")
    for comment in (root, last):
        for sort in ("", *(f"?sort={sort}" for sort in SORTS)):
            location = client.get(f"{ADDRESS}comments/{comment.pk}/{sort}")["Location"]
            page = client.get(location).text
            assert location.endswith(f"#c-{comment.pk}") and f'id="c-{comment.pk}"' in page
            assert re.search(rf'id="c-{comment.pk}" tabindex="-1"', page)


def test_a_hidden_comment_leaves_its_place_its_reason_and_its_replies(client, moderator, step):
    root = factories.comment(step, body="Hidden words.")
    factories.comment(step, body="A reply.", parent=root)
    moderation.decide(moderator=moderator, comment=root, acts=["hide"], reason="identifies")
    page = client.get(ADDRESS).text
    assert "Hidden words." not in page and "A moderator hid this comment." in page
    assert "It identifies someone" in page and "A reply." in words(page)
    assert f'id="acts-{root.pk}"' not in page


def test_more_comments_come_as_a_fragment_with_a_way_on(client, as_learner, step):
    for i in range(30):
        factories.comment(step, body=f"n{i}")
    page = client.get(ADDRESS).text
    source = re.search(r'data-from="([^"]*)"', page)[1].replace("&amp;", "&")
    for reader in (client, as_learner):
        part = reader.get(source, headers={"X-Fragment": "pager"})
        assert part["X-Fragment"] == "1" and "no-store" in part["Cache-Control"]
        assert words(part.text) == [f"n{i}" for i in range(9, -1, -1)]
        assert part.text.count('data-into="comments"') == 10 and part.text.count("data-focus") == 1
        assert "10 more comments." in part.text and "<html" not in part.text and 'id="pager"' in part.text
    whole = client.get(source)
    assert whole.status_code == 302 and words(client.get(whole["Location"]).text) == words(part.text)


def test_more_replies_come_as_a_fragment(client, step):
    root = factories.comment(step)
    for i in range(60):
        factories.comment(step, body=f"r{i}", parent=root)
    source = re.search(r'data-from="([^"]*replies[^"]*)"', client.get(ADDRESS).text)[1]
    part = client.get(source, headers={"X-Fragment": f"more-{root.pk}"}).text
    assert words(part) == [f"r{i}" for i in range(3, 53)] and "Show 7 more replies" in part
    source = re.search(r'data-from="([^"]*)"', part)[1]
    part = client.get(source, headers={"X-Fragment": f"more-{root.pk}"}).text
    assert words(part) == [f"r{i}" for i in range(53, 60)] and f'<span id="more-{root.pk}" hidden>' in part
    assert client.get(source).status_code == 302


def test_a_comment_is_an_article_with_a_heading_and_a_reply_one_below(client, step):
    root = factories.comment(step, factories.person("Wren"))
    reply = factories.comment(step, factories.person("Finch"), parent=root)
    page = client.get(ADDRESS).text
    for comment, heading, name in ((root, "h3", "Wren"), (reply, "h4", "Finch")):
        assert f'<article aria-labelledby="by-{comment.pk}">' in page
        assert f'<{heading} id="by-{comment.pk}">{name}</{heading}>' in page


@pytest.mark.parametrize("show", ["everyone", "mine", "following", "bookmarked", "unread", "educators", "unanswered"])
@pytest.mark.parametrize("sort", SORTS)
def test_every_view_costs_the_same_for_few_comments_and_for_many(as_learner, learner, other, step, show, sort):
    def cost(address: str) -> int:
        shelf.clear()
        with CaptureQueriesContext(connection) as captured:
            assert as_learner.get(address).status_code == 200
        return len(captured)

    root = factories.comment(step, learner)
    address = f"{ADDRESS}?show={show}&sort={sort}"
    few = cost(address)
    Comment.objects.bulk_create(
        Comment(step=step, author=(learner, other)[i % 2], body="x", body_html="<p>x</p>", latest=1000 + i)
        for i in range(100)
    )
    Follow.objects.bulk_create(Follow(person=learner, root=c) for c in Comment.objects.all())
    Bookmark.objects.bulk_create(Bookmark(person=learner, comment=c) for c in Comment.objects.all())
    factories.comment(step, other, parent=root)
    assert cost(address) == few <= 7


def plan(view: Wanted, step: Step, person: int | None) -> str:
    """How the database means to find a page of a view."""
    page = view.roots(step.pk, person)[:21]
    whole = Comment.objects.filter(pk__in=page.values("pk"))
    replies = Comment.objects.filter(root__in=page.values("pk"), ordinal__lte=3)
    return "\n".join(q.explain() for q in (page, whole, replies))


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("show", ["everyone", "educators", "unanswered"])
@pytest.mark.parametrize("deep", [False, True])
def test_no_page_reads_the_whole_table_or_sorts_it(step, other, sort, show, deep):
    if show == "unanswered" and sort == "replied":
        sort = "liked"
    Comment.objects.bulk_create(Comment(step=step, author=other, body="x", body_html="") for i in range(2000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":  # which reads so small a table whole, because that is quicker
            cursor.execute("SET LOCAL enable_seqscan = off")
    place = (1, 1000) if sort in ("liked", "replied") else (1000,)
    found = plan(Wanted(show=show, sort=sort, after=place if deep else ()), step, other.pk)
    assert "SCAN discussions_comment" not in found.replace("SCAN discussions_comment USING", "")
    assert "TEMP B-TREE" not in found and "Seq Scan on discussions_comment" not in found, found


class Walks(TestCase):
    """Reading through all pages while others go on writing."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        sort=st.sampled_from(SORTS),
        likes=st.lists(st.integers(0, 3), min_size=1, max_size=30),
        replies=st.lists(st.integers(0, 29), max_size=10),
        size=st.integers(1, 7),
        meanwhile=st.lists(st.one_of(st.just("root"), st.integers(0, 29)), max_size=12),
    )
    def test_every_comment_is_seen_exactly_once_while_others_post(self, sort, likes, replies, size, meanwhile):
        Comment.objects.all().delete()
        step = Step.objects.filter(slug="one-a").first() or factories.small_course().steps.get(slug="one-a")
        made = [Comment.objects.create(step=step, body="x", like_count=n) for n in likes]
        author = factories.person()
        for i in replies:
            posting.post(author=author, step=step, body="r", parent=made[i % len(made)])
        touched, seen, events = set(), [], list(meanwhile)
        view: Wanted | None = Wanted(sort=sort)
        while view:
            page = list(view.roots(step.pk, None)[: size + 1])
            seen += [root.pk for root in page[:size]]
            view = view.following(page[size - 1]) if len(page) > size else None
            if events:
                what = events.pop()
                if what == "root":
                    posting.post(author=author, step=step, body="new")
                else:
                    root = made[what % len(made)]
                    posting.post(author=author, step=step, body="r", parent=root)
                    touched.add(root.pk)  # it moves up in the order "most replies"
        assert len(seen) == len(set(seen))
        expected = {root.pk for root in made} - (touched if sort == "replied" else set())
        assert expected <= set(seen)


class TestQuestions:
    """A step's questions are answered in its discussion."""

    @pytest.fixture
    def step(self, course) -> Step:
        return factories.step(course.topics.first(), "asked", questions=("What helps?", "What hinders?"))

    def test_an_answer_carries_its_question(self, as_learner, learner, step):
        address = step.get_absolute_url()
        page = as_learner.get(address).text
        assert (
            f'href="{address}?answer=q1#composer"' in page
            and f'href="{address}?show=answers&amp;question=q1#discussion"' in page
        )
        form = as_learner.get(f"{address}?answer=q1").text
        assert 'name="question" value="q1"' in form and "You are answering:" in form
        as_learner.post(f"{address}comments/", {"body": "Time helps.", "question": "q1"})
        comment = Comment.objects.get()
        assert (comment.question.uid, comment.question_text) == ("q1", "What helps?")
        factories.comment(step, body="Something else.")
        page = as_learner.get(f"{address}?show=answers&question=q1").text
        assert words(page) == ["Time helps."] and "What helps?" in page
        assert "Nobody has answered this question" in as_learner.get(f"{address}?show=answers&question=q2").text

    def test_the_words_of_a_question_stay_as_they_were_answered(self, as_learner, client, step):
        as_learner.post(f"{step.get_absolute_url()}comments/", {"body": "Time.", "question": "q1"})
        ReflectionQuestion.objects.filter(uid="q1").delete()
        factories.comment(step)
        page = client.get(step.get_absolute_url()).text
        assert "What helps?" in page and "Time." in page

    def test_a_refused_answer_keeps_its_question(self, as_learner, client, step):
        for reader in (as_learner, client):
            page = reader.post(f"{step.get_absolute_url()}comments/", {"body": "x" * 2001, "question": "q2"}).text
            assert 'name="question" value="q2"' in page

    @pytest.mark.parametrize("question", ["q9", "x" * 500, "\x00", "1 OR 1=1"])
    def test_a_forged_question_is_no_question(self, as_learner, step, question):
        assert (
            as_learner.post(f"{step.get_absolute_url()}comments/", {"body": "x", "question": question}).status_code
            == 302
        )
        assert Comment.objects.get().question is None
        assert as_learner.get(step.get_absolute_url(), {"answer": question}).status_code == 200


def test_labels_for_what_an_educator_recommends(client, step):
    comment = factories.comment(step)
    Comment.objects.filter(pk=comment.pk).update(endorsed_at=timezone.now())
    factories.comment(step)
    assert "Recommended by an educator" in client.get(ADDRESS).text
