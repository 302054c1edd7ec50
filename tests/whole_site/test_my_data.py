"""Taking one's data along, and having it erased: compared against a person who used every feature."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from courses import arranging
from courses.models import (
    Certificate,
    Completion,
    CourseRole,
    JournalEntry,
    QuizAnswer,
    QuizQuestion,
    ReflectionQuestion,
    Step,
    StepBookmark,
)
from discussions.models import (
    Alias,
    Appeal,
    Bookmark,
    Case,
    Comment,
    Decision,
    Digest,
    Discussion,
    Follow,
    Like,
    Mute,
    Notification,
    Preferences,
    ReadMark,
    Report,
    Sanction,
)
from harmreduction import my_data, privacy
from tests import factories

pytestmark = pytest.mark.django_db
HANDLE = "Quokka of the estuary"
# Tables about people that have nothing to take along, with the reason.
NOTHING_TO_TAKE = {
    "sessions.Session": "a random number that ends with the sign-in",
}


@pytest.fixture
def busy(course, other) -> User:
    """A person who used every feature there is."""
    person = factories.person(HANDLE, email="quokka@example.org")
    step = Step.objects.get(slug="one-a")
    Completion.objects.create(learner=person, step=step)
    question = QuizQuestion.objects.create(step=step, uid="q", question="Which?", options=[])
    QuizAnswer.objects.create(learner=person, question=question, answer=[0], mark="abcd")
    StepBookmark.objects.create(person=person, step=step)
    Certificate.objects.create(person=person, course=course, snapshot={"course": "Course harbour"})
    CourseRole.objects.create(person=person, course=course, role="moderator")
    asked = ReflectionQuestion.objects.create(step=step, uid="why", text="Why?")
    JournalEntry.objects.create(person=person, question=asked, asked="Why?", text="Because I can.")
    arranging.move(row=step, direction="down", by=person)
    mine = factories.comment(step, person, "What I think about it.")
    theirs = factories.comment(step, other, f"I agree, @{HANDLE}, and more.", parent=mine)
    alias = Alias.objects.create(step=step, person=person, name="Quiet lamp", picture=7)
    hidden = factories.comment(step, other, "To be made mine under an alias.")
    Comment.objects.filter(pk=hidden.pk).update(author=None, alias=alias)
    Like.objects.create(person=person, comment=theirs)
    Comment.objects.filter(pk=theirs.pk).update(like_count=1)
    Bookmark.objects.create(person=person, comment=theirs)
    Follow.objects.create(person=person, root=mine)
    Mute.objects.create(person=person, muted_person=other)
    Mute.objects.create(person=other, muted_person=person)
    ReadMark.objects.create(person=person, step=step, up_to=theirs.pk)
    Preferences.objects.create(person=person)
    Notification.objects.create(person=person, kind=Notification.Kind.REPLY, comment=theirs)
    Notification.objects.create(person=other, kind=Notification.Kind.REPLY, comment=mine)
    Digest.objects.create(person=person, period="2026-11-27")
    case = Case.objects.create(comment=theirs)
    Report.objects.create(case=case, reporter=person, reason="other")
    decision = Decision.objects.create(act="mute", days=1, about_person=person, comment=mine)
    Decision.objects.create(act="warn", about_alias=alias, comment=hidden)
    Decision.objects.create(act="dismiss", moderator=person, comment=theirs)
    Sanction.objects.create(person=person, decision=decision, until=timezone.now())
    Appeal.objects.create(decision=decision, person=person, text="Please look again.")
    account = ContentType.objects.get_for_model(User)
    EmailAddress.objects.create(user=person, email="quokka@example.org", verified=True)
    LogEntry.objects.create(user=person, action_flag=CHANGE, object_repr="a step", change_message="Changed.")
    LogEntry.objects.create(
        user=other, content_type=account, object_id=str(person.pk), action_flag=CHANGE, object_repr=HANDLE
    )
    return person


@pytest.fixture
def as_busy(busy) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": HANDLE, "password": factories.PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    return client


def opened(response: Any) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_archive_has_each_subject_to_read_and_for_programmes_and_explains_them(as_busy):
    response = as_busy.get("/my-data/download/")
    assert response["Content-Type"] == "application/zip" and response["Cache-Control"] == "no-store"
    files = opened(response)
    names = {name.removesuffix(".json") for name in files if name.endswith(".json")}
    assert {"account", "progress", "comments", "likes", "notifications", "reports"} <= names
    for name in names:
        assert f"{name}.md" in files and f"**{name}**" in files["README.md"]
        json.loads(files[f"{name}.json"])
    assert HANDLE in files["account.md"]
    assert "What I think about it." in files["comments.md"] and "Quiet lamp" in files["comments.md"]
    assert "Title of one-a" in files["progress.json"]
    assert "Because I can." in files["journal.md"]


def test_every_choice_about_e_mails_is_told(as_busy, busy):
    Preferences.objects.filter(person=busy).update(course_mail=True)
    files = opened(as_busy.get("/my-data/download/"))
    told = next(row for row in json.loads(files["notifications.json"]) if "by e-mail" in row)
    assert told["how my courses are going, by e-mail"] is True
    assert "- how my courses are going, by e-mail: yes" in files["notifications.md"]


def test_other_peoples_words_are_not_taken_along(as_busy):
    assert not [name for name, text in opened(as_busy.get("/my-data/download/")).items() if "I agree" in text]


def test_every_table_about_people_is_told_in_the_archive(busy):
    told = {label: part for part in privacy.export(busy) for label in part.models}
    about = {model._meta.label for model in privacy.models_about_people() if not model._meta.auto_created}
    assert about - set(told) == set(NOTHING_TO_TAKE) & about
    of_libraries = {label for label, *_ in privacy.OF_LIBRARIES}
    unused = {label for label, part in told.items() if not part.rows}
    assert unused <= of_libraries, "the person of this test has not used every feature"


def traces(pk: int) -> list[str]:
    """Every column of every table that points at the person or has their name or address in it."""
    found = []
    person = get_user_model()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if field.related_model is person and model._default_manager.filter(**{field.attname: pk}).exists():
                found.append(f"{model._meta.label}.{field.name}")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT * FROM {quoted}")  # noqa: S608 - a name from the database itself
            for row in cursor.fetchall():
                found += [table for value in row for name in (HANDLE, "quokka@") if name in str(value)]
    return found


@pytest.mark.parametrize(("words", "left"), [("go", ""), ("stay", "What I think about it.")])
def test_deleting_leaves_no_trace_and_the_words_as_chosen(as_busy, busy, other, words, left):
    assert traces(busy.pk)
    mine, theirs = Comment.objects.get(author=busy), Comment.objects.get(author=other)
    version = Discussion.objects.get().version
    response = as_busy.post("/my-data/delete/", {"words": words, "sure": "on"}, follow=True)
    assert response.status_code == 200 and "Your account is deleted" in response.text
    assert traces(busy.pk) == []
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.author is None and mine.body == left and bool(mine.withdrawn_at) == (words == "go")
    assert theirs.author == other and theirs.body == "I agree, @someone, and more." and theirs.like_count == 0
    discussion = Discussion.objects.get()
    assert discussion.version > version
    assert discussion.comment_count == (1 if words == "go" else 3)
    page = Client().get("/courses/harbour/steps/one-a/").text
    assert HANDLE not in page and "Quiet lamp" not in page and ("What I think" in page) == bool(left)
    # The log of moderators keeps that something was decided, not about whom.
    assert Decision.objects.count() == 3
    assert not Decision.objects.exclude(about_person=None, about_alias=None).exists()


@pytest.mark.parametrize(
    ("handle", "called"), [("олень", "@ОЛЕНЬ"), ("Ёлка у моря", "@ёлка у моря"), ("reed", "@REED")]
)
def test_a_name_that_was_called_goes_in_any_capitals_of_any_alphabet(course, other, handle, called):
    person = factories.person(handle)
    words = factories.comment(Step.objects.get(slug="one-a"), other, f"Thank you {called}, that helps.")
    my_data.erase(person=person, keep_words=True)
    words.refresh_from_db()
    assert words.body == "Thank you @someone, that helps." and "@someone" in words.body_html


def test_nobody_keeps_an_account_here_by_calling_its_name_often(course, other):
    """“@ab” becomes the longer “@someone”, and six hundred of them are more than is rendered as a comment."""
    person = factories.person("ab")
    called = factories.comment(Step.objects.get(slug="one-a"), other, "@ab" * 660)
    client = Client()
    client.post("/accounts/login/", {"login": "ab", "password": factories.PASSWORD})
    assert client.post("/my-data/delete/", {"words": "go", "sure": "on"}).status_code == 302
    called.refresh_from_db()
    assert not User.objects.filter(pk=person.pk).exists()
    assert "@ab" not in called.body + called.body_html and "@someone" in called.body_html


def test_nothing_is_deleted_until_the_person_says_so(as_busy, busy):
    page = as_busy.get("/my-data/delete/")
    assert page.status_code == 200 and "What goes, at once and for good" in page.text
    refused = as_busy.post("/my-data/delete/", {"words": "go"})
    assert refused.status_code == 422 and "Tick the box" in refused.text
    forged = as_busy.post("/my-data/delete/", {"words": "sell", "sure": "on"})
    assert forged.status_code == 422
    assert User.objects.filter(pk=busy.pk).exists()


def test_deleting_asks_once_more_who_one_is(busy):
    client = Client()
    client.force_login(busy)
    response = client.post("/my-data/delete/", {"words": "go", "sure": "on"})
    assert response.status_code == 302 and "reauthenticate" in response["Location"]
    assert User.objects.filter(pk=busy.pk).exists()


def test_all_sign_ins_end_with_the_account(as_busy, busy):
    elsewhere = Client()
    elsewhere.force_login(busy)
    as_busy.post("/my-data/delete/", {"words": "go", "sure": "on"})
    assert elsewhere.get("/my-data/").status_code == 302
    assert as_busy.get("/my-data/").status_code == 302


def test_the_second_of_two_deletions_finds_nothing_left_to_do(busy):
    same = User.objects.get(pk=busy.pk)
    assert my_data.erase(person=busy, keep_words=False) is True
    assert my_data.erase(person=same, keep_words=True) is False


def test_who_has_just_logged_in_takes_everything_along_at_once(busy):
    client = Client()
    client.post("/accounts/login/", {"login": HANDLE, "password": factories.PASSWORD})
    with time_machine.travel(timezone.now() + timedelta(minutes=14)):
        assert HANDLE in opened(client.get("/my-data/download/"))["account.md"]


def test_who_finds_a_session_open_takes_nothing_along_and_the_way_leads_back(busy):
    client = Client()
    client.post("/accounts/login/", {"login": HANDLE, "password": factories.PASSWORD})
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert "we ask for your password or passkey first" in client.get("/my-data/").text
        asked = client.get("/my-data/download/")
        assert asked["Location"] == "/accounts/reauthenticate/?next=%2Fmy-data%2F%3Ftake" and asked.content == b""
        assert not client.post(asked["Location"], {"password": "plum"}).has_header("Location")
        assert client.get("/my-data/download/")["Location"] == asked["Location"]
        shown = client.post(asked["Location"], {"password": factories.PASSWORD}, follow=True)
        assert shown.redirect_chain[-1][0] == "/my-data/?take" and "Your download begins by itself" in shown.text
        begins = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', shown.text)
        assert begins and HANDLE in opened(client.get(begins[1]))["account.md"]


def test_who_has_a_passkey_alone_is_asked_for_it(busy):
    busy.set_unusable_password()
    busy.save()
    Authenticator.objects.create(user=busy, type="webauthn", data={"name": "phone", "credential": {}})
    client = Client()
    client.force_login(busy)
    asked = client.get("/my-data/download/")
    assert asked["Location"] == "/accounts/2fa/passkeys/again/?next=%2Fmy-data%2F%3Ftake"


def test_who_comes_by_an_institution_alone_has_nothing_to_show_and_is_not_sent_round(busy):
    busy.set_unusable_password()
    busy.save()
    client = Client()
    client.force_login(busy)
    assert HANDLE in opened(client.get("/my-data/download/"))["account.md"]


def test_a_person_is_shown_only_their_own_data(as_learner, busy):
    factories.show_it_is_them(as_learner)
    files = opened(as_learner.get("/my-data/download/"))
    assert not [name for name, text in files.items() if HANDLE in text or "What I think" in text]


def test_the_audit_names_every_field_with_its_reason(capsys, busy):
    call_command("privacy_audit")
    said = capsys.readouterr().out
    assert "discussions.Comment (" in said and "author: Who wrote a comment. Kept:" in said


def test_the_audit_fails_on_a_field_without_a_reason(monkeypatch):
    from django.core.management.base import CommandError

    monkeypatch.delitem(privacy.KEPT, "discussions.Comment.author")
    with pytest.raises(CommandError, match=r"discussions\.Comment\.author"):
        call_command("privacy_audit")
