"""What machines ask (health, readiness) and what the log says: enough to find a fault, nothing about people."""

from __future__ import annotations

import io
import json
import logging
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Invitation
from harmreduction import health
from harmreduction.logs import Json, Plain, WithoutPeople

pytestmark = pytest.mark.django_db


class TestHealth:
    def test_a_process_that_answers_is_healthy_whatever_name_it_is_asked_by_and_asks_nobody(self, client, settings):
        settings.SECURE_SSL_REDIRECT = True
        with CaptureQueriesContext(connection) as captured:
            answer = client.get("/healthz", headers={"host": "10.0.0.7"})
        assert answer.status_code == 200 and answer.json() == {"site": "ok"} and not len(captured)
        assert answer.headers["Cache-Control"] == "no-store" and not answer.cookies

    def test_ready_is_who_can_serve(self, client):
        answer = client.get("/readyz", headers={"host": "10.0.0.7"})
        assert answer.status_code == 200 and answer.json() == {"database": "ok", "cache": "ok"}

    def test_not_ready_without_the_database_and_ready_again_with_it(self, client, monkeypatch):
        def down(*args, **kwargs):
            raise connection.Database.OperationalError("no")

        with connection.execute_wrapper(down):
            monkeypatch.setattr(connection, "close", lambda: None)  # a test's transaction must live on
            answer = client.get("/readyz")
            assert client.get("/healthz").status_code == 200
        assert answer.status_code == 503 and answer.json()["database"] == "not reachable"
        assert client.get("/readyz").status_code == 200

    def test_not_ready_before_the_tables_are_made(self, client, monkeypatch):
        monkeypatch.setattr(health, "pending_migrations", lambda: ["courses.0099"])
        answer = client.get("/readyz")
        assert answer.status_code == 503 and answer.json()["database"] == "migrations are pending"

    def test_ready_without_the_cache_which_is_said(self, client, monkeypatch):
        def gone(*args, **kwargs):
            raise OSError("no")

        monkeypatch.setattr("django.core.cache.backends.locmem.LocMemCache.set", gone)
        answer = client.get("/readyz")
        assert answer.status_code == 200 and answer.json()["cache"] == "not reachable"

    @pytest.mark.parametrize("address", ["/healthz", "/readyz"])
    def test_they_cannot_be_written_to(self, address, client):
        assert client.post(address).status_code == 404


class TestNumbers:
    def test_each_answer_has_a_number_of_its_own(self, client):
        first, second = (client.get("/support/").headers["X-Request-ID"] for _ in range(2))
        assert re.fullmatch(r"[0-9a-f]{16}", first) and first != second

    def test_one_that_is_brought_along_counts_only_from_a_proxy_and_only_when_it_is_one(self, client, settings):
        def number(brought: str) -> str:
            return client.get("/support/", headers={"x-request-id": brought}).headers["X-Request-ID"]

        assert number("from-outside") != "from-outside"
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        assert number("from-the-proxy") == "from-the-proxy"
        assert number("<script>alert(1)</script>") != "<script>alert(1)</script>"


@pytest.fixture(params=["plain", "json"])
def log(request):
    """What would be written to the log, as it is configured."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Plain() if request.param == "plain" else Json())
    handler.addFilter(WithoutPeople())
    names = ("django.request", "django.security", "harmreduction.logs", "")
    loggers = [logging.getLogger(name) for name in names]
    for one in loggers:
        one.addHandler(handler)
    yield stream
    for one in loggers:
        one.removeHandler(handler)


SECRETS = ("203.0.113.77", "Heron", "My secret words", "Mozilla", "four plain words")


class TestLog:
    def test_what_breaks_is_said_with_its_number_its_place_and_without_a_word_of_anyone(
        self, log, learner, course, monkeypatch
    ):
        def broken(*args, **kwargs):
            raise ValueError(" ".join(SECRETS))

        monkeypatch.setattr("discussions.posting.post", broken)
        client = Client(raise_request_exception=False)
        client.force_login(learner)
        sent = {"body": "My secret words"}
        answer = client.post(
            "/courses/harbour/steps/one-a/comments/", sent, REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="Mozilla"
        )
        said = log.getvalue()
        assert answer.status_code == 500
        assert answer.headers["X-Request-ID"] in answer.text and answer.headers["X-Request-ID"] in said
        assert "ValueError" in said and "writing.py" in said and "harbour" not in said
        assert not [secret for secret in SECRETS if secret in said]

    def test_an_invitation_does_not_stand_in_the_log(self, log, monkeypatch):
        token = Invitation.issue()

        def broken(token):
            raise KeyError(token)

        monkeypatch.setattr(Invitation, "open_with", broken)
        Client(raise_request_exception=False).get(f"/accounts/educator/{token}/")
        assert "KeyError" in log.getvalue() and token not in log.getvalue()

    def test_the_words_of_an_exception_can_be_asked_for(self, log, settings, monkeypatch):
        settings.LOG_ERROR_WORDS = True
        monkeypatch.setattr(Invitation, "open_with", lambda token: 1 / 0)
        Client(raise_request_exception=False).get("/accounts/educator/x/")
        assert "division by zero" in log.getvalue()

    def test_a_form_without_its_token_is_noted_without_its_path(self, log, course):
        Client(enforce_csrf_checks=True).post("/courses/harbour/steps/one-a/done/")
        assert "Forbidden" in log.getvalue() and "harbour" not in log.getvalue()

    def test_lines_for_requests_are_off_and_hold_the_kind_of_page_when_on(self, log, settings, client, course):
        client.get("/courses/harbour/steps/one-a/?before=7", REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="Mozilla")
        assert log.getvalue() == ""
        settings.LOG_REQUESTS = True
        client.get("/courses/harbour/steps/one-a/?before=7", REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="Mozilla")
        said = log.getvalue().splitlines()[0]
        assert "courses/<slug:course_slug>/steps/<slug:step_slug>/" in said and "200" in said
        assert "harbour" not in said and "before" not in said and not [s for s in SECRETS if s in said]

    def test_lines_for_programs_are_json(self, settings, client):
        record = logging.LogRecord("x", logging.WARNING, "", 1, "Words in „%s“", ("quotes",), None)
        WithoutPeople().filter(record)
        found = json.loads(Json().format(record))
        assert found["message"] == "Words in „quotes“" and found["level"] == "WARNING" and "time" in found
