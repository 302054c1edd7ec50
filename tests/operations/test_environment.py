"""What the environment may say: addresses of services, passwords with any sign in them, and mistakes that are all named at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from harmreduction import env


@pytest.fixture(autouse=True)
def _no_problems():
    env.problems.clear()
    yield
    env.problems.clear()


@pytest.fixture
def say(monkeypatch):
    return lambda value: monkeypatch.setenv("X", value)


class TestDatabase:
    def test_without_a_word_it_is_a_file_that_loses_nothing(self, tmp_path: Path):
        found = env.database("X", tmp_path / "db.sqlite3")
        assert found["ENGINE"].endswith("sqlite3") and found["NAME"] == tmp_path / "db.sqlite3"
        assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        assert (
            "synchronous=FULL" in found["OPTIONS"]["init_command"]
            and "journal_mode=WAL" in found["OPTIONS"]["init_command"]
        )

    def test_postgresql_with_every_sign_in_the_password(self, say):
        say("postgresql://course:%40%2F%23%3A$x%25@db.example:5433/course?sslmode=require")
        found = env.database("X", Path("unused"))
        assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == (
            "course",
            "@/#:$x%",
            "db.example",
            "5433",
        )
        assert found["OPTIONS"]["sslmode"] == "require" and found["CONN_HEALTH_CHECKS"]
        assert found["DISABLE_SERVER_SIDE_CURSORS"] and found["CONN_MAX_AGE"] is None

    def test_a_socket_and_a_pool(self, say):
        say("postgres:///course?host=/run/postgresql&pool=4")
        found = env.database("X", Path("unused"))
        assert found["HOST"] == "" and found["OPTIONS"]["host"] == "/run/postgresql"
        assert found["OPTIONS"]["pool"]["max_size"] == 4 and found["CONN_MAX_AGE"] == 0

    @pytest.mark.parametrize(("said", "kept"), [("", False), ("?prepare=0", False), ("?prepare=1", True)])
    def test_plans_are_kept_only_when_asked(self, say, said, kept):
        say(f"postgresql://course@db.example/course{said}")
        options = env.database("X", Path("unused"))["OPTIONS"]
        assert ("prepare_threshold" in options) is kept and "prepare" not in options

    def test_another_file(self, say):
        say("sqlite:////srv/course/x.sqlite3")
        assert env.database("X", Path("unused"))["NAME"] == Path("/srv/course/x.sqlite3")


class TestCaches:
    def test_without_a_word_it_is_a_table(self):
        assert env.caches("X")["default"]["BACKEND"].endswith("DatabaseCache")

    @pytest.mark.parametrize(
        ("said", "kept"), [("redis", "redis"), ("valkey", "redis"), ("rediss", "rediss"), ("valkeys", "rediss")]
    )
    def test_redis_and_valkey_speak_the_same(self, say, said, kept):
        say(f"{said}://:p@cache.example:6379/1")
        found = env.caches("X")
        assert set(found) == {"default", "sessions"}
        assert {c["LOCATION"] for c in found.values()} == {f"{kept}://:p@cache.example:6379/1"}
        assert {c["KEY_FUNCTION"] for c in found.values()} == {"harmreduction.cache_keys.scrambled"}


class TestMedia:
    def test_without_a_word_it_is_a_folder(self):
        assert env.media_storage("X")["BACKEND"].endswith("FileSystemStorage")

    def test_a_bucket(self, say):
        say("s3://key:s%2Fecret@objects.example:9000/course-media?region=eu&prefix=media/&tls=0")
        assert env.media_storage("X")["OPTIONS"] == {
            "access_key": "key",
            "secret_key": "s/ecret",
            "bucket_name": "course-media",
            "endpoint_url": "http://objects.example:9000",
            "region_name": "eu",
            "location": "media/",
        }


class TestEmail:
    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            ("smtp://u%40x.example:p@mail.example", ("mail.example", 587, "u@x.example", "p", False, True)),
            ("smtps://u:p@mail.example", ("mail.example", 465, "u", "p", True, False)),
            ("smtp://127.0.0.1:25?tls=0", ("127.0.0.1", 25, "", "", False, False)),
        ],
    )
    def test_by_smtp(self, say, said, expected):
        say(said)
        found = env.email("X")
        names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_SSL", "USE_TLS")
        assert tuple(found[f"EMAIL_{name}"] for name in names) == expected

    @pytest.mark.parametrize(
        ("said", "backend"), [("none:", "dummy"), ("console:", "console"), ("file:///srv/mail", "filebased")]
    )
    def test_or_not(self, say, said, backend):
        say(said)
        assert env.email("X")["EMAIL_BACKEND"] == f"django.core.mail.backends.{backend}.EmailBackend"


def test_words():
    assert env.words("X", " a, ,b") == ["a", "b"]


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        (lambda: env.database("X", Path("x")), "mysql://u:SECRET@h/db"),
        (lambda: env.database("X", Path("x")), "postgres://u:SECRET@h:port/db"),
        (lambda: env.database("X", Path("x")), "postgres://u:SECRET@h/"),
        (lambda: env.database("X", Path("x")), "postgres://u:SECRET@h/db?pool=lots"),
        (lambda: env.database("X", Path("x")), "postgres://u:SECRET@h/db?prepare=perhaps"),
        (lambda: env.database("X", Path("x")), "sqlite://relative.sqlite3"),
        (lambda: env.caches("X"), "memcached://SECRET"),
        (lambda: env.caches("X"), "redis://"),
        (lambda: env.media_storage("X"), "https://u:SECRET@h/bucket"),
        (lambda: env.media_storage("X"), "s3://u:SECRET@h/"),
        (lambda: env.media_storage("X"), "s3://u@h/bucket"),
        (lambda: env.media_storage("X"), "s3://u:SECRET@h/bucket?colour=red"),
        (lambda: env.email("X"), "mail.example"),
        (lambda: env.email("X"), "smtp://"),
        (lambda: env.email("X"), "smtp://u:SECRET@h?starttls=1"),
        (lambda: env.number("X", 1), "-1"),
        (lambda: env.flag("X"), "perhaps"),
        (lambda: env.choice("X", ("plain", "json")), "xml"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_to_write_and_without_a_password(say, reader, value):
    say(value)
    reader()
    with pytest.raises(ImproperlyConfigured) as refused:
        env.finish()
    assert "  X" in str(refused.value) and "SECRET" not in str(refused.value)
    env.finish()  # said once


def test_all_is_said_at_once(monkeypatch):
    monkeypatch.setenv("A", "x")
    monkeypatch.setenv("B", "x")
    env.number("A", 1), env.flag("B")
    with pytest.raises(ImproperlyConfigured, match=r"(?s)A='x'.*B='x'"):
        env.finish()
