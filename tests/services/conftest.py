"""Tests with real services. They run when TEST_SERVICES=1 (make test-services, .ci/run) and then fail where a service is missing."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.services.servers import Redis, taken, until

collect_ignore_glob = [] if os.environ.get("TEST_SERVICES") == "1" else ["test_*.py"]
MACHINES_REDIS = os.environ.get("TEST_CACHE_URL", "redis://127.0.0.1:6379/15")
SIGNS = 19_000  # a test that uses database n of the machine's Redis holds the UDP port 19,000 + n
MACHINES_POSTGRESQL = os.environ.get("TEST_DATABASE_SERVER", "postgresql://postgres@127.0.0.1:5432/course")


@contextmanager
def database_of_its_own() -> Iterator[str]:
    """An empty database on the machine's PostgreSQL, thrown away afterwards; gives its address."""
    import psycopg

    parts = urlsplit(MACHINES_POSTGRESQL)
    name = f"course_{secrets.token_hex(6)}"
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as line:
        line.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            line.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def machines_redis() -> Iterator[str]:
    """The machine's Redis, empty, and meanwhile for no other test on this machine; gives its address."""
    from redis import Redis as Line

    number = int(urlsplit(MACHINES_REDIS).path.strip("/") or 0)
    with socket.socket(type=socket.SOCK_DGRAM) as sign, Line.from_url(MACHINES_REDIS) as line:
        until(partial(taken, sign, SIGNS + number), "another test keeps the machine's Redis")
        line.flushdb()
        try:
            yield MACHINES_REDIS
        finally:
            line.flushdb()


@pytest.fixture
def redis() -> Iterator[Redis]:
    server = Redis()
    server.start()
    yield server
    server.stop()
