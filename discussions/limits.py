"""How much one person may post: less on the first day of an account, and a bound for everybody.

Counted per person, whatever name the words stand under, in the cache, under keys that nobody can read (harmreduction.cache_keys); a
count is gone when its time is over. Of the account only the day it was made is known, so the first day ends at midnight (UTC).
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.limits import in_words, wait
from discussions.refusals import Refused, TooSoon

HOUR, DAY = 3600, 24 * 3600  # seconds


def is_new(person: Any) -> bool:
    """Whether this account is in its first day (or days: NEW_ACCOUNT_DAYS)."""
    return bool(timezone.now().date() < person.joined_on + timedelta(days=settings.NEW_ACCOUNT_DAYS))


def check_links(person: Any, html: str) -> None:
    """Refuse a comment of a new account with more links than it may have. `html` is the comment as it will be shown."""
    most, found = settings.NEW_ACCOUNT_LINKS, html.count("<a ")
    if settings.WRITE_LIMITS and found > most and is_new(person):
        raise Refused(
            _(
                "On the first day of an account a comment can have %(most)d links; this one has %(found)d. "
                "Take some out, or post it tomorrow."
            )
            % {"most": most, "found": found}
        )


def take_turn(person: Any, *, reply: bool) -> None:
    """Count one post of this person. Raises TooSoon, with when to try again, where it is one too many.

    Asked last before the words are written, so that what is refused for another reason costs no turn.
    """
    if not settings.WRITE_LIMITS:
        return
    who = f"person {person.pk}"
    new = is_new(person)
    if new and (left := _gap(f"posts of {who}", settings.NEW_ACCOUNT_SECONDS_BETWEEN_POSTS)):
        raise TooSoon(
            _("On the first day of an account there is a short pause between two posts. Please post this in %(pause)s.")
            % {"pause": in_words(left)},
            left,
        )
    if new and reply and (left := wait("reply", who, times=settings.NEW_ACCOUNT_REPLIES_A_DAY, seconds=DAY)):
        raise TooSoon(
            _(
                "On the first day an account can post %(most)d replies, and these are used. You can post this in %(pause)s; "
                "until then your words stay here if you keep this page open, or copy them."
            )
            % {"most": settings.NEW_ACCOUNT_REPLIES_A_DAY, "pause": in_words(left)},
            left,
        )
    if left := wait("post", who, times=settings.POSTS_AN_HOUR, seconds=HOUR):
        raise TooSoon(
            _(
                "You have posted %(most)d times within an hour, which is as much as we take. You can post this in %(pause)s."
            )
            % {"most": settings.POSTS_AN_HOUR, "pause": in_words(left)},
            left,
        )


def _gap(key: str, seconds: int) -> int:
    """Begin a pause of so many seconds. Gives 0, or how much of one that has begun is left."""
    now = time.time()
    if seconds <= 0 or cache.add(key, now + seconds, timeout=seconds):
        return 0
    ends = cache.get(key)
    left = ends - now if isinstance(ends, float) else 0
    if 0 < left <= seconds:
        return int(left) + 1
    cache.set(key, now + seconds, timeout=seconds)  # forgotten by the clock, or not by the cache
    return 0
