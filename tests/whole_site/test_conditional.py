"""A browser that asks again for a page it has: it is told so while the page is the same for this reader, and gets it anew after."""

from __future__ import annotations

import gzip
import re
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from courses.content import writing
from courses.models import Completion, Step
from courses.packing import Kept, gzipped
from courses.pages import shelf
from discussions import marking
from discussions.models import Comment, Discussion
from tests import factories

STEP = "/courses/harbour/steps/one-a/"
PAGES = ["/", STEP, "/support/", "/privacy/"]
PAGES += [f"/courses/harbour/{page}" for page in ("", "outline/", "glossary/", "sources/", "resources/", "progress/")]


def asked_twice(client: Client, address: str, **headers: str) -> tuple[str, int]:
    """(the mark of the page, the status of asking again with it)."""
    client.get(address)  # brings the cookie of the forms
    mark = client.get(address)["ETag"]
    return mark, client.get(address, headers={"if-none-match": mark, **headers}).status_code


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_a_page_that_did_not_change_is_not_sent_again(address, client, as_educator, as_learner, course):
    factories.comment(Step.objects.get(slug="one-a"))
    for reader in (client, as_learner, as_educator):
        mark, status = asked_twice(reader, address)
        assert mark.startswith('W/"') and status == 304
        answer = reader.get(address, headers={"if-none-match": mark, "accept-encoding": "gzip"})
        assert answer.status_code == 304 and not answer.content
        assert "Cookie" in answer["Vary"] and "Accept-Encoding" in answer["Vary"] and answer["ETag"] == mark
        assert answer["Cache-Control"] == "private, no-cache"
        assert reader.get(address, headers={"if-none-match": '"another"'}).status_code == 200


CHANGES = {
    "the step": lambda step, me: (
        Step.objects.filter(pk=step.pk).update(body="Other words."),
        writing.refresh(step.course, rendered=[Step.objects.select_related("course").get(pk=step.pk)]),
    ),
    "another step's name, in the outline beside it": lambda step, me: (
        Step.objects.filter(slug="three-b").update(title="Another name"),
        writing.refresh(step.course, rendered=[]),
    ),
    "a comment": lambda step, me: factories.comment(step, factories.person()),
    "a like of somebody else": lambda step, me: marking.like(
        person=factories.person(), comment=Comment.objects.get(body="Here first."), on=True
    ),
    "my like": lambda step, me: marking.like(person=me, comment=Comment.objects.get(body="Here first."), on=True),
    "my progress": lambda step, me: Completion.objects.create(learner=me, step=Step.objects.get(slug="two-b")),
    "my colours": lambda step, me: User.objects.filter(pk=me.pk).update(scheme="dark"),
    "what is new for me": lambda step, me: User.objects.filter(pk=me.pk).update(unread_notifications=3),
}


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
def test_a_step_is_sent_again_as_soon_as_something_on_it_changed(change, as_learner, learner, course):
    step = Step.objects.select_related("course").get(slug="one-a")
    factories.comment(step, body="Here first.")
    mark, status = asked_twice(as_learner, STEP)
    assert status == 304
    CHANGES[change](step, learner)
    answer = as_learner.get(STEP, headers={"if-none-match": mark})
    assert answer.status_code == 200 and answer["ETag"] != mark


@pytest.mark.django_db
def test_an_anonymous_page_is_sent_again_when_somebody_comments_and_not_when_somebody_reads(client, as_learner, course):
    step = Step.objects.get(slug="one-a")
    mark, status = asked_twice(client, STEP)
    as_learner.get(STEP)
    assert status == client.get(STEP, headers={"if-none-match": mark}).status_code == 304
    factories.comment(step, body="New here.")
    assert "New here." in client.get(STEP, headers={"if-none-match": mark}).text


