"""How often one person, or one address without an account, may write: tries are counted in the cache, in windows of time.

The cache's keys are scrambled (harmreduction.cache_keys), so that no address can be read there, and a count is gone when its window is.
When the cache cannot be reached nothing is counted and everything goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import ngettext

SECRET_WORDS = ("password", "csrf", "secret", "token", "code")  # of field names whose value is never given back
View = Callable[..., HttpResponseBase]


def who(request: HttpRequest) -> str:
    """Under what a request is counted: the account, or the address without one."""
    user = getattr(request, "user", None)
    return f"person {user.pk}" if user is not None and user.is_authenticated else f"address {_address(request)}"


def _address(request: HttpRequest) -> str:
    try:
        return get_client_ip(request) or "unknown"
    except ImproperlyConfigured:  # fewer proxies have written their word than PROXIES says: somebody goes around them
        return "unknown"


def wait(name: str, counted: str, *, times: int, seconds: int) -> int:
    """Count one try of `name` by `counted`. Gives 0 when it may go ahead, else in how many seconds the next one may.

    The window's number is part of the key: a cache that forgets expiry, or loses a count between two processes, lets a few more through
    and never locks anybody out for longer than a window.
    """
    if not settings.WRITE_LIMITS or times <= 0:
        return 0
    now = int(time.time())
    key = f"limit:{name}:{counted}:{now // seconds}"
    if cache.add(key, 1, timeout=seconds + 1):
        return 0
    try:
        tries = cache.incr(key)
    except ValueError:  # thrown out between the two
        return 0
    return seconds - now % seconds if tries and tries > times else 0


def in_words(seconds: int) -> str:
    """How long a wait is, rounded up, in the largest unit that says enough."""
    if seconds < 90:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    minutes = -(-seconds // 60)
    if minutes < 90:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = -(-minutes // 60)
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}


def too_often(request: HttpRequest, seconds: int) -> HttpResponse:
    """A page that says when the next try is taken, and gives back what was written: every value of more than one word."""
    written = [
        value
        for name, values in request.POST.lists()
        if not any(word in name.lower() for word in SECRET_WORDS)
        for value in map(str, values)
        if " " in value.strip()
    ]
    context = {"written": written, "pause": in_words(seconds)}
    response = render(request, "errors/429.html", context, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def limited(name: str, *, times: int, seconds: int) -> Callable[[View], View]:
    """A view that takes at most `times` POSTs of one person (or address) in `seconds`; what comes after is answered with 429."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counting(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and (pause := wait(name, who(request), times=times, seconds=seconds)):
                return too_often(request, pause)
            return view(request, *args, **kwargs)

        return counting

    return decorate


class WriteLimits:
    """The outer bound on every write, whatever the address: so many a minute for a person, and for an address without an account.

    Stands after signing in is known. Views that want less have `limited`, or rules of their own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            counted = who(request)
            times = settings.WRITES_A_MINUTE if counted.startswith("person") else settings.ADDRESS_WRITES_A_MINUTE
            if pause := wait("write", counted, times=times, seconds=60):
                return too_often(request, pause)
        return self.get_response(request)
