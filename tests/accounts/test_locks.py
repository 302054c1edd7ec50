"""Second locks: asked of who runs the site; passkeys' answers that are none, forged or sent twice."""

from __future__ import annotations

import json

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import signing
from django.test import Client

from accounts.models import User
from tests import factories
from tests.factories import PASSWORD, code_of, second_lock

pytestmark = pytest.mark.django_db
NONSENSE = [
    "",
    "null",
    "[]",
    "{",
    "1",
    '"x"',
    "{}",
    '{"id": 1}',
    '{"response": {"userHandle": "!!"}}',
    '{"response": []}',
]
NONSENSE += [
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30", k: "AA"}})
    for k in "ab"
]
NONSENSE += [
    json.dumps(
        {
            "id": "AA", "rawId": "AA", "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": "e30", "attestationObject": "oA", "authenticatorData": "AA", "signature": "AA", "userHandle": "AA",
            },
        }
    )
]  # fmt: skip


@pytest.fixture
def staff(db) -> User:
    return User.objects.create_superuser("Noor", PASSWORD)


def signed_in(handle: str) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": handle, "password": PASSWORD})
    return client


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/courses/step/", "/admin/accounts/user/", "/moderation/", "/moderation/log/"]
)
def test_pages_for_staff_open_only_with_a_second_lock(staff, address, settings):
    client = signed_in("Noor")
    assert client.get(address)["Location"].startswith("/accounts/second-lock/?next=")
    assert client.post(address)["Location"].startswith("/accounts/second-lock/?next=%2F")
    second_lock(staff)
    assert client.get(address).status_code == 200


def test_other_pages_open_for_staff_without_one(staff, course):
    client = signed_in("Noor")
    assert client.get("/courses/harbour/").status_code == client.get("/moderation/counts/").status_code == 200
    assert (
        client.post("/admin/logout/").status_code != 302
        or "second-lock" not in client.post("/admin/logout/")["Location"]
    )


def test_the_first_lock_ends_the_sessions_that_never_passed_one(staff):
    intruder, client = signed_in("Noor"), signed_in("Noor")
    secret = client.get("/accounts/2fa/app/connect/").context["form"].secret
    assert (
        client.post("/accounts/2fa/app/connect/", {"code": code_of(secret), "next": "/admin/"})["Location"] == "/admin/"
    )
    assert client.get("/admin/").status_code == 200
    assert intruder.get("/accounts/settings/").status_code == 302


def test_an_app_is_asked_after_the_password_and_each_of_its_codes_works_once(learner):
    secret = second_lock(learner)
    client = signed_in("Heron")
    assert client.get("/accounts/settings/").status_code == 302
    code = code_of(secret)
    assert "did not fit" in client.post("/accounts/2fa/authenticate/", {"code": "000000"}).text
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert client.get("/accounts/settings/").status_code == 200
    again = signed_in("Heron")
    assert "did not fit" in again.post("/accounts/2fa/authenticate/", {"code": code}).text


@pytest.mark.parametrize("ahead", [-30, 0, 30])  # seconds by which the phone's clock is wrong
def test_a_code_that_was_used_is_refused_for_as_long_as_it_would_fit(learner, ahead):
    secret = second_lock(learner)
    with time_machine.travel(1_800_000_000 + ahead, tick=False):
        code = code_of(secret)
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        assert signed_in("Heron").post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
        for _later in range(9):
            clock.shift(10)
            assert "did not fit" in signed_in("Heron").post("/accounts/2fa/authenticate/", {"code": code}).text


def test_the_secret_of_an_app_does_not_stand_in_the_database_as_it_is(learner):
    secret = second_lock(learner)
    assert secret not in str(Authenticator.objects.get().data)


def test_the_second_lock_can_be_tried_only_so_often(learner, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "5/300s/key"}
    secret = second_lock(learner)
    client = signed_in("Heron")
    for _try in range(6):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Too many" in client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).text


