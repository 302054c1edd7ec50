"""Writing without one's handle: the same name within one step, another under each other one, and nothing that leads to the person."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import get_language

from accounts.models import User
from courses.models import Course, Step
from discussions import posting
from discussions.aliases import FIRST, SECOND
from discussions.models import Alias, Comment
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/courses/harbour/steps/one-a/"
# A handle, a number and a picture that stand out, so that finding them anywhere means something.
HANDLE, NUMBER, SHUFFLE = "Zaunkönig Qx", 7_654_321, 4_242


@pytest.fixture
def step(course) -> Step:
    return Step.objects.get(slug="one-a")


@pytest.fixture
def writer(db) -> User:
    person = User(pk=NUMBER, handle=HANDLE, avatar_shuffle=SHUFFLE)
    person.set_unusable_password()
    person.save()
    return person


@pytest.fixture
def as_writer(writer) -> Client:
    client = Client()
    client.force_login(writer)
    return client


def send(client: Client, body: str, address: str = ADDRESS, to: int | None = None, **data: object):
    return client.post(f"{address}comments/{f'{to}/reply/' if to else ''}", {"body": body, "under": "alias", **data})


def test_a_comment_without_a_handle_has_no_author_no_role_and_only_the_hour(as_writer, writer, step):
    User.objects.filter(pk=writer.pk).update(is_staff=True, is_superuser=True)
    send(as_writer, "Said quietly.")
    comment = Comment.objects.get()
    assert comment.author is None and comment.alias.person == writer
    assert comment.role == "" and comment.staff_wrote is False
    assert (comment.created_at.minute, comment.created_at.second, comment.created_at.microsecond) == (0, 0, 0)
    page = Client().get(ADDRESS).text
    assert "Said quietly." in page and comment.alias.name in page


@pytest.mark.parametrize(("course_language", "named_in"), [("en", "en"), ("fr", "fr"), ("xx", "en")])
def test_the_name_is_in_the_courses_language_and_not_in_its_writers(
    as_writer, writer, step, settings, monkeypatch, course_language, named_in
):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français")]
    Course.objects.filter(pk=step.course_id).update(language=course_language)
    User.objects.filter(pk=writer.pk).update(language="de")
    monkeypatch.setattr("discussions.aliases._", lambda words: f"{get_language()}-{words}" if "%" in words else words)
    answer = send(as_writer, "Said quietly.")
    assert answer.headers["Content-Language"] == "de"
    assert Alias.objects.get().name.startswith(f"{named_in}-")


def test_the_name_stays_within_a_step_and_is_another_under_another(as_writer, step):
    elsewhere = Step.objects.get(slug="one-b")
    send(as_writer, "One.")
    send(as_writer, "Two.")
    send(as_writer, "Three.", elsewhere.get_absolute_url())
    names = list(Comment.objects.order_by("pk").values_list("alias__name", "alias__picture"))
    assert names[0] == names[1] != names[2]
    assert Alias.objects.count() == 2


def test_names_are_no_handles_and_nobody_elses(step, monkeypatch):
    factories.person("quiet LANTERN")
    one, two = factories.person(), factories.person()
    picks = iter(["Quiet", "lantern", "Quiet", "river", "Quiet", "river", "Calm", "river"])
    monkeypatch.setattr("discussions.aliases.secrets.choice", lambda words: next(picks))
    first = posting.post(author=one, step=step, body="x", without_handle=True)
    second = posting.post(author=two, step=step, body="x", without_handle=True)
    assert (first.name, second.name) == ("Quiet river", "Calm river")


@pytest.mark.parametrize("handle", ["Quiet lantern", "quiet  LANTERN", "Quiet 1antern"])
def test_nobody_can_join_under_a_name_that_passes_for_somebody_s_alias(client, writer, step, handle):
    Alias.objects.create(step=step, person=writer, name="Quiet lantern", picture=1)
    joining = {"password1": factories.PASSWORD}
    refused = client.post("/accounts/signup/", {"username": handle, **joining})
    assert "This name is taken" in refused.text
    client.post("/accounts/signup/", {"username": "Quiet lantern three", **joining})
    assert list(User.objects.exclude(pk=writer.pk).values_list("handle", flat=True)) == ["Quiet lantern three"]


def test_there_are_enough_names():
    assert len(set(FIRST)) * len(set(SECOND)) > 3000


def test_who_wrote_under_both_names_here_is_asked_each_time(as_writer, step):
    send(as_writer, "Quietly.")
    alias = Alias.objects.get()
    page = as_writer.get(ADDRESS).text
    assert alias.name in page and " checked" not in page[page.index('class="as"') : page.index("</fieldset>")]
    response = send(as_writer, "As whom?", under="")
    assert response.status_code == 422 and "Choose under which name" in response.text and "As whom?" in response.text
    assert send(as_writer, "As me.", under="handle").status_code == 302
    assert Comment.objects.get(body="As me.").author.handle == HANDLE


def test_a_choice_survives_an_expired_session(client, step):
    page = send(client, "Long words.").text
    assert 'type="hidden" name="under" value="alias"' in page


def test_one_changes_and_withdraws_what_one_wrote_under_an_alias_and_nobody_else_does(as_writer, as_learner, step):
    send(as_writer, "First words.")
    comment = Comment.objects.get()
    address = f"{ADDRESS}comments/{comment.pk}/"
    assert f"{address}withdraw/" in as_writer.get(ADDRESS).text
    assert f"{address}withdraw/" not in as_learner.get(ADDRESS).text
    assert "First words." in as_writer.get(f"{ADDRESS}?show=mine").text
    for act in ("edit", "withdraw"):
        assert as_learner.get(f"{address}{act}/").status_code == 404
        assert as_learner.post(f"{address}{act}/", {"body": "x", "was": ""}).status_code == 404
    as_writer.post(f"{address}edit/", {"body": "Other words.", "was": posting.mark_of("First words.")})
    comment.refresh_from_db()
    assert comment.body == "Other words."
    assert comment.edited_at is None or comment.edited_at.minute == comment.edited_at.second == 0
    as_writer.post(f"{address}withdraw/")
    comment.refresh_from_db()
    assert comment.body == "" and comment.withdrawn_at.minute == comment.withdrawn_at.second == 0


def test_a_moment_at_an_alias_s_comment_never_tells_more_than_the_hour(step, writer):
    comment = posting.post(author=writer, step=step, body="x", without_handle=True)
    Comment.objects.filter(pk=comment.pk).update(created_at=timezone.now() - timedelta(hours=2))
    changed = posting.edit(author=writer, comment=comment, body="y", was=posting.mark_of("x"))
    assert changed.edited_at.minute == changed.edited_at.second == changed.edited_at.microsecond == 0


def test_one_s_own_name_in_words_without_it_is_asked_about(as_writer, step):
    response = send(as_writer, f"This is {HANDLE} speaking.")
    assert response.status_code == 422 and f"<mark>{HANDLE}</mark>" in response.text
    anyway = re.search(r'name="anyway" value="(\w+)"', response.text)[1]
    assert send(as_writer, f"This is {HANDLE} speaking.", anyway=anyway).status_code == 302


def test_an_alias_can_be_answered_by_its_name(as_writer, as_learner, step):
    send(as_writer, "Said quietly.")
    first = Comment.objects.get()
    send(as_learner, "An answer.", to=first.pk, under="handle")
    send(as_writer, "And back.", to=Comment.objects.get(body="An answer.").pk)
    third = Comment.objects.get(body="And back.")
    send(as_learner, "To the alias.", to=third.pk, under="handle")
    assert f"in reply to {first.alias.name}" in Client().get(ADDRESS).text


def traces(writer: User) -> list[str]:
    """What would lead to the person: the name, the number, the picture under any way of making it."""
    from accounts.avatars import avatar

    picture = str(avatar(writer.pk, writer.avatar_shuffle))
    return [HANDLE, HANDLE.casefold(), str(NUMBER), picture[picture.index("<path") :], "person-", f"p{NUMBER}"]


def test_nothing_that_anybody_else_can_open_leads_from_an_alias_to_the_person(
    as_writer, writer, as_learner, as_educator, as_moderator, step
):
    """Posts under the alias on two steps and answers; then opens everything others can open and looks for the person in it."""
    elsewhere = Step.objects.get(slug="one-b")
    send(as_writer, "Under an alias.")
    send(as_writer, "Under another.", elsewhere.get_absolute_url())
    first, second = Comment.objects.order_by("pk")
    factories.comment(step, body="An answer to it.", parent=first)
    send(as_writer, "An answer back.", to=first.pk)
    reply = Comment.objects.get(body="An answer back.")
    readers = {"visitor": Client(), "learner": as_learner, "educator": as_educator, "moderator": as_moderator}
    addresses = [
        ADDRESS,
        elsewhere.get_absolute_url(),
        f"{ADDRESS}?sort=oldest",
        f"{ADDRESS}?sort=liked",
        f"{ADDRESS}?sort=replied",
    ]
    addresses += [
        f"{ADDRESS}?show={show}" for show in ("educators", "unanswered", "mine", "following", "bookmarked", "unread")
    ]
    for comment in (first, second, reply):
        base = f"{comment.step.get_absolute_url()}comments/{comment.pk}/"
        admin = f"/admin/discussions/comment/{comment.pk}/"
        addresses += [base, *(f"{base}{page}/" for page in ("reply", "replies", "edit", "withdraw"))]
        addresses += [f"{admin}change/", f"{admin}history/"]
    name = first.alias.name.replace(" ", "+")
    addresses += ["/admin/discussions/comment/", f"/admin/discussions/comment/?q={name}", "/", "/privacy/"]
    addresses += ["/notifications/", "/courses/harbour/my-comments/"]
    seen = 0
    for name, client in readers.items():
        for address in addresses:
            for headers in ({}, {"X-Fragment": "x"}):
                response = client.get(address, headers=headers, follow=not headers)
                text = response.text + str(response.headers)
                seen += "Under an alias." in text
                for trace in traces(writer):
                    assert trace not in text, f"{trace!r} at {address} for {name}"
    assert seen > 20  # it was there to be seen
    # Searching by the handle finds nothing that was written without it.
    for client in (as_educator, as_moderator):
        found = client.get("/admin/discussions/comment/?q=Zaunk").text
        assert "Under an alias." not in found and "An answer back." not in found


def test_the_same_search_finds_what_was_written_under_the_handle(as_writer, writer, client, step):
    """That the search above can find something at all."""
    send(as_writer, "Openly.", under="handle")
    page = client.get(ADDRESS).text
    assert HANDLE in page and traces(writer)[3] in page


def test_an_alias_s_picture_is_drawn_from_nothing_of_the_account(as_writer, writer, step):
    send(as_writer, "x")
    first = Alias.objects.get().picture
    Alias.objects.all().delete()
    send(as_writer, "x")
    assert Alias.objects.get().picture != first
