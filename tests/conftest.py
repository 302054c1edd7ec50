"""The cast that every test can call on: a learner, another learner, an educator; and a clean page cache for each test.

No test depends on when it runs: its clock starts at MOMENT and goes on from there; `TEST_MOMENT=2028-02-29T23:59:58+00:00 make test`
tries the suite at another one. What talks to programs that have clocks of their own keeps the real time (`real_clock`).
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path

import hypothesis
import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.serializers import deserialize, serialize
from django.db import connection
from django.db.models.signals import post_migrate
from django.middleware import csrf
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from courses.models import Course
from courses.pages import shelf
from tests import factories

MOMENT = datetime.fromisoformat(os.environ.get("TEST_MOMENT", "2026-11-25T10:20:05+00:00"))
WITH_PROGRAMS = tuple(Path(__file__).parent / room for room in ("browser", "services"))
REAL_CLOCK = (*WITH_PROGRAMS, Path(__file__).parent / "films")

# A busy machine is no mistake, and a change is not refused for an example that nobody saw before: `make fuzz` looks for those.
hypothesis.settings.register_profile(
    "suite",
    deadline=None,
    derandomize="FUZZ" not in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("suite")


# Form tokens are random: once in a thousand pages one spelled "Kit" or "md5" where a test says that there is no such word.
csrf.CSRF_ALLOWED_CHARS = "BCDFGHJKLMNPQRSTVWXZx"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if item.get_closest_marker("real_clock") or any(item.path.is_relative_to(room) for room in REAL_CLOCK):
        return (yield)
    with time_machine.travel(MOMENT, tick=True):
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for other programs may be tried twice, as a machine may be busy. A second try is printed: look into it."""
    for item in items:
        if any(item.path.is_relative_to(room) for room in WITH_PROGRAMS):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The roles come from migrations, and what empties the database takes them away for all tests that follow: put them back."""
    with django_db_blocker.unblock():
        roles = serialize("json", Group.objects.all(), use_natural_foreign_keys=True)
    last = [app for app in apps.get_app_configs() if app.models_module][-1]

    def put_back(**_signal: object) -> None:
        for role in deserialize("json", roles):
            role.save()

    post_migrate.connect(put_back, sender=last, weak=False)


@pytest.fixture(autouse=True)
def _decisions_can_go(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test with real transactions Django deletes every row, which decisions refuse on SQLite: make way, and guard again."""
    marker = request.node.get_closest_marker("django_db")
    real = (marker is not None and marker.kwargs.get("transaction")) or "transactional_db" in request.fixturenames
    if not real or connection.vendor != "sqlite":
        yield
        return
    request.getfixturevalue("transactional_db")  # set up before this, and so emptied after it
    yield
    triggers = import_module("discussions.migrations.0005_decisions_stay")
    with connection.cursor() as cursor:
        for name in triggers.NAMES:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute("UPDATE discussions_decision SET answers_id = NULL")
        for table in ("notification", "appeal", "sanction", "decision"):
            cursor.execute(f"DELETE FROM discussions_{table}")  # noqa: S608 - our own tables
        for statement in triggers.SQLITE:
            cursor.execute(statement)


@pytest.fixture(autouse=True)
def _clean_caches() -> Iterator[None]:
    yield
    cache.clear()
    shelf.clear()


@pytest.fixture
def learner(db: None) -> User:
    return factories.person("Heron")


@pytest.fixture
def other(db: None) -> User:
    return factories.person("salt and thyme")


@pytest.fixture
def educator(db: None) -> User:
    return factories.educator()


@pytest.fixture
def moderator(db: None) -> User:
    return factories.moderator()


@pytest.fixture
def course(db: None) -> Course:
    return factories.small_course()


@pytest.fixture
def as_learner(learner: User) -> Client:
    client = Client()
    client.force_login(learner)
    return client


@pytest.fixture
def as_moderator(moderator: User) -> Client:
    client = Client()
    client.force_login(moderator)
    return client


@pytest.fixture
def as_educator(educator: User) -> Client:
    client = Client()
    client.force_login(educator)
    return client
