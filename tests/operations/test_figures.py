"""Figures for Prometheus: not there without a token, the same at every process of a server, and nothing about anyone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from harmreduction import metrics
from tests.once import made_once
from tests.services.servers import LONGEST, end, free_port, wait_for
from tests.whole_site.test_running import ROOT, begin

TOKEN = "figures-for-the-people-who-run-it"
LINE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.M)


@pytest.mark.django_db
def test_without_a_token_they_are_not_there(client):
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
def test_what_is_due_or_failed_stands_in_them_and_a_database_that_is_away_is_one_of_them(course, monkeypatch):
    read = lambda: {m.name: {tuple(s.labels.values()): s.value for s in m.samples} for m in metrics._Now().collect()}  # noqa: E731
    found = read()
    assert found["course_up"] == {("database",): 1, ("cache",): 1}
    assert found["course_duty"]["e-mails", "due"] == 1 and found["course_duty"]["e-mails", "failed"] == 0
    assert found["course_tasks"] == {("ready",): 0, ("running",): 0, ("failed",): 0}
    monkeypatch.setattr(metrics.health, "database_state", lambda: metrics.health.GONE)
    assert read() == {"course_up": {("database",): 0, ("cache",): 1}}


def ask(port: int, path: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=LONGEST) as answer:  # noqa: S310 - our own address
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def figures(port: int) -> dict[tuple[str, str], float]:
    status, words = ask(port, "/metrics", Authorization=f"Bearer {TOKEN}")
    assert status == 200, words
    return {(name, labels): float(value) for name, labels, value in LINE.findall(words)}


def test_the_processes_of_a_server_add_up_and_name_no_address(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path):
    site = shutil.copytree(made_once(tmp_path_factory, "begun", begin), tmp_path / "site")
    variables = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}} | {
        "DATA_DIR": str(site / "data"),
        "CONTENT_DIR": str(site / "content"),
        "METRICS_TOKEN": TOKEN,
        "DJANGO_SETTINGS_MODULE": "harmreduction.settings.base",
    }
    old = site / "data" / "metrics" / "999999999"
    old.mkdir(parents=True)
    port = free_port()
    command = [sys.executable, "manage.py", "start", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for(port, server)
        for _ in range(40):  # two processes: each takes some
            assert ask(port, "/courses/tiny/steps/step/?t=7")[0] == 200
        assert ask(port, "/nobody-knows-this/")[0] == 404
        assert ask(port, "/metrics")[0] == 404
        assert ask(port, "/metrics", Authorization="Bearer wrong")[0] == 404
        for _ in range(6):  # whichever process answers
            found = figures(port)
            assert found["course_requests_total", 'page="courses:step",status="2xx"'] == 40
            assert found["course_request_seconds_count", 'page="courses:step"'] == 40
            assert found["course_requests_total", 'page="other",status="4xx"'] == 3
            assert found["course_up", 'part="database"'] == 1
        said = " ".join(labels for _name, labels in found)
        assert "step/" not in said and "nobody" not in said and "/" not in said and "127.0.0.1" not in said
        assert not old.exists()
    finally:
        end(server, group=True)


def test_a_token_that_could_be_guessed_is_refused(tmp_path: Path):
    variables = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "METRICS_TOKEN": "short"}
    variables["DJANGO_SETTINGS_MODULE"] = "harmreduction.settings.base"
    run = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=variables, capture_output=True, text=True
    )
    assert run.returncode != 0 and "METRICS_TOKEN: at least 20" in run.stderr and "short" not in run.stderr
