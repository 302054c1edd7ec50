"""A real browser (Debian's Chromium, or Playwright's own) against the live site."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from playwright.sync_api import Browser, Page, expect

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
    "1"  # Playwright runs a loop in this thread; every query of a test would be refused
)
WAIT = 30_000  # milliseconds; a busy machine renders a whole course in one request
expect.set_options(timeout=WAIT)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next((path for n in names if (path := shutil.which(n))), None)
    arguments = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    arguments += ["--disable-component-update", "--disable-sync"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    where = {"executable_path": found} if found else {}
    return {**browser_type_launch_args, **where, "args": arguments}


@pytest.fixture(scope="session", autouse=True)
def slow_line() -> Iterator[None]:
    """SLOW_LINE=500 keeps every answer back for so many milliseconds, half of them before the work: finds a test that hurries."""
    seconds = int(os.environ.get("SLOW_LINE", "0")) / 2000
    answer = WSGIHandler.__call__

    def answer_late(self: WSGIHandler, environ: Any, start_response: Any) -> Any:
        time.sleep(seconds)
        response = answer(self, environ, start_response)
        time.sleep(seconds)
        return response

    with pytest.MonkeyPatch.context() as patch:
        if seconds:
            patch.setattr(WSGIHandler, "__call__", answer_late)
        yield


@pytest.fixture
def faults() -> list[str]:
    """What pages complained about: console errors, script errors, requests that left the site."""
    return []


@pytest.fixture
def visitor(browser: Browser, live_server: Any, faults: list[str]) -> Iterator[Callable[..., Page]]:
    """Open a browser of its own: visitor(javascript=False, width=390, scheme="dark") gives a page on the live site."""
    contexts = []

    def open_browser(*, javascript: bool = True, width: int = 1280, scheme: str = "light") -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            java_script_enabled=javascript,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        context.set_default_timeout(WAIT)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("console", lambda said: faults.append(f"console: {said.text}") if said.type == "error" else None)
        page.on(
            "request",
            lambda asked: (
                None if asked.url.startswith((live_server.url, "data:")) else faults.append(f"left: {asked.url}")
            ),
        )
        return page

    yield open_browser
    for context in contexts:
        context.close()
    # What the site still does for these pages would be done in the next test's database.
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(WAIT / 1000)
