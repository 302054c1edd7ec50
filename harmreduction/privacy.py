"""Asks each app what it keeps about people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.privacy import KEPT as ACCOUNTS
from courses.privacy import KEPT as COURSES
from discussions.privacy import KEPT as DISCUSSIONS

SESSION = {
    "sessions.Session": (
        _("That this browser is signed in, under a random number"),
        _("60 days, or until you sign out"),
    ),
    "account.EmailAddress": (_("An e-mail address, if you gave one"), _("until you remove it")),
    "admin.LogEntry": (_("Which change an educator made to the course, and when"), _("as long as the course")),
}
KEPT: dict[str, tuple[Any, Any]] = {**ACCOUNTS, **COURSES, **DISCUSSIONS, **SESSION}


def what_is_kept() -> list[tuple[Any, Any]]:
    """(what and why, how long) without repetition, for the public page."""
    return list(dict.fromkeys(KEPT.values()))
