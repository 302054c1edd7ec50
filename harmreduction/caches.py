"""Redis or Valkey as a cache that may go away: the site goes on without it, says so once in the log, and asks again after a while."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django.utils.functional import cached_property
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)
PAUSE = 2.0  # seconds in which a cache that did not answer is not asked again, so that no page waits for it


class _State:
    """What this process knows about one Redis; its threads share it."""

    def __init__(self) -> None:
        self.gone_until = 0.0
        self.gone = False
        self.missed = False


_states: dict[tuple[str, str], _State] = {}


class _MayBeGone(RedisCache):
    """Every call is tried; when Redis cannot be reached, `without` says what happens instead."""

    missed_words_matter = False

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        # One try more, at once: after Redis was started again each kept connection is dead, and the second try opens a new one.
        options = {**params.get("OPTIONS", {}), "retry": Retry(NoBackoff(), 1)}
        super().__init__(server, {**params, "OPTIONS": options})
        self._name = f"while {server} is gone"
        self._state = _states.setdefault((str(server), type(self).__name__), _State())

    def _tried(self, act: Callable[[], Any], without: Callable[[], Any], *, writes: bool) -> Any:
        state = self._state
        if time.monotonic() >= state.gone_until:
            try:
                if state.missed and self.missed_words_matter:
                    super().clear()
                state.missed = False
                answer = act()
            except (RedisError, OSError) as error:
                state.gone_until = time.monotonic() + PAUSE
                if not state.gone:
                    logger.warning(
                        "the cache cannot be reached (%s); the site goes on without it", type(error).__name__
                    )
                state.gone = True
            else:
                if state.gone:
                    logger.warning("the cache is back")
                state.gone = False
                return answer
        state.missed = state.missed or writes
        return without()

    @property
    def gone(self) -> bool:
        """Whether the last try failed."""
        return self._state.gone

    def _instead(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """What a call gives when Redis is gone."""
        raise NotImplementedError

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._call("add", key, value, timeout, version, writes=True))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._call("get", key, default, version)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._call("set", key, value, timeout, version, writes=True)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._call("touch", key, timeout, version, writes=True))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._call("delete", key, version, writes=True))

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        found: dict[str, Any] = self._call("get_many", list(keys), version)
        return found

    def has_key(self, key: str, version: int | None = None) -> bool:
        return bool(self._call("has_key", key, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return int(self._call("incr", key, delta, version, writes=True))

    def set_many(
        self, data: Mapping[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[str]:
        return list(self._call("set_many", data, timeout, version, writes=True))

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        self._call("delete_many", list(keys), version, writes=True)

    def clear(self) -> None:
        self._call("clear", writes=True)

    def _call(self, name: str, *args: Any, writes: bool = False) -> Any:
        method = getattr(super(), name)
        return self._tried(lambda: method(*args), lambda: self._instead(name, *args), writes=writes)


class CountingCache(_MayBeGone):
    """For counts (limits on signing in, on writing): while Redis is gone each process counts for itself, so that bounds remain."""

    @cached_property
    def _spare(self) -> LocMemCache:
        return LocMemCache(self._name, {"KEY_FUNCTION": self.key_func, "OPTIONS": {"MAX_ENTRIES": 20_000}})

    def _instead(self, name: str, *args: Any, **kwargs: Any) -> Any:
        return getattr(self._spare, name)(*args)


class ForgettingCache(_MayBeGone):
    """For copies of what the database holds (sessions): while Redis is gone there are none.

    What was to be changed or deleted meanwhile would still stand there when it comes back, a session that was ended among it. So a
    process that missed a change empties the cache before it asks again; nothing is lost, since the database has it all.
    """

    missed_words_matter = True

    def _instead(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "get":
            return args[1]
        return {"get_many": {}, "set_many": [], "incr": 0}.get(name, False)
