"""Errors told to a Sentry of one's own: what leaves is their kind and place, and nothing of anybody, whatever the library collected."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
import sentry_sdk
from django.conf import settings as django_settings
from django.test import Client
from sentry_sdk.transport import Transport

from harmreduction import reporting
from tests import factories
from tests.whole_site.test_running import ROOT

SECRETS = (
    "marigold-in-a-cookie",
    "marigold-in-a-body",
    "marigold-in-a-query",
    "marigold-in-a-header",
    "marigold-raised",
)


class Kept(Transport):
    """Keeps what would have gone over the line."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []

    def capture_envelope(self, envelope) -> None:
        self.sent.append(envelope.serialize())


@pytest.fixture
def line():
    kept = Kept()
    reporting.start("https://key@errors.example/1", transport=kept)
    yield kept
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def event(sent: bytes) -> dict:
    return json.loads(sent.splitlines()[2])


@pytest.mark.django_db
def test_a_page_that_breaks_is_told_without_a_word_of_anyone(line, course, monkeypatch):
    person = factories.person("marigold-the-name")

    def breaks(*args, **kwargs):
        words = "marigold-raised in a variable"
        raise RuntimeError(words) from ValueError(f"marigold-raised too, {words}")

    monkeypatch.setattr("courses.views.learning.shared", breaks)
    client = Client(raise_request_exception=False, headers={"x-own": "marigold-in-a-header"})
    client.force_login(person)
    client.cookies["own"] = "marigold-in-a-cookie"
    answer = client.get("/courses/harbour/steps/one-a/?q=marigold-in-a-query")
    assert answer.status_code == 500 and len(line.sent) == 1

    whole = line.sent[0].decode()
    assert "marigold" not in whole and "one-a" not in whole and "127.0.0.1" not in whole
    assert str(django_settings.BASE_DIR) not in whole and os.uname().nodename not in whole
    told = event(line.sent[0])
    kinds = [found["type"] for found in told["exception"]["values"]]
    assert kinds == ["ValueError", "RuntimeError"]
    assert told["transaction"] == "courses/<slug:course_slug>/steps/<slug:step_slug>/"
    assert told["tags"]["request_id"] == answer.headers["X-Request-ID"]
    last = told["exception"]["values"][-1]["stacktrace"]["frames"][-1]
    assert last["function"] == "breaks" and set(last) == set(reporting.KEPT_OF_FRAMES)
    assert not {"request", "user", "breadcrumbs", "extra", "contexts", "modules", "logentry", "server_name"} & set(told)


def test_an_error_that_is_only_logged_is_told_by_its_place(line):
    logging.getLogger("harmreduction.maintenance").error("could not write to %s", "marigold@example.org")
    told = event(line.sent[0])
    assert "marigold" not in line.sent[0].decode() and "could not" not in line.sent[0].decode()
    assert told["logger"] == "harmreduction.maintenance" and told["tags"]["where"].startswith("test_telling_errors:")


def test_what_is_no_error_is_not_told(line):
    logging.getLogger("harmreduction.maintenance").warning("marigold")
    assert line.sent == []


@pytest.mark.django_db
def test_without_an_address_nothing_is_told_and_the_library_is_not_even_loaded(tmp_path: Path):
    words = "import sys, django; django.setup(); print('sentry_sdk' in sys.modules, 'prometheus_client' in sys.modules)"
    variables = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}
    variables["DJANGO_SETTINGS_MODULE"] = "harmreduction.settings.base"
    run = subprocess.run([sys.executable, "-c", words], cwd=ROOT, env=variables, capture_output=True, text=True)
    assert run.stdout.split() == ["False", "False"], run.stderr


@pytest.mark.parametrize(
    "address",
    ["http://key@errors.example/1", "https://errors.example/1", "errors.example", "https://key@errors.example"],
)
def test_an_address_that_would_tell_in_the_open_or_is_none_is_refused(address, tmp_path: Path):
    variables = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "SENTRY_DSN": address}
    variables["DJANGO_SETTINGS_MODULE"] = "harmreduction.settings.base"
    run = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=variables, capture_output=True, text=True
    )
    assert run.returncode != 0 and "SENTRY_DSN: an address with a key" in run.stderr