@pytest.mark.django_db
def test_one_readers_mark_is_no_ones_elses(as_learner, learner, other, client, course):
    """On a shared computer the next person's browser may ask with the mark of the one before."""
    mark, _status = asked_twice(as_learner, STEP)
    somebody = Client()
    somebody.force_login(other)
    for next_one in (client, somebody):
        answer = next_one.get(STEP, headers={"if-none-match": mark})
        assert answer.status_code == 200 and "Heron" not in answer.text


@pytest.mark.django_db
def test_a_page_whose_forms_would_not_be_taken_any_more_is_sent_anew(client, course):
    mark, status = asked_twice(client, STEP)
    del client.cookies["csrftoken"]
    assert status == 304 and client.get(STEP, headers={"if-none-match": mark}).status_code == 200


@pytest.mark.django_db
def test_a_form_that_was_used_is_never_shown_again_from_the_browsers_own_copy(as_learner, learner, course):
    """Even where the page would say the same: its number would make the next words pass for the same ones sent twice."""
    step = Step.objects.get(slug="one-a")
    factories.comment(step)
    mark, _status = asked_twice(as_learner, STEP)
    number = uuid4()
    as_learner.post(f"{STEP}comments/", {"body": "Said and gone.", "under": "handle", "submission": str(number)})
    Comment.objects.filter(body="Said and gone.").delete()
    Discussion.objects.filter(pk=step.pk).update(comment_count=1)
    shelf.clear()
    assert as_learner.get(STEP, headers={"if-none-match": mark}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/accounts/recovery-codes/", "/courses/harbour/journal/", "/courses/harbour/certificate/"]
)
def test_what_no_browser_shall_keep_carries_no_mark(address, as_learner, course):
    answer = as_learner.get(address)
    assert "no-store" in answer["Cache-Control"] and not answer.has_header("ETag")


@pytest.mark.django_db
def test_a_message_is_said_once_whatever_the_browser_has(as_learner, course):
    as_learner.post(
        "/accounts/settings/preferences/", {"language": "en", "time_zone": "", "text_size": "", "scheme": ""}
    )
    first = as_learner.get("/")
    assert 'role="status"' in first.text
    second = as_learner.get("/", headers={"if-none-match": first["ETag"]})
    assert second.status_code == 200 and 'role="status"' not in second.text


@pytest.mark.django_db
def test_a_step_page_sent_compressed_is_the_same_page(client, as_learner, course):
    """The first time, the second (packed well and kept), the third; beside it what a browser without compression gets."""
    step = Step.objects.get(slug="one-a")
    for n in range(30):
        factories.comment(step, factories.person(), body=f"Comment {n}: " + "é — words of some length. " * 20)
    for reader in (client, as_learner):
        plain = _without_numbers(reader.get(STEP).content)
        for _ in range(3):
            answer = reader.get(STEP, headers={"accept-encoding": "gzip"})
            assert answer["Content-Encoding"] == "gzip" and answer["Content-Length"] == str(len(answer.content))
            assert _without_numbers(gzip.decompress(answer.content)) == plain
        assert len(answer.content) < len(plain) / 4


def _without_numbers(page: bytes) -> bytes:
    return re.sub(rb'name="(csrfmiddlewaretoken|submission)" value="[\w-]+"', b"", page)


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=200), st.integers(0, 80))))
def test_pieces_packed_one_by_one_unpack_to_the_whole(pieces):
    made = [Kept(words * times) if kept else words * times for kept, words, times in pieces]
    whole = b"".join(piece.words if isinstance(piece, Kept) else piece for piece in made)
    assert all(gzip.decompress(gzipped(made, whole)) == whole for _ in range(3))


@pytest.mark.django_db
def test_short_words_of_a_choice_are_not_lost(as_learner, course):
    """Words shorter than a mark once were: a folded comment ends with no more than its closing tag."""
    comment = factories.comment(Step.objects.get(slug="one-a"), factories.person())
    as_learner.cookies["reported"] = str(comment.pk)
    page = as_learner.get(STEP).text
    assert page.count("<details") == page.count("</details>")
