"""How one reader wants pages to be: language, time zone, text size, colours, less data.

Who has an account finds it in every browser (columns of User); others keep it in cookies that say nothing else. `of(request)` is the
one place to ask; the middleware applies what has to hold before a page is made.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from accounts.models import User

SCHEME_COOKIE, TEXT_SIZE_COOKIE, LOW_DATA_COOKIE = "scheme", "text_size", "low_data"
YEAR = 365 * 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class Preferences:
    """What was chosen; an empty word means that the browser decides."""

    language: str = ""
    time_zone: str = ""
    text_size: str = ""
    scheme: str = ""
    data_mode: str = ""


def of(request: HttpRequest) -> Preferences:
    """This reader's choices; asked once for a request, and without a query beyond the one that finds the person anyway."""
    known: Preferences | None = request.__dict__.get("_preferences")
    if known is None:
        known = request.__dict__["_preferences"] = _of_person(request) or _of_cookies(request)
    return known


def _of_person(request: HttpRequest) -> Preferences | None:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return Preferences(user.language, user.time_zone, user.text_size, user.scheme, user.data_mode)


def _of_cookies(request: HttpRequest) -> Preferences:
    size, scheme = request.COOKIES.get(TEXT_SIZE_COOKIE, ""), request.COOKIES.get(SCHEME_COOKIE, "")
    return Preferences(
        text_size=size if size in User.TextSize.values else "",
        scheme=scheme if scheme in User.Scheme.values else "",
        data_mode={"1": "low", "0": "full"}.get(request.COOKIES.get(LOW_DATA_COOKIE, ""), ""),
    )


def low_data(request: HttpRequest) -> bool:
    """Whether this reader asked for pages without pictures and web font, here or in the browser (Save-Data)."""
    chosen = of(request).data_mode
    return chosen == "low" or (not chosen and request.headers.get("Save-Data", "").lower() == "on")


def in_templates(request: HttpRequest) -> dict[str, bool]:
    """For pages made for one reader; shared pages get it from courses.pages."""
    return {"low_data": low_data(request)}


def keep(request: HttpRequest, response: HttpResponse, **chosen: str) -> None:
    """Keep choices where they belong: with the person, or in this browser."""
    if request.user.is_authenticated:
        for name, value in chosen.items():
            setattr(request.user, name, value)
        request.user.save(update_fields=list(chosen))
        return
    names = {"scheme": SCHEME_COOKIE, "text_size": TEXT_SIZE_COOKIE, "data_mode": LOW_DATA_COOKIE}
    for name, value in chosen.items():
        kept = {"low": "1", "full": "0"}.get(value, value) if name == "data_mode" else value
        if kept:
            response.set_cookie(
                names[name], kept, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
            )
        else:
            response.delete_cookie(names[name], samesite="Lax")


def carry_over(*, request: HttpRequest, response: HttpResponse, user: User) -> None:
    """What was chosen in this browser moves into a new account, and the cookies go."""
    chosen = _of_cookies(request)
    fields = ["text_size", "scheme", "data_mode"]
    for name in fields:
        setattr(user, name, getattr(chosen, name))
    if any(getattr(chosen, name) for name in fields):
        user.save(update_fields=fields)
    for cookie in (SCHEME_COOKIE, TEXT_SIZE_COOKIE, LOW_DATA_COOKIE):
        if cookie in request.COOKIES:
            response.delete_cookie(cookie, samesite="Lax")


@cache
def time_zones() -> tuple[str, ...]:
    """The names of time zones worth offering: places, not the historical abbreviations."""
    return tuple(
        sorted(z for z in zoneinfo.available_timezones() if "/" in z and not z.startswith(("Etc/", "SystemV/", "US/")))
    )


class ApplyPreferences:
    """Language and time zone of the reader, for all that is made for one reader. Shared pages are made in UTC (courses.pages)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(settings.MEDIA_URL):  # files are nobody's: spare the query for the person
            return self.get_response(request)
        chosen = of(request)
        if chosen.language in dict(settings.LANGUAGES):
            translation.activate(chosen.language)
            request.LANGUAGE_CODE = translation.get_language()
        zone = chosen.time_zone if chosen.time_zone in time_zones() else ""
        with timezone.override(zoneinfo.ZoneInfo(zone)) if zone else nullcontext():
            response = self.get_response(request)
        # A page kept from before the browser began to spare data is another page.
        patch_vary_headers(response, ("Save-Data",))
        return response
