"""Redis as the shared cache: what is counted and kept there, and what happens when it goes away and comes back."""

from __future__ import annotations

import time

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.test import Client

import harmreduction.caches
from harmreduction import env
from harmreduction.caches import CountingCache, ForgettingCache
from tests.services.conftest import machines_redis
from tests.services.servers import LONGEST

pytestmark = pytest.mark.django_db
STEP = "/courses/harbour/steps/one-a/"


def use(settings, monkeypatch, url: str, patience: float = LONGEST) -> None:
    """Redis at this address. A busy machine is not taken for one whose Redis is gone, unless `patience` is less."""
    monkeypatch.setenv("X", url)
    monkeypatch.setattr(env, "FORGIVING", dict.fromkeys(env.FORGIVING, patience))
    monkeypatch.setattr(harmreduction.caches, "PAUSE", 0.0)
    harmreduction.caches._states.clear()
    settings.CACHES = env.caches("X")
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    settings.SESSION_CACHE_ALIAS = "sessions"


def raw(url: str) -> list[bytes]:
    from redis import Redis

    with Redis.from_url(url) as client:
        return list(client.keys())


def test_the_machines_redis_answers_and_nothing_there_can_be_read(settings, monkeypatch, learner, course):
    """Fails, and is never skipped, where the machine that takes changes has no Redis."""
    with machines_redis() as address:
        use(settings, monkeypatch, address)
        client = Client()
        client.force_login(learner)
        assert client.get(STEP).status_code == 200
        settings.WRITE_LIMITS = True
        client.post("/display/")
        found = raw(address)
        assert len(found) == 2  # a session, a count
        assert client.session.session_key.encode() not in b" ".join(found) and b"limit" not in b" ".join(found)


def test_limits_are_shared_and_go_on_in_each_process_when_redis_is_gone(settings, monkeypatch, redis, learner, course):
    use(settings, monkeypatch, redis.url)
    settings.WRITE_LIMITS, settings.WRITES_A_MINUTE = True, 3
    monkeypatch.setattr("accounts.limits.time.time", lambda: 1_800_000_000.0)
    client = Client()
    client.force_login(learner)
    statuses = [client.post("/display/").status_code for _ in range(4)]
    redis.stop()
    statuses += [client.post("/display/").status_code for _ in range(4)]
    assert statuses == [302, 302, 302, 429] * 2


def test_reading_and_writing_go_on_while_redis_is_away(settings, monkeypatch, redis, learner, course, caplog):
    use(settings, monkeypatch, redis.url)
    client = Client()
    client.force_login(learner)
    assert client.get(STEP).status_code == 200
    redis.stop()
    assert client.get(STEP).status_code == 200 and "Heron" in client.get(STEP).text
    assert client.post(f"{STEP}comments/", {"body": "Still here."}).status_code == 302
    fresh = Client()
    answer = fresh.post("/accounts/login/", {"login": "Heron", "password": "plum harbour seven lanterns"})
    assert answer.status_code == 302
    redis.start()
    assert "Still here." in client.get(STEP).text and "Heron" in fresh.get(STEP).text
    said = [r.message for r in caplog.records if r.name == "harmreduction.caches"]
    assert len([m for m in said if "cannot be reached" in m]) == 1 == len([m for m in said if "is back" in m])
    assert "127.0.0.1" not in " ".join(said)


def test_a_redis_that_hangs_is_not_waited_for_by_every_page(settings, monkeypatch, redis, learner, course):
    use(settings, monkeypatch, redis.url, patience=0.5)
    monkeypatch.setattr(harmreduction.caches, "PAUSE", 3600.0)
    client = Client()
    client.force_login(learner)
    state = harmreduction.caches._states[(redis.url, "ForgettingCache")]
    redis.pause()
    try:
        assert client.get(STEP).status_code == 200
        waited = state.gone_until
        assert waited
        assert {client.get(STEP).status_code for _ in range(5)} == {200}
        assert state.gone_until == waited  # each wait for it would have put this off
    finally:
        redis.go_on()


def test_who_logged_out_while_redis_was_away_is_logged_out_when_it_is_back(
    settings, monkeypatch, redis, learner, course
):
    """Redis only lost its line: what it holds is what was true before."""
    use(settings, monkeypatch, redis.url)
    client = Client()
    client.force_login(learner)
    client.get(STEP)
    cookie = client.cookies["sessionid"].value
    away = harmreduction.caches._states[(redis.url, "ForgettingCache")]
    away.gone_until = time.monotonic() + 3600
    client.post("/accounts/logout/")
    away.gone_until = 0.0
    thief = Client()
    thief.cookies["sessionid"] = cookie
    assert "Heron" not in thief.get(STEP).text


def test_a_session_whose_row_is_deleted_is_over_at_once(settings, monkeypatch, redis, learner, course):
    use(settings, monkeypatch, redis.url)
    client = Client()
    client.force_login(learner)
    assert "Heron" in client.get(STEP).text
    Session.objects.all().delete()
    assert "Heron" not in client.get(STEP).text


def test_a_dead_port_costs_nothing_but_the_cache(settings, monkeypatch):
    use(settings, monkeypatch, "redis://127.0.0.1:9/0")
    counting, forgetting = caches["default"], caches["sessions"]
    assert isinstance(counting, CountingCache) and isinstance(forgetting, ForgettingCache)
    assert counting.add("a", 1) and counting.incr("a") == 2 and counting.get("a") == 2
    assert counting.get_many(["a", "b"]) == {"a": 2} and counting.has_key("a") and counting.delete("a")
    counting.set_many({"c": 1})
    counting.delete_many(["c"])
    assert counting.get("c") is None and counting.touch("c") is False
    forgetting.set("a", 1)
    assert forgetting.get("a") is None and forgetting.get("a", "other") == "other" and not forgetting.has_key("a")
    assert forgetting.get_many(["a"]) == {} and forgetting.set_many({"a": 1}) == [] and not forgetting.add("a", 1)
    forgetting.delete_many(["a"])
    forgetting.clear()


def test_the_line_to_redis_is_taken_up_again_after_it_was_started_anew(settings, monkeypatch, redis):
    use(settings, monkeypatch, redis.url)
    caches["default"].set("a", 1)
    redis.stop()
    redis.start()
    caches["default"].set("b", 2)
    assert len(raw(redis.url)) == 1
