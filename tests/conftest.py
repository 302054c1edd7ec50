"""The cast that every test can call on: a learner, another learner, an educator; and a clean page cache for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from courses.models import Course
from courses.pages import shelf
from tests import factories


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
def course(db: None) -> Course:
    return factories.small_course()


@pytest.fixture
def as_learner(learner: User) -> Client:
    client = Client()
    client.force_login(learner)
    return client


@pytest.fixture
def as_educator(educator: User) -> Client:
    client = Client()
    client.force_login(educator)
    return client