@pytest.mark.parametrize("credential", NONSENSE)
def test_an_answer_that_is_none_is_refused_and_breaks_nothing(learner, staff, client, credential):
    client.get("/accounts/2fa/passkeys/login/", headers={"accept": "application/json"})
    refused = client.post("/accounts/2fa/passkeys/login/", {"credential": credential})
    assert refused["Location"] == "/accounts/login/"

    client.post("/accounts/signup/", {"username": "Tern", "how": "passkey"})
    client.get("/accounts/signup/passkey/")
    assert client.post("/accounts/signup/passkey/", {"credential": credential}).status_code == 422
    assert not User.objects.filter(handle="Tern").exists()

    heron = signed_in("Heron")
    heron.get("/accounts/2fa/passkeys/add/")
    assert heron.post("/accounts/2fa/passkeys/add/", {"name": "x", "credential": credential}).status_code == 422
    assert not Authenticator.objects.exists()


def test_a_passkey_of_an_unknown_person_is_refused_in_the_same_words(client, learner):
    client.get("/accounts/2fa/passkeys/login/", headers={"accept": "application/json"})
    said = []
    for owner in (learner.passkey_id, "00000000-0000-0000-0000-000000000000"):
        import base64
        import uuid

        handle = base64.urlsafe_b64encode(uuid.UUID(str(owner)).bytes).decode().rstrip("=")
        answer = {"id": "AA", "rawId": "AA", "type": "public-key", "clientExtensionResults": {}}
        data = base64.urlsafe_b64encode(b"x" * 37).decode().rstrip("=")
        answer["response"] = {
            "clientDataJSON": "e30",
            "authenticatorData": data,
            "signature": "AA",
            "userHandle": handle,
        }
        page = client.post("/accounts/2fa/passkeys/login/", {"credential": json.dumps(answer)}, follow=True).text
        said.append([line for line in page.splitlines() if "notice" in line])
    assert said[0] == said[1] and said[0]


def test_a_name_that_was_taken_while_the_passkey_was_made_is_said_and_nothing_is_made(client, monkeypatch):
    client.post("/accounts/signup/", {"username": "Tern", "how": "passkey", "next": "/privacy/"})
    factories.person("tern")
    monkeypatch.setattr("accounts.passkeys.checked", lambda credential: credential)
    response = client.post("/accounts/signup/passkey/", {"credential": '{"id": "AA"}'}, follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/signup/" and "taken this name" in response.text
    assert User.objects.count() == 1


def test_joining_with_a_passkey_needs_the_step_before(client):
    assert client.get("/accounts/signup/passkey/")["Location"] == "/accounts/signup/"


def test_the_only_way_in_cannot_be_removed(client, learner):
    learner.set_unusable_password()
    learner.save()
    key = Authenticator.objects.create(user=learner, type="webauthn", data={"name": "phone", "credential": {}})
    client.force_login(learner)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 9e12, "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(learner.pk)
    session.save()
    page = client.post(f"/accounts/2fa/passkeys/{key.pk}/remove/", follow=True)
    assert "your only way in" in page.text and Authenticator.objects.exists()


def test_passkeys_of_others_can_be_neither_named_nor_removed(learner, other):
    key = Authenticator.objects.create(user=other, type="webauthn", data={"name": "phone", "credential": {}})
    client = signed_in("Heron")
    for act in ("edit", "remove"):
        assert client.get(f"/accounts/2fa/passkeys/{key.pk}/{act}/").status_code == 404
        assert client.post(f"/accounts/2fa/passkeys/{key.pk}/{act}/", {"name": "mine"}).status_code == 404


def test_codes_handed_over_cannot_be_forged(as_learner):
    as_learner.cookies["recovery_codes"] = signing.dumps(["AAAAA-AAAAA-AAAAA"])
    assert "AAAAA" not in as_learner.get("/accounts/recovery-codes/").text
