"""Bounds on seconds of CPU that hold on a busy machine, too: there the same work takes twice as much, and so does known work."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any, TypeVar

import pytest

PAGE = '<p class="a">Words <b>in bold</b> and &amp; <a href="/x/">a link</a>.</p>\n' * 1000
USUAL = 0.02  # seconds of CPU that reading PAGE takes on the machine for which the bounds were written, when it does nothing else
TRIES = 10
Made = TypeVar("Made")


def within(seconds: float, act: Callable[..., Made], *given: Any) -> Made:
    """What `act` makes of what it is given. Fails the test where that costs more CPU than so many seconds, each time it is tried.

    Where it does, known work is measured, too: a machine that takes longer for that at the moment may take as much longer for this.
    """
    for _try in range(TRIES):
        cost, made = _cost(act, *given)
        allowed = seconds
        if cost > allowed:
            allowed *= max(1.0, min(_cost(_known_work)[0] for _ in range(3)) / USUAL)
        if cost <= allowed:
            return made
    return pytest.fail(f"took {cost:.2f} s of CPU where {allowed:.2f} s are allowed: {str(given)[:200]}")


def _known_work() -> None:
    HTMLParser().feed(PAGE)


def _cost(act: Callable[..., Any], *given: Any) -> tuple[float, Any]:
    """Seconds of CPU without clearing up after other tests, and what was made."""
    clears_up = gc.isenabled()
    gc.disable()
    try:
        started = time.process_time()
        made = act(*given)
        return time.process_time() - started, made
    finally:
        if clears_up:
            gc.enable()
