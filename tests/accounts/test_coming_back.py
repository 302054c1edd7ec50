"""Recovery codes: shown once, kept scrambled, good once; and the codes that go to a confirmed e-mail address."""

from __future__ import annotations

import re
from threading import Event

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client

from accounts import recovery
from accounts.models import RecoveryCode, User
from tests.factories import PASSWORD, person, second_lock

pytestmark = pytest.mark.django_db
NEW = "four other quiet words"


def recover(client: Client, handle: str, code: str, password: str = NEW):
    return client.post("/accounts/recover/", {"handle": handle, "code": code, "password": password})


def shown(page: str) -> list[str]:
    return re.findall(r"<code>([0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5})</code>", page)


class TestRecoveryCodes:
    def test_are_shown_when_joining_ends_and_can_be_saved_and_printed(self, client):
        response = client.post("/accounts/signup/", {"username": "Tern", "password1": PASSWORD})
        page = client.get(response["Location"])
        codes = shown(page.text)
        assert len(set(codes)) == 8 and "no-store" in page["Cache-Control"]
        file = client.get("/accounts/recovery-codes/?as=text")
        assert file["Content-Type"].startswith("text/plain") and file.text.split() == codes
        client.post("/accounts/recovery-codes/", {"kept": "1"})
        assert shown(client.get("/accounts/recovery-codes/").text) == []

    def test_stand_nowhere_in_the_database_as_they_are(self, client):
        page = client.post("/accounts/signup/", {"username": "Tern", "password1": PASSWORD}, follow=True)
        (first, *_rest) = shown(page.text)
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a name from the database
                assert first not in str(cursor.fetchall()) and first.replace("-", "") not in str(cursor.fetchall())
        assert RecoveryCode.objects.count() == 8

    def test_set_a_new_password_once(self, client, learner):
        code, *_others = recovery.make_codes(user=learner)
        response = recover(client, "heron", f" {code.lower().replace('-', ' ')} ")
        assert response.status_code == 302 and response["Location"] == "/accounts/login/"
        assert "7 recovery codes are left" in client.get("/accounts/login/").text
        assert client.post("/accounts/login/", {"login": "Heron", "password": PASSWORD}).status_code == 200
        assert client.post("/accounts/login/", {"login": "Heron", "password": NEW}).status_code == 302
        again = recover(Client(), "Heron", code, "other words than before")
        assert again.status_code == 422 and "used already" in again.text
        learner.refresh_from_db()
        assert learner.check_password(NEW)

    def test_sign_every_other_browser_out(self, as_learner, learner):
        code, *_others = recovery.make_codes(user=learner)
        recover(Client(), "Heron", code)
        assert as_learner.get("/accounts/settings/").status_code == 302

    @pytest.mark.parametrize(("handle", "code"), [("Heron", "22222-22222-22222"), ("Nobody", "22222-22222-22222")])
    def test_tell_nobody_who_has_an_account(self, client, learner, handle, code):
        recovery.make_codes(user=learner)
        response = recover(client, handle, code)
        alert = response.text.split('role="alert"')[1].split("</div>")[0]
        assert response.status_code == 422 and "do not fit together" in alert and handle not in alert

    def test_of_one_person_do_not_open_the_account_of_another(self, client, learner, other):
        code, *_others = recovery.make_codes(user=other)
        assert recover(client, "Heron", code).status_code == 422

    def test_are_not_used_up_by_a_password_that_is_refused(self, client, learner):
        code, *_others = recovery.make_codes(user=learner)
        assert "too short" in recover(client, "Heron", code, "short").text
        assert recover(client, "Heron", code).status_code == 302

    def test_can_be_tried_only_so_often(self, client, learner, settings):
        settings.ACCOUNT_RATE_LIMITS = {"recovery_code": "3/300s/key"}
        code, *_others = recovery.make_codes(user=learner)
        for handle in ("Heron", "Nobody"):
            for _try in range(3):
                recover(client, handle, "22222-22222-22222")
        assert "Too many tries" in recover(client, "Heron", code).text
        assert "Too many tries" in recover(client, "Nobody", code).text

    @pytest.mark.parametrize(
        ("kept", "typed"),
        [("Kim Ivy", "KIM IVY"), ("KIM IVY", "kim ivy"), ("Иван", "ИВАН"), ("ИВАН", "иван"), ("Éloise", "éLOISE")],
    )
    def test_find_the_name_in_any_capitals_of_any_alphabet(self, client, kept, typed):
        code, *_others = recovery.make_codes(user=person(kept))
        assert recover(client, typed, code).status_code == 302
        assert client.post("/accounts/login/", {"login": typed, "password": NEW}).status_code == 302

    def test_are_counted_by_the_name_however_it_is_spelt(self, client, learner, settings):
        settings.ACCOUNT_RATE_LIMITS = {"recovery_code": "3/300s/key"}
        code, *_others = recovery.make_codes(user=learner)
        for handle in ("Heron", "heron ", "\uff28eron"):  # the last one in a wide letter, which NFKC makes an H
            assert "do not fit together" in recover(client, handle, "22222-22222-22222").text
        assert "Too many tries" in recover(client, "H\uff45ron", code).text

    @pytest.mark.parametrize(("known", "status"), [(True, 302), (False, 422)])
    def test_outlast_the_sites_secret_where_the_old_one_is_still_told(self, client, learner, settings, known, status):
        code, *_others = recovery.make_codes(user=learner)
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if known else []
        settings.SECRET_KEY = "another secret of the same site, and as long as it has to be"
        assert recover(client, "Heron", code).status_code == status

    def test_new_ones_take_the_place_of_old_ones_and_ask_who_one_is(self, client, as_learner, learner):
        old, *_others = recovery.make_codes(user=learner)
        assert "reauthenticate" in as_learner.post("/accounts/recovery-codes/")["Location"]
        as_learner.post("/accounts/reauthenticate/", {"password": PASSWORD})
        page = as_learner.post("/accounts/recovery-codes/", follow=True)
        assert len(shown(page.text)) == 8 and RecoveryCode.objects.count() == 8
        assert recover(client, "Heron", old).status_code == 422

    def test_open_the_second_lock_once(self, client, learner):
        second_lock(learner)
        code, *_others = recovery.make_codes(user=learner)
        for expected in (302, 200):
            fresh = Client()
            first = fresh.post("/accounts/login/", {"login": "Heron", "password": PASSWORD})
            assert first["Location"] == "/accounts/2fa/authenticate/"
            assert fresh.post(first["Location"], {"code": code}).status_code == expected
        assert fresh.get("/accounts/settings/").status_code == 302

    def test_of_a_closed_account_open_nothing(self, client):
        closed = person("Gone", is_active=False)
        code, *_others = recovery.make_codes(user=closed)
        assert recover(client, "Gone", code).status_code == 422


