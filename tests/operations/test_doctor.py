"""What `manage.py doctor` finds in an installation, and what it says to mend it."""

from __future__ import annotations

import socket
import threading
from collections import namedtuple
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from harmreduction import examining, health, jobs, maintenance
from harmreduction.examining import BAD, GOOD, ODD
from harmreduction.models import DutyRecord

pytestmark = [pytest.mark.django_db, pytest.mark.real_clock]  # the database is asked for the time


def found(examination) -> list[tuple[str, str]]:
    return [(finding.state, f"{finding.what} {finding.mend}") for finding in examination()]


def states(examination) -> list[str]:
    return [state for state, _words in found(examination)]


@pytest.fixture
def healthy(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o700)
    for duty in maintenance.DUTIES:
        DutyRecord.objects.create(name=duty.name, done_at=timezone.now())


def run() -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("doctor", stdout=out)
    except SystemExit as end:
        return int(end.code), out.getvalue()
    return 0, out.getvalue()


def test_a_healthy_site_has_nothing_to_mend(healthy, monkeypatch):
    monkeypatch.setattr(examining.shutil, "disk_usage", lambda path: namedtuple("U", "total free")(10**12, 10**12))
    code, words = run()
    assert code == 0 and "All is well." in words and "✗" not in words


def test_it_ends_with_one_and_says_how_to_mend(healthy, monkeypatch):
    monkeypatch.setattr(health, "pending_migrations", lambda: ["courses.0099_more"])
    code, words = run()
    assert (
        code == 1 and "✗ migrations" in words and "first courses.0099_more" in words and "→ manage.py migrate" in words
    )
    assert "! worker     not looked at" in words


def test_an_examination_that_breaks_is_a_finding_and_stops_no_other(healthy, monkeypatch):
    def broken():
        yield from ()
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(examining, "EXAMINATIONS", (("one", broken, False), ("disk", examining.disk_has_room, False)))
    assert [name for name, _finding in examining.examine()] == ["one", "disk"]


def test_debug_pages_are_bad(settings):
    settings.DEBUG = True
    assert states(examining.settings_are_safe) == [BAD]


def test_keys_that_others_can_read(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o700)
    (tmp_path / "secret_key").write_text("x")
    (tmp_path / "secret_key").chmod(0o644)
    assert found(examining.secrets_are_kept)[0][0] == BAD and "chmod 600" in found(examining.secrets_are_kept)[0][1]
    (tmp_path / "secret_key").chmod(0o600)
    assert states(examining.secrets_are_kept) == [GOOD]
    tmp_path.chmod(0o755)
    assert states(examining.secrets_are_kept) == [ODD]


def test_a_database_that_is_away(monkeypatch):
    monkeypatch.setattr(health, "database_state", lambda: health.GONE)
    assert states(examining.database_is_well) == [BAD]


def test_a_cache_that_is_away(monkeypatch):
    monkeypatch.setattr(health, "cache_state", lambda: health.GONE)
    assert states(examining.cache_answers) == [BAD]


def test_a_storage_that_refuses(monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError

    monkeypatch.setattr("django.core.files.storage.InMemoryStorage.save", refuse)
    assert "PermissionError" in found(examining.storage_keeps)[0][1]


class TestMail:
    @pytest.fixture(autouse=True)
    def _smtp(self, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.DEFAULT_FROM_EMAIL, settings.EMAIL_USE_TLS = "courses@x.example", False
        settings.EMAIL_HOST, settings.EMAIL_HOST_USER = "127.0.0.1", ""
        self.settings = settings

    def test_a_server_that_answers(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.settings.EMAIL_PORT = server.getsockname()[1]

            def speak() -> None:
                line, _address = server.accept()
                with line, line.makefile("rw", newline="") as words:
                    for answer in ("220 here", "250 hello", "221 bye"):
                        words.write(answer + "\r\n")
                        words.flush()
                        words.readline()

            speaker = threading.Thread(target=speak)
            speaker.start()
            assert states(examining.mail_goes_out) == [GOOD]
            speaker.join(5)

    def test_a_server_that_does_not(self):
        self.settings.EMAIL_PORT = 9
        assert states(examining.mail_goes_out) == [BAD]

    def test_none(self):
        self.settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
        assert states(examining.mail_goes_out) == [GOOD]


def test_an_address_without_tls_and_one_that_does_not_answer(settings):
    settings.SITE_ADDRESS = "http://course.example"
    assert states(examining.tls_lasts) == [ODD]
    settings.SITE_ADDRESS = "https://127.0.0.1:9"
    assert states(examining.tls_lasts) == [BAD]


def test_a_clock_that_was_set_back(healthy):
    assert states(examining.clock_is_right) == [GOOD]
    DutyRecord.objects.filter(name="e-mails").update(done_at=timezone.now() + timedelta(hours=3))
    assert states(examining.clock_is_right) == [BAD]


@pytest.mark.parametrize(("free", "state"), [(10**8, BAD), (10**10, ODD), (10**12, GOOD)])
def test_a_disk(free, state, monkeypatch):
    monkeypatch.setattr(examining.shutil, "disk_usage", lambda path: namedtuple("U", "total free")(2 * 10**12, free))
    assert states(examining.disk_has_room) == [state]


def test_duties_that_nobody_does_or_that_fail(healthy):
    assert states(examining.duties_are_done) == [GOOD]
    DutyRecord.objects.filter(name="e-mails").update(done_at=timezone.now() - timedelta(days=2))
    DutyRecord.objects.filter(name="old tasks").update(failed_at=timezone.now())
    words = " ".join(words for _state, words in found(examining.duties_are_done))
    assert "“old tasks” failed" in words and "not done in time: e-mails" in words and "run_maintenance" in words


def test_workers_that_do_not_work(settings):
    assert states(examining.workers_work) == [GOOD]
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    maintenance.do_duty.enqueue("e-mails")
    assert states(examining.workers_work) == [GOOD]
    jobs.DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(hours=1))
    assert states(examining.workers_work) == [BAD]


def test_the_database_of_these_tests_is_well():
    assert states(examining.database_is_well) in ([GOOD], [ODD])  # SQLite in memory has no journal
    assert connection.vendor in {"sqlite", "postgresql"}
