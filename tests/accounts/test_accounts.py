"""Joining under any name, signing in and out, and the first educator's one-time link."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import Invitation, User
from tests.factories import PASSWORD, code_of, person

pytestmark = pytest.mark.django_db


def join(client: Client, handle: str, password: str = PASSWORD, **more: str):
    return client.post("/accounts/signup/", {"username": handle, "password1": password, **more})


def test_a_handle_and_a_password_are_enough(client):
    response = join(client, "salt and thyme", next="/privacy/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/recovery-codes/?next=%2Fprivacy%2F")
    assert client.post(response["Location"], {"kept": "1"})["Location"] == "/privacy/"
    user = User.objects.get()
    assert (user.handle, user.email, user.is_staff) == ("salt and thyme", "", False)
    assert "salt and thyme" in client.get("/").text


@pytest.mark.parametrize("handle", ["Île", "Dr. Okapi", "Amparo-3", "Хельга", "水鳥", "نور", "O'Neil", "two"])
def test_names_in_any_script_may_be_used(client, handle):
    assert join(client, handle).status_code == 302
    assert User.objects.get().handle == handle


@pytest.mark.parametrize(
    ("handle", "reason"),
    [
        ("", "required"),
        ("x", "2 to 30 characters"),
        ("y" * 31, "30 characters"),
        ("admin", "could be taken for a role"),
        ("Admin Anna", "could be taken for a role"),
        ("M0der4tor", "could be taken for a role"),
        ("adm1n", "could be taken for a role"),
        ("аdmіn", "different alphabets"),
        ("Модератор", "could be taken for a role"),
        ("a.d.m.i.n", "could be taken for a role"),
        ("Pаul", "different alphabets"),
        ("Σally", "different alphabets"),
        ("a\u034fb", "U+034F"),
        ("ab\u3164", "U+1160"),
        ("Z\u0300\u0301\u0302\u0303\u0304\u0305o", "too many marks"),
        ("Moderator", "could be taken for a role"),
        ("a\u200bb", "U+200B"),
        ("a<b>", "not: &lt; &gt;"),
        ("...", "at least one letter"),
        ("me@example.org", "not: @"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused_with_the_reason(client, handle, reason):
    response = join(client, handle)
    assert response.status_code == 200 and reason in response.text
    assert not User.objects.exists()


@pytest.mark.parametrize("handle", ["Heron", "HERON", "  heron ", "Ｈｅｒｏｎ"])
def test_a_taken_name_is_taken_in_any_spelling(client, learner, handle):
    assert "This name is taken" in join(client, handle).text
    assert User.objects.count() == 1


@pytest.mark.parametrize("handle", ["Неrоn", "H.e.r.o.n", "he ron", "Her0n", "ＨＥＲ０Ｎ"])
def test_a_name_that_looks_like_a_taken_one_is_refused(client, learner, handle):
    answer = join(client, handle).text
    assert "looks the same" in answer or "different alphabets" in answer
    assert User.objects.count() == 1


def test_two_names_from_before_that_look_alike_both_stay(client, learner):
    older = person("anything")
    # As migration 0004 does it.
    User.objects.filter(pk=older.pk).update(handle="H.e.r.o.n", skeleton=f"heron#{older.pk}")
    older.refresh_from_db()
    older.scheme = "dark"
    older.save()
    assert client.post("/accounts/login/", {"login": "H.e.r.o.n", "password": PASSWORD}).status_code == 302
    assert User.objects.get(pk=older.pk).skeleton == f"heron#{older.pk}"


def test_a_name_in_another_alphabet_that_looks_like_a_taken_one_is_refused(client):
    person("cope")
    assert "looks the same" in join(client, "соре").text  # Cyrillic throughout


@pytest.mark.parametrize("handle", ["Ёлка", "さくら花", "한국 Anna", "Zoë", "محمد", "ณัฐ", "Nguyễn Thị"])
def test_names_as_they_are_written_in_the_world_may_be_used(client, handle):
    assert join(client, handle).status_code == 302


def test_two_who_take_the_same_name_in_the_same_moment_get_one_account_and_one_reason(client, monkeypatch):
    monkeypatch.setattr("harmreduction.sign_up.free_handle", lambda words: words)
    person("Heron")
    response = join(client, "heron")
    assert response.status_code == 200 and "This name is taken" in response.text
    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["", "short", "12345678901", "password", "Heron"])
def test_a_weak_password_is_refused_beside_its_field(client, password):
    response = join(client, "Heron", password)
    assert response.status_code == 200 and "id_password1_error" in response.text
    assert not User.objects.exists()


def test_a_password_of_a_megabyte_has_a_clear_answer_everywhere(client, learner):
    long = "x" * 1_000_000
    assert "up to 1000 characters" in join(client, "Tern", long).text
    assert "up to 1000 characters" in client.post("/accounts/login/", {"login": "Heron", "password": long}).text
    assert "at most 1000" in client.post("/accounts/recover/", {"handle": "x", "code": "y", "password": long}).text
    assert "characters" in join(client, "y" * 1_000_000).text


def test_a_robot_that_fills_the_trap_gets_no_account(client):
    join(client, "buyer", website="https://spam.example")
    assert not User.objects.exists()


def test_signing_in_out_and_changing_the_password(client, learner):
    assert client.post("/accounts/login/", {"login": "HERON", "password": PASSWORD}).status_code == 302
    assert "Heron" in client.get("/").text
    new = "four other quiet words"
    changed = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert changed.status_code == 302
    client.post("/accounts/logout/")
    assert "Heron" not in client.get("/").text
    assert client.post("/accounts/login/", {"login": "Heron", "password": PASSWORD}).status_code == 200
    assert client.post("/accounts/login/", {"login": "Heron", "password": new}).status_code == 302


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, learner):
    answers = []
    for login in ("Heron", "Nobody at all"):
        page = client.post("/accounts/login/", {"login": login, "password": "wrong words here"}).text
        answers.append(page.split('role="alert"')[1].split("</div>")[0])
    assert answers[0] == answers[1]


def test_who_has_just_joined_is_not_asked_who_they_are(client):
    join(client, "Tern")
    assert client.get("/accounts/email/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert "reauthenticate" in client.get("/accounts/email/")["Location"]


def test_a_get_does_not_sign_out(as_learner):
    as_learner.get("/accounts/logout/")
    assert "Heron" in as_learner.get("/").text


def test_on_a_shared_computer_the_session_ends_with_the_browser(client, learner):
    client.post("/accounts/login/", {"login": "Heron", "password": PASSWORD, "shared": "on"})
    assert client.cookies["sessionid"]["max-age"] == ""
    other = Client()
    other.post("/accounts/login/", {"login": "Heron", "password": PASSWORD})
    assert other.cookies["sessionid"]["max-age"] > 0


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example"])
def test_signing_in_never_leads_away(client, learner, target):
    response = client.post("/accounts/login/", {"login": "Heron", "password": PASSWORD, "next": target})
    assert response["Location"] == "/"


class TestTheFirstEducator:
    def test_makes_an_account_with_the_link_is_led_to_a_second_lock_and_can_use_the_admin(self, client):
        address = f"/accounts/educator/{Invitation.issue()}/"
        assert client.get(address).status_code == 200
        response = client.post(address, {"handle": "Noor", "password": PASSWORD})
        assert (response.status_code, response["Location"]) == (302, "/accounts/recovery-codes/?next=%2Fadmin%2F")
        assert client.post(response["Location"], {"kept": "1"})["Location"] == "/admin/"
        assert client.get("/admin/")["Location"] == "/accounts/second-lock/?next=%2Fadmin%2F"
        assert "One more lock" in client.get("/accounts/second-lock/?next=/admin/").text
        connect = client.get("/accounts/2fa/app/connect/?next=/admin/")
        secret = connect.context["form"].secret
        done = client.post("/accounts/2fa/app/connect/", {"code": code_of(secret), "next": "/admin/"})
        assert done["Location"] == "/admin/"
        assert client.get("/admin/").status_code == 200
        user = User.objects.get()
        assert user.is_superuser and sorted(user.groups.values_list("name", flat=True)) == ["Educators", "Moderators"]

    def test_finds_the_link_closed_the_second_time(self, client):
        address = f"/accounts/educator/{Invitation.issue()}/"
        client.post(address, {"handle": "Noor", "password": PASSWORD})
        again = Client()
        assert again.get(address).status_code == 404
        assert again.post(address, {"handle": "Second", "password": PASSWORD}).status_code == 404
        assert User.objects.count() == 1

    def test_finds_an_old_or_replaced_or_wrong_link_closed(self, client):
        old, new = Invitation.issue(), Invitation.issue()
        assert client.get(f"/accounts/educator/{old}/").status_code == 404
        assert client.get("/accounts/educator/guess/").status_code == 404
        Invitation.objects.update(created_at=timezone.now() - timedelta(days=8))
        assert client.get(f"/accounts/educator/{new}/").status_code == 404

    @pytest.mark.parametrize(
        ("handle", "password", "reason"),
        [("Heron", PASSWORD, "This name is taken"), ("Noor", "short", "too short"), ("admin", PASSWORD, "role")],
    )
    def test_is_told_what_to_change_and_keeps_the_link(self, client, learner, handle, password, reason):
        address = f"/accounts/educator/{Invitation.issue()}/"
        response = client.post(address, {"handle": handle, "password": password})
        assert response.status_code == 422 and reason in response.text
        assert client.get(address).status_code == 200
        assert not User.objects.filter(is_staff=True).exists()

    def test_leaves_no_token_in_the_database(self):
        token = Invitation.issue()
        assert token not in str(list(Invitation.objects.values()))


def test_wrong_passwords_are_limited_also_for_the_admin(client, settings):
    person("Heron")
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "5/300s/key"}
    for _ in range(6):
        client.post("/accounts/login/", {"login": "Heron", "password": "wrong words here"})
    response = client.post("/accounts/login/", {"login": "Heron", "password": PASSWORD})
    assert response.status_code == 200 and "Too many" in response.text
    assert client.get("/admin/login/").status_code == 302


@pytest.mark.parametrize("typed", ["Andre\u0301  Reed", " ANDR\u00c9 REED", "Andr\u00e9 \uff32eed"])
def test_a_name_signs_in_however_the_keyboard_writes_it(client, typed):
    """Some keyboards send a letter and its accent as two signs, or a space too many."""
    person("Andr\u00e9 Reed")
    assert client.post("/accounts/login/", {"login": typed, "password": PASSWORD}).status_code == 302
