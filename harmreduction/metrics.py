"""Figures for Prometheus at /metrics: off unless METRICS_TOKEN is set, and then only for who brings it.

Counted are kinds of pages and how they ended, never an address, a step or a person. The processes of one server add up their figures in
files under DATA_DIR/metrics; each server (each port) is asked by itself.
"""

from __future__ import annotations

import hmac
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from harmreduction import health, maintenance
from harmreduction.jobs import DBTaskResult
from harmreduction.models import DutyRecord

if TYPE_CHECKING:
    from prometheus_client.core import Metric

ADDRESS = "/metrics"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """Counts requests and answers /metrics. Without a token it is not there at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.files = _files_of_this_server()
        os.environ |= {"PROMETHEUS_MULTIPROC_DIR": str(self.files)}  # the library looks there when it is first imported
        from prometheus_client import CollectorRegistry, Counter, Histogram

        registry = CollectorRegistry()
        self.requests = Counter("course_requests", "Requests answered", ["page", "status"], registry=registry)
        self.seconds = Histogram(
            "course_request_seconds", "Seconds to an answer", ["page"], buckets=SECONDS, registry=registry
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == ADDRESS and _knows_the_token(request):
            return self._figures()
        started = time.perf_counter()
        response = self.get_response(request)
        page = _kind_of_page(request)
        self.requests.labels(page, f"{response.status_code // 100}xx").inc()
        self.seconds.labels(page).observe(time.perf_counter() - started)
        return response

    def _figures(self) -> HttpResponse:
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=str(self.files))  # type: ignore[no-untyped-call]
        registry.register(_Now())
        words = generate_latest(registry)
        return HttpResponse(words, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


class _Now:
    """What is looked up at the moment of asking: whether the database and the cache answer, what is due, what waits."""

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily as Gauge

        up = Gauge("course_up", "Whether what the site stands on answers", labels=["part"])
        database = health.database_state() == health.OK
        up.add_metric(["database"], database)
        up.add_metric(["cache"], health.cache_state() == health.OK)
        yield up
        if not database:
            return
        with suppress(DatabaseError):  # between one question and the next, or before the tables are made
            due = {duty.name for duty in maintenance.due()}
            failed = set(DutyRecord.objects.exclude(failed_at=None).values_list("name", flat=True))
            states = Gauge("course_duty", "Work that is done again and again", labels=["duty", "state"])
            for duty in maintenance.DUTIES:
                states.add_metric([duty.name, "due"], duty.name in due)
                states.add_metric([duty.name, "failed"], duty.name in failed)
            tasks = Gauge("course_tasks", "Tasks for the worker", labels=["status"])
            for status in ("READY", "RUNNING", "FAILED"):
                tasks.add_metric([status.lower()], DBTaskResult.objects.filter(status=status).count())
            yield states
            yield tasks


def _kind_of_page(request: HttpRequest) -> str:
    """The name of the address, as in urls.py; what has none (files, addresses that do not exist) is one kind."""
    match = request.resolver_match
    return match.view_name if match and match.view_name else "other"


def _knows_the_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())


def _files_of_this_server() -> Path:
    """A folder that the processes of one server share: they have the same parent. Those of servers that ended are removed."""
    kept: Path = settings.DATA_DIR / "metrics"
    mine = kept / str(os.getppid())
    mine.mkdir(parents=True, exist_ok=True)
    for folder in kept.iterdir():
        if folder.name.isdigit() and not _runs(int(folder.name)):
            shutil.rmtree(folder, ignore_errors=True)
    return mine


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, and alive
    return True