def code_in(message: str) -> str:
    return re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", message).group()  # type: ignore[union-attr]


class TestAnEmailAddress:
    def give(self, client: Client, address: str = "tern@example.org") -> str:
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        client.post("/accounts/email/", {"email": address, "action_add": "1"})
        return code_in(mail.outbox[-1].body)

    def test_is_kept_only_when_its_code_came_back(self, client):
        data = {"username": "Tern", "password1": PASSWORD, "email": "Tern@example.org", "next": "/privacy/"}
        response = client.post("/accounts/signup/", data)
        assert User.objects.get().email == "" and not EmailAddress.objects.exists()
        onwards = client.post(response["Location"], {"kept": "1"})["Location"]
        assert onwards.startswith("/accounts/confirm-email/")
        page = client.get(onwards).text
        assert "tern@example.org" in page
        wrong = client.post(onwards, {"code": "AAAA-AAAA"})
        assert wrong.status_code == 200 and "does not fit" in wrong.text and not EmailAddress.objects.exists()
        assert client.post(onwards, {"code": code_in(mail.outbox[0].body)})["Location"] == "/privacy/"
        assert EmailAddress.objects.get().verified and User.objects.get().email == "tern@example.org"

    def test_is_written_to_without_naming_the_course_address_or_browser(self, client, settings):
        data = {"username": "Tern", "password1": PASSWORD, "email": "tern@example.org"}
        client.post(
            "/accounts/signup/", data, headers={"user-agent": "Mozilla/5.0 Firefox/150"}, REMOTE_ADDR="203.0.113.7"
        )
        (message,) = mail.outbox
        said = message.subject + message.body
        for word in ("drug", "harm", settings.SITE_NAME.lower(), "firefox", "203.0.113", "tern "):
            assert word not in said.lower()

    def test_signs_in_by_code(self, client, as_learner):
        as_learner.post("/accounts/confirm-email/", {"code": self.give(as_learner)})
        client.post("/accounts/login/code/", {"email": "tern@example.org"})
        code = code_in(mail.outbox[-1].body)
        assert client.post("/accounts/login/code/confirm/", {"code": "AAAA-AAAA"}).status_code == 200
        assert client.post("/accounts/login/code/confirm/", {"code": code}).status_code == 302
        assert "Heron" in client.get("/").text
        assert Client().post("/accounts/login/code/confirm/", {"code": code})["Location"] == "/accounts/login/code/"

    def test_sets_a_new_password_by_code(self, client, as_learner, learner):
        as_learner.post("/accounts/confirm-email/", {"code": self.give(as_learner)})
        client.post("/accounts/password/reset/", {"email": "tern@example.org"})
        client.post("/accounts/password/reset/confirm/", {"code": code_in(mail.outbox[-1].body)})
        client.post("/accounts/password/reset/complete/", {"password1": NEW, "password2": NEW})
        learner.refresh_from_db()
        assert learner.check_password(NEW)
        assert as_learner.get("/accounts/settings/").status_code == 302

    def test_that_nobody_has_gets_the_same_answer_and_no_mail(self, client, as_learner):
        as_learner.post("/accounts/confirm-email/", {"code": self.give(as_learner)})
        sent = len(mail.outbox)
        for way in ("/accounts/login/code/", "/accounts/password/reset/"):
            pages = []
            for address in ("tern@example.org", "other@example.org"):
                fresh = Client()
                page = fresh.post(way, {"email": address}, follow=True)
                pages.append((page.redirect_chain, re.sub(r'csrf\S+ value="\S+"', "", page.text).replace(address, "")))
            assert pages[0] == pages[1]
        assert len(mail.outbox) == sent + 2

    @pytest.mark.parametrize("way", ["/accounts/login/code/", "/accounts/password/reset/"])
    def test_is_not_told_by_how_long_the_mail_server_takes(self, client, learner, settings, monkeypatch, way):
        EmailAddress.objects.create(user=learner, email="tern@example.org", verified=True, primary=True)
        answered, taken, waited_for = Event(), Event(), []

        def slowly(_server, messages):
            waited_for.append(answered.wait(10))
            taken.set()
            return len(messages)

        monkeypatch.setattr("django.core.mail.backends.smtp.EmailBackend.send_messages", slowly)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        assert client.post(way, {"email": "tern@example.org"}).status_code == 302
        answered.set()
        assert taken.wait(10) and waited_for == [True]

    def test_of_somebody_else_is_told_to_nobody_but_who_reads_its_mail(self, as_learner, other):
        EmailAddress.objects.create(user=other, email="tern@example.org", verified=True, primary=True)
        code = self.give(as_learner)
        answer = as_learner.post("/accounts/confirm-email/", {"code": code})
        assert "belongs to another account" in answer.text
        assert EmailAddress.objects.get().user == other

    def test_runs_out_after_fifteen_minutes_and_after_three_wrong_codes(self, as_learner, settings):
        import time_machine

        with time_machine.travel("2026-11-27 10:00Z", tick=False) as clock:
            code = self.give(as_learner)
            clock.shift(16 * 60)
            as_learner.post("/accounts/confirm-email/", {"code": code})
            assert not EmailAddress.objects.exists()
            code = self.give(as_learner)
            for _try in range(3):
                as_learner.post("/accounts/confirm-email/", {"code": "AAAA-AAAA"})
            as_learner.post("/accounts/confirm-email/", {"code": code})
            assert not EmailAddress.objects.exists()

    def test_can_be_removed(self, as_learner, learner):
        as_learner.post("/accounts/confirm-email/", {"code": self.give(as_learner)})
        as_learner.post("/accounts/email/", {"email": "tern@example.org", "action_remove": "1"})
        learner.refresh_from_db()
        assert learner.email == "" and not EmailAddress.objects.exists()
