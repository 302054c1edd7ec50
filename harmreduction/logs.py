"""What the log says, and what it must not: a request's number, its kind of page and what broke, never an address, a name or a word.

Paths are replaced by their pattern (a path may hold an invitation), exceptions lose their message (a message may hold what somebody
wrote) unless LOG_ERROR_WORDS is set for a while to find a mistake.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

request_id: ContextVar[str] = ContextVar("request_id", default="")
TAKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
logger = logging.getLogger(__name__)
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class RequestNumber:
    """Gives each request a number, which the log, the answer and the page for errors carry: "it broke, number …" can be looked up.

    A proxy that counts (PROXIES) may bring a number along. With LOG_REQUESTS there is a line for each request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        brought = request.headers.get("X-Request-ID", "") if settings.ALLAUTH_TRUSTED_PROXY_COUNT else ""
        number = brought if TAKEN.fullmatch(brought) else secrets.token_hex(8)
        token = request_id.set(number)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = number
            if settings.LOG_REQUESTS:
                took = round((time.perf_counter() - started) * 1000, 1)
                kind = {"method": request.method, "page": page_of(request), "status": response.status_code, "ms": took}
                logger.info("%(method)s %(page)s %(status)s %(ms)s ms", kind, extra={"about": kind})
            return response
        finally:
            request_id.reset(token)


def page_of(request: Any) -> str:
    """The pattern of the address, without what it was filled with."""
    match = getattr(request, "resolver_match", None)
    return str(match.route or "/") if match else "(no page)"


class WithoutPeople(logging.Filter):
    """Puts the request's number on a record, and the page's pattern where its path was."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        request = getattr(record, "request", None)
        path = getattr(request, "path", "")
        if path and isinstance(record.args, tuple):
            record.args = tuple(page_of(request) if arg == path else arg for arg in record.args)
        return True


class Plain(logging.Formatter):
    """One line for a reader: when, how grave, where, what; then the way to what broke."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} [{request_id}] {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # what another formatter kept there has the message in it
        return super().format(record)

    def formatException(self, ei: ExcInfo) -> str:
        _kind, error, _place = ei
        if settings.LOG_ERROR_WORDS or error is None:
            return super().formatException(ei)
        return without_words(error)


def without_words(error: BaseException) -> str:
    """The way to what broke and its kind, without its message."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"Traceback (most recent call last):\n{frames}{_chain(error)}"


def _chain(error: BaseException) -> str:
    """The kinds of exceptions that led to each other, innermost last, without their messages."""
    kinds, seen = [], set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        kinds.append(f"{type(current).__module__}.{type(current).__qualname__}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return " from ".join(kinds)


class Json(Plain):
    """One JSON object in a line, for programs."""

    def format(self, record: logging.LogRecord) -> str:
        found: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", ""),
            **getattr(record, "about", {}),
        }
        if record.exc_info:
            found["error"] = self.formatException(record.exc_info)
        return json.dumps(found, ensure_ascii=False)
