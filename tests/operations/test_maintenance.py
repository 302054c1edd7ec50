"""Duties: done when due, once, again after a killed process; what failed shows in the admin and does not stop the others."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django_tasks_db.management.commands import db_worker

from harmreduction import jobs, maintenance
from harmreduction.jobs import DBTaskResult, TaskResultStatus
from harmreduction.maintenance import LEASE, Duty
from harmreduction.models import DutyRecord

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SAID = "no room for Heron"


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def duties(monkeypatch, done):
    def broken() -> int:
        raise ZeroDivisionError(SAID)

    found = (
        Duty("first", HOUR, lambda: done.append("first")),
        Duty("broken", HOUR, broken),
        Duty("last", HOUR, lambda: done.append("last") or 3),
    )
    monkeypatch.setattr(maintenance, "DUTIES", found)
    return {d.name: d for d in found}


def test_one_that_fails_stops_no_other_and_is_tried_again_next_time(duties, done):
    for _ in range(2):
        with pytest.raises(CommandError, match=r"Failed: broken\."):
            call_command("run_maintenance")
    assert done == ["first", "last"]  # those that went well wait for their time
    row = DutyRecord.objects.get(name="broken")
    assert row.failed_at and row.claimed_until is None
    assert "test_maintenance.py" in row.error and "in broken" in row.error and "ZeroDivisionError" in row.error
    assert "Heron" not in row.error  # a message may hold what somebody wrote
    assert DutyRecord.objects.get(name="last").result == "3"


def test_each_is_done_when_its_time_has_come(duties, done):
    with pytest.raises(CommandError):
        call_command("run_maintenance")
    with time_machine.travel(timezone.now() + HOUR + timedelta(seconds=1), tick=False), pytest.raises(CommandError):
        call_command("run_maintenance")
    assert done == ["first", "last"] * 2


def test_a_clock_that_was_set_back_puts_nothing_off(duties, done):
    maintenance.perform(duties["first"])
    with time_machine.travel(timezone.now() - timedelta(days=400), tick=False):
        assert duties["first"] in maintenance.due()
        assert maintenance.perform(duties["first"])
    assert done == ["first", "first"]


def test_two_processes_do_a_duty_once_and_a_killed_one_holds_it_only_for_a_while(duties, done):
    DutyRecord.objects.create(name="first", claimed_until=timezone.now() + LEASE)
    assert maintenance.perform(duties["first"]) and done == []
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1), tick=False):
        assert maintenance.perform(duties["first"]) and done == ["first"]
        assert maintenance.perform(duties["first"]) and done == ["first"]  # who saw it due a moment ago comes too late


def test_one_can_be_asked_for_by_name_and_a_wrong_name_is_said(duties, done):
    call_command("run_maintenance", "first")
    call_command("run_maintenance", "first")
    assert done == ["first", "first"]
    with pytest.raises(CommandError, match=r"There is no duty 'nothing'\. There are: first, broken, last\."):
        call_command("run_maintenance", "nothing")
    out = StringIO()
    call_command("run_maintenance", "--list", stdout=out)
    assert out.getvalue().split() == ["broken", "last"]


def test_the_embedded_site_does_them_again_and_again_until_its_server_is_gone(duties, done, monkeypatch):
    parents = iter([7, 7, 7, 7, 7, 1])
    monkeypatch.setattr("os.getppid", lambda: next(parents, 1))
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr("harmreduction.management.commands.run_maintenance.close_old_connections", lambda: None)
    call_command("run_maintenance", "--every", "1")
    assert done == ["first", "last"] and DutyRecord.objects.get(name="broken").failed_at


def test_every_app_has_its_due_work_in_the_list():
    """What writes down when it is due, and is not done by anybody, is a promise broken."""
    names = {d.name for d in maintenance.DUTIES}
    assert {"e-mails", "words that expire", "old notifications", "ended sessions", "expired counts"} <= names
    assert len(names) == len(maintenance.DUTIES)


def test_the_real_ones_forget_what_ended(client, learner, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cache",
            "KEY_FUNCTION": "harmreduction.cache_keys.scrambled",
        }
    }
    call_command("createcachetable", verbosity=0)
    client.force_login(learner)
    Session.objects.update(expire_date=timezone.now() - HOUR)
    cache.set("short", 1, timeout=1)
    cache.set("long", 1, timeout=10_000)
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        call_command("run_maintenance", "--all")
    assert not Session.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM cache")
        assert cursor.fetchone()[0] == 1
    results = dict(DutyRecord.objects.values_list("name", "result"))
    assert results["ended sessions"] == "1" and results["expired counts"] == "1"


class TestWorker:
    @pytest.fixture(autouse=True)
    def _worker(self, settings, duties, monkeypatch):
        # The worker closes its connection between tasks; here it would be the one that the test's transaction stands in.
        monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
        settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

    def work(self) -> None:
        call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)

    def test_a_duty_is_handed_over_only_when_the_transaction_is_through(self, django_capture_on_commit_callbacks, done):
        with django_capture_on_commit_callbacks(execute=True):
            maintenance.hand_over("first")
            assert not DBTaskResult.objects.exists()
        self.work()
        self.work()
        assert done == ["first"] and DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL

    def test_a_task_of_a_killed_worker_is_done_by_another_one(self, done):
        maintenance.do_duty.enqueue("first")
        DBTaskResult.objects.update(
            status=TaskResultStatus.RUNNING, started_at=timezone.now() - jobs.STOPPED - HOUR, worker_ids=["killed"]
        )
        self.work()
        assert done == []
        assert jobs.take_up_stopped() == 1
        self.work()
        assert done == ["first"]

    def test_a_task_that_kills_its_workers_counts_as_failed_in_the_end(self, done):
        maintenance.do_duty.enqueue("first")
        DBTaskResult.objects.update(
            status=TaskResultStatus.RUNNING, started_at=timezone.now() - jobs.STOPPED - HOUR, worker_ids=["a", "b", "c"]
        )
        jobs.take_up_stopped()
        self.work()
        row = DBTaskResult.objects.get()
        assert done == [] and row.status == TaskResultStatus.FAILED and "3 times" in row.traceback

    def test_a_task_that_a_worker_is_at_is_left_alone(self):
        maintenance.do_duty.enqueue("first")
        DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=timezone.now())
        assert jobs.take_up_stopped() == 0

    def test_old_tasks_are_forgotten(self):
        maintenance.do_duty.enqueue("first")
        self.work()
        assert jobs.forget_old() == 0
        DBTaskResult.objects.update(finished_at=timezone.now() - jobs.KEPT - HOUR)
        assert jobs.forget_old() == 1

    def test_what_failed_shows_in_the_admin_with_its_reason_and_can_be_tried_again(
        self, as_educator, duties, django_capture_on_commit_callbacks
    ):
        maintenance.perform(duties["broken"])
        row = DutyRecord.objects.get(name="broken")
        assert "broken" in as_educator.get("/admin/harmreduction/dutyrecord/").text
        page = as_educator.get(f"/admin/harmreduction/dutyrecord/{row.pk}/change/")
        assert "in broken" in page.text and "ZeroDivisionError" in page.text and SAID not in page.text
        with django_capture_on_commit_callbacks(execute=True):
            asked = {"action": "do_now", "_selected_action": [row.pk]}
            assert as_educator.post("/admin/harmreduction/dutyrecord/", asked).status_code == 302
        assert DBTaskResult.objects.count() == 1
        assert as_educator.get("/admin/django_tasks_database/dbtaskresult/").status_code == 200

    def test_learners_see_none_of_it(self, as_learner):
        assert as_learner.get("/admin/harmreduction/dutyrecord/").status_code == 302
