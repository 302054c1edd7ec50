"""In which browsers a person is signed in, said as coarsely as is of use: "Firefox on Android", and the day. No address, no user agent.

allauth keeps the list (allauth.usersessions); what it would write is replaced here before it reaches the table, whoever writes it.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User

NO_ADDRESS = "::"
# The first that is found counts: browsers claim to be each other.
BROWSERS = [
    ("Edg", "Edge"), ("OPR|Opera", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS|Chromium", "Chrome"), ("Safari", "Safari"),
]  # fmt: skip
SYSTEMS = [
    ("Android", "Android"), ("iPhone|iPad|iPod", "iOS"), ("Windows", "Windows"), ("Mac OS X|Macintosh", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux|X11", "Linux"),
]  # fmt: skip
LABEL = re.compile(r"^[A-Za-z ]{0,20}/[A-Za-z]{0,10}$")


def coarse(user_agent: str) -> str:
    """Browser and system as "Firefox/Android", of a user agent or of such a label; versions, models and all else are dropped."""
    if LABEL.match(user_agent):
        return user_agent
    browser, system = (
        next((name for pattern, name in known if re.search(pattern, user_agent)), "") for known in (BROWSERS, SYSTEMS)
    )
    return f"{browser}/{system}"


@receiver(pre_save, sender=UserSession)
def keep_only_what_is_said(instance: UserSession, **_kwargs: Any) -> None:
    """No address, a coarse label, and days instead of times."""
    instance.ip = NO_ADDRESS
    instance.user_agent = coarse(instance.user_agent)
    midnight = datetime.time(tzinfo=datetime.UTC)
    for name in ("created_at", "last_seen_at"):
        setattr(instance, name, datetime.datetime.combine(getattr(instance, name).date(), midnight))


@dataclass(frozen=True)
class SignedIn:
    """One browser, for the person's own list."""

    pk: int
    label: str
    day: datetime.date
    here: bool


def in_words(label: str) -> str:
    """A label of `coarse` as people say it: "Firefox on Android"."""
    browser, _slash, system = label.partition("/")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A browser")


def of(user: User, key: str | None) -> list[SignedIn]:
    """Where the person is signed in now; `key` is this browser's session. Two queries, however many there are.

    A session from before the password was changed opens nothing any more, and is not told.
    """
    rows = list(UserSession.objects.filter(user_id=user.pk).order_by("-created_at", "-pk"))
    not_over = Session.objects.filter(session_key__in=[r.session_key for r in rows], expire_date__gt=timezone.now())
    good = {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}
    open_ones = {s.session_key for s in not_over if s.get_decoded().get(HASH_SESSION_KEY) in good}
    return [
        SignedIn(row.pk, in_words(row.user_agent), row.created_at.date(), row.session_key == key)
        for row in rows
        if row.session_key in open_ones
    ]


def end(*, user: User, pk: int | None = None, but: str | None = None) -> int:
    """Sign the person out in one browser, or in all but the one whose session is `but`."""
    rows = UserSession.objects.filter(user_id=user.pk).exclude(session_key=but)
    rows = rows.filter(pk=pk) if pk is not None else rows
    ended = list(rows)
    for row in ended:
        row.end()
    return len(ended)


def forget_ended() -> None:
    """Delete the rows of sessions that ran out."""
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
