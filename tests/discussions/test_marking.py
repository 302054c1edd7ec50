"""Liking, bookmarking, following, muting, "I have read this": what a press does, what is refused, and that nobody else learns of it."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import Step
from discussions.models import Alias, Bookmark, Comment, Discussion, Follow, Like, Mute, ReadMark
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/courses/harbour/steps/one-a/"
ROWS = {"like": Like, "bookmark": Bookmark, "follow": Follow}


@pytest.fixture
def step(course) -> Step:
    return Step.objects.get(slug="one-a")


@pytest.fixture
def as_other(other) -> Client:
    client = Client()
    client.force_login(other)
    return client


def press(client: Client, comment: Comment, kind: str, on: object = "1", **headers: str):
    return client.post(f"{ADDRESS}comments/{comment.pk}/{kind}/", {"on": on}, headers=headers)


def under_alias(step: Step, person, name: str = "Quiet lantern", **fields) -> Comment:
    alias, _made = Alias.objects.get_or_create(step=step, person=person, defaults={"name": name, "picture": 7})
    comment = factories.comment(step, person, **fields)
    Comment.objects.filter(pk=comment.pk).update(author=None, alias=alias)
    comment.refresh_from_db()
    return comment


@pytest.mark.parametrize("kind", ROWS)
def test_a_mark_is_set_once_however_often_it_is_pressed_and_taken_back(as_learner, learner, other, step, kind):
    comment = factories.comment(step, other)
    for _ in range(2):
        response = press(as_learner, comment, kind)
        assert response.status_code == 302 and response["Location"] == f"{ADDRESS}#c-{comment.pk}"
    assert ROWS[kind].objects.filter(person=learner).count() == 1
    assert (
        f'{kind}/" name="on" data-swap="acts-{comment.pk}" value="0" aria-pressed="true"'
        in as_learner.get(ADDRESS).text
    )
    for _ in range(2):
        press(as_learner, comment, kind, "0")
    assert not ROWS[kind].objects.exists()
    assert (
        f'{kind}/" name="on" data-swap="acts-{comment.pk}" value="1" aria-pressed="false"'
        in as_learner.get(ADDRESS).text
    )


def test_the_count_of_likes_follows_the_likes_and_shows_at_once_to_everybody(
    as_learner, as_educator, client, other, step
):
    comment = factories.comment(step, other)
    client.get(ADDRESS)
    version = Discussion.objects.get().version
    press(as_learner, comment, "like")
    press(as_learner, comment, "like")
    press(as_educator, comment, "like")
    comment.refresh_from_db()
    assert comment.like_count == 2 and Discussion.objects.get().version == version + 2
    assert re.search(r'class="num">2</span><span class="sr"> people like this', client.get(ADDRESS).text)
    press(as_educator, comment, "like", "0")
    comment.refresh_from_db()
    assert comment.like_count == 1
    assert re.search(r'class="num">1</span><span class="sr"> person likes this', client.get(ADDRESS).text)


def test_nobody_learns_who_likes_bookmarks_or_follows(as_learner, as_educator, as_other, client, other, step):
    comment = factories.comment(step, other, "Look here.")
    for kind in ROWS:
        press(as_learner, comment, kind)
    for reader in (as_educator, as_other, client):
        for address in (ADDRESS, f"{ADDRESS}comments/{comment.pk}/reply/"):
            assert "Heron" not in reader.get(address).text
    assert 'value="0" aria-pressed="true"' not in as_educator.get(ADDRESS).text


@pytest.mark.parametrize("alias", [False, True], ids=["under the handle", "under an alias"])
def test_nobody_likes_or_mutes_their_own_words(as_learner, learner, step, alias):
    comment = under_alias(step, learner) if alias else factories.comment(step, learner)
    page = as_learner.get(ADDRESS).text
    assert f"{comment.pk}/like/" not in page and f"{comment.pk}/mute/" not in page
    for kind in ("like", "mute"):
        response = as_learner.post(f"{ADDRESS}comments/{comment.pk}/{kind}/", {"on": "1"}, follow=True)
        assert "These are your own words" in response.text
    comment.refresh_from_db()
    assert comment.like_count == 0 and not Like.objects.exists() and not Mute.objects.exists()


def test_others_may_like_what_stands_under_an_alias(as_learner, other, step):
    comment = under_alias(step, other)
    assert f"{comment.pk}/like/" in as_learner.get(ADDRESS).text
    press(as_learner, comment, "like")
    comment.refresh_from_db()
    assert comment.like_count == 1


@pytest.mark.parametrize("kind", ["like", "bookmark"])
def test_a_withdrawn_comment_takes_no_new_mark_and_says_why(as_learner, other, step, kind):
    comment = factories.comment(step, other)
    Comment.objects.filter(pk=comment.pk).update(withdrawn_at=timezone.now())
    response = as_learner.post(f"{ADDRESS}comments/{comment.pk}/{kind}/", {"on": "1"}, follow=True)
    assert "The author withdrew this comment" in response.text and not ROWS[kind].objects.exists()


@pytest.mark.parametrize("kind", [*ROWS, "mute"])
def test_what_is_hidden_is_not_there_and_a_mark_can_still_be_taken_back(as_learner, as_educator, other, step, kind):
    comment = factories.comment(step, other)
    press(as_learner, comment, kind)
    Comment.objects.filter(pk=comment.pk).update(hidden_at=timezone.now())
    assert press(as_educator, comment, kind).status_code == 404
    assert press(as_educator, comment, kind, "0").status_code == 404
    if kind in ROWS:
        assert press(as_learner, comment, kind, "0")["Location"] == f"{ADDRESS}#discussion"
        assert not ROWS[kind].objects.exists()


def test_forged_numbers_and_states_change_nothing(as_learner, other, step):
    elsewhere = factories.comment(Step.objects.get(slug="two-a"), other)
    here = factories.comment(step, other)
    assert press(as_learner, elsewhere, "like").status_code == 404
    assert as_learner.post(f"{ADDRESS}comments/999999/like/", {"on": "1"}).status_code == 404
    assert as_learner.post(f"{ADDRESS}comments/{10**30}/like/", {"on": "1"}).status_code == 404
    for on in ("", "2", "yes", "1\x00"):
        assert press(as_learner, here, "like", on).status_code == 400
    assert not Like.objects.exists()


def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_the_comment(client, other, step):
    comment = factories.comment(step, other)
    response = press(client, comment, "like")
    assert response.status_code == 302 and f"%23c-{comment.pk}" in response["Location"]
    assert "/like/" not in client.get(ADDRESS).text and not Like.objects.exists()


def test_a_script_gets_the_buttons_alone_with_what_happened(as_learner, learner, other, step):
    comment, own = factories.comment(step, other), factories.comment(step, learner)
    response = press(as_learner, comment, "like", **{"X-Fragment": f"acts-{comment.pk}"})
    assert response.status_code == 200 and response["X-Fragment"] == "1"
    assert (
        f'id="acts-{comment.pk}" data-said="You like this."' in response.text and 'aria-pressed="true"' in response.text
    )
    assert "<html" not in response.text
    refused = press(as_learner, own, "like", **{"X-Fragment": f"acts-{own.pk}"})
    assert refused.status_code == 422 and refused.text.count("These are your own words") == 2


def test_following_a_reply_follows_its_conversation(as_learner, learner, other, step):
    root = factories.comment(step, other)
    reply = factories.comment(step, other, parent=root)
    press(as_learner, reply, "follow")
    assert Follow.objects.get().root == root


def test_what_a_muted_person_wrote_folds_for_this_reader_alone(as_learner, as_educator, client, other, step):
    comment = factories.comment(step, other, "Words to fold.")
    assert press(as_learner, comment, "mute")["Location"] == f"{ADDRESS}#c-{comment.pk}"
    fold = "A comment by someone you muted. Show it"
    page = as_learner.get(ADDRESS).text
    assert fold in page and "Words to fold." in page and f"Show {other.handle} again" in page
    for reader in (as_educator, client):
        assert fold not in reader.get(ADDRESS).text
    press(as_learner, comment, "mute", "0")
    assert fold not in as_learner.get(ADDRESS).text


@pytest.mark.parametrize("muted_under", ["handle", "alias"])
def test_a_mute_never_tells_who_stands_behind_an_alias(as_learner, other, step, muted_under):
    named, aliased = factories.comment(step, other, "By name."), under_alias(step, other, body="By alias.")
    muted, shown = (named, aliased) if muted_under == "handle" else (aliased, named)
    press(as_learner, muted, "mute")
    page = as_learner.get(ADDRESS).text
    assert page.count("A comment by someone you muted") == 1
    place = {c.pk: page[page.index(f'id="c-{c.pk}"') :][:1500].split("</li>")[0] for c in (named, aliased)}
    assert "someone you muted" in place[muted.pk] and "someone you muted" not in place[shown.pk]
    settings = as_learner.get("/notifications/settings/").text
    names = {"handle": other.handle, "alias": "Quiet lantern"}
    assert names.pop(muted_under) in settings and next(iter(names.values())) not in settings


def test_whom_one_muted_is_listed_with_a_way_back_that_only_they_have(as_learner, as_educator, learner, other, step):
    press(as_learner, factories.comment(step, other), "mute")
    mute = Mute.objects.get()
    address = f"/notifications/settings/muted/{mute.pk}/"
    assert address in as_learner.get("/notifications/settings/").text
    assert as_educator.post(address).status_code == 404 and Mute.objects.exists()
    as_learner.post(address)
    assert not Mute.objects.exists()


def test_somebody_who_left_cannot_be_muted(as_learner, step):
    comment = factories.comment(step)
    Comment.objects.filter(pk=comment.pk).update(author=None)
    assert f"{comment.pk}/mute/" not in as_learner.get(ADDRESS).text
    page = as_learner.post(f"{ADDRESS}comments/{comment.pk}/mute/", {"on": "1"}, follow=True).text
    assert "there is nobody to mute" in page and not Mute.objects.exists()


def test_only_a_press_says_that_a_discussion_was_read_and_never_further_than_there_is(as_learner, learner, other, step):
    comments = [factories.comment(step, other) for _ in range(3)]
    page = as_learner.get(ADDRESS).text
    assert not ReadMark.objects.exists() and f'name="up_to" value="{comments[-1].pk}"' in page
    as_learner.post(f"{ADDRESS}comments/read/", {"up_to": comments[1].pk})
    assert ReadMark.objects.get().up_to == comments[1].pk
    as_learner.post(f"{ADDRESS}comments/read/", {"up_to": comments[0].pk})
    assert ReadMark.objects.get().up_to == comments[1].pk
    as_learner.post(f"{ADDRESS}comments/read/", {"up_to": 10**15})
    assert ReadMark.objects.get().up_to == comments[-1].pk
    assert "You have read up to here." in as_learner.get(ADDRESS).text
    newer = factories.comment(step, other)
    assert f'name="up_to" value="{newer.pk}"' in as_learner.get(ADDRESS).text
    as_learner.post(f"{ADDRESS}comments/read/", {"up_to": 0})
    assert not ReadMark.objects.exists()
    for nonsense in ("", "-1", "x", "9" * 40):
        assert as_learner.post(f"{ADDRESS}comments/read/", {"up_to": nonsense}).status_code == 400


@pytest.mark.parametrize("kind", [*ROWS, "mute"])
def test_a_mark_costs_the_same_queries_with_many_comments_as_with_few(as_learner, other, step, kind):
    def cost() -> int:
        comment = factories.comment(step, other)
        with CaptureQueriesContext(connection) as captured:
            assert press(as_learner, comment, kind).status_code == 302
        return len(captured)

    few = cost()
    Mute.objects.all().delete()
    Comment.objects.bulk_create(Comment(step=step, author=other, body="x", body_html="<p>x</p>") for _ in range(2000))
    assert cost() == few <= 16


def test_my_own_lists_show_what_i_wrote_and_bookmarked_and_nothing_of_others(
    as_learner, as_other, learner, other, step
):
    factories.comment(step, learner, "Under my handle.")
    under_alias(step, learner, body="Under my alias.")
    theirs = factories.comment(step, other, "Worth keeping.")
    gone = factories.comment(step, other, "Soon hidden.")
    for comment in (theirs, gone):
        press(as_learner, comment, "bookmark")
    Comment.objects.filter(pk=gone.pk).update(hidden_at=timezone.now())
    written = as_learner.get("/courses/harbour/my-comments/").text
    assert "Under my handle." in written and "Under my alias." in written and "Worth keeping." not in written
    kept = as_learner.get("/courses/harbour/my-bookmarks/").text
    assert "Worth keeping." in kept and "Soon hidden." not in kept and "No longer shown." in kept
    assert "Under my alias." not in as_other.get("/courses/harbour/my-comments/").text
    assert "Worth keeping." not in as_other.get("/courses/harbour/my-bookmarks/").text


def test_my_own_lists_go_page_by_page_and_show_everything_once(
    as_learner, learner, step, django_assert_max_num_queries
):
    for i in range(65):
        factories.comment(step, learner, f"Number {i}.")
    seen, address = [], "/courses/harbour/my-comments/"
    while address:
        with django_assert_max_num_queries(4):
            page = as_learner.get(address).text
        seen += [int(n) for n in re.findall(r"“Number (\d+)\.”", page)]
        older = re.search(r'href="(\?before=\d+)" rel="next"', page)
        address = older and "/courses/harbour/my-comments/" + older[1]
    assert seen == list(range(64, -1, -1))
    assert as_learner.get("/courses/harbour/my-comments/?before=nonsense").status_code == 200
