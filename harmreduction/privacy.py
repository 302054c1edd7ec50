"""Asks each app what it keeps about people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts import privacy as accounts
from accounts.models import User
from accounts.portability import Part
from courses import privacy as courses
from discussions import privacy as discussions

OWN_APPS = {"accounts", "courses", "discussions"}

SESSION = {
    "sessions.Session": (
        _("That this browser is logged in, under a random number"),
        _("60 days, or until you log out"),
    ),
    "account.EmailAddress": (
        _("An e-mail address, if you gave one and showed that it is yours"),
        _("until you remove it"),
    ),
    "mfa.Authenticator": (
        _(
            "The public half of each passkey with its name and when it was last used, or the locked secret of an authenticator app"
        ),
        _("until you remove it"),
    ),
    "usersessions.UserSession": (
        _("Where you are logged in, as coarse as “Firefox on Android”, and since which day; no address"),
        _("until you log out, or 60 days"),
    ),
    "admin.LogEntry": (_("Which change an educator made to the course, and when"), _("as long as the course")),
}
if settings.OIDC_ISSUER:
    SESSION["socialaccount.SocialAccount"] = (
        _("The number under which your institution knows you, if you log in through one; no name and no address"),
        _("until the account is deleted"),
    )
KEPT: dict[str, tuple[Any, Any]] = {**accounts.KEPT, **courses.KEPT, **discussions.KEPT, **SESSION}


def what_is_kept() -> list[tuple[Any, Any]]:
    """(what and why, how long) without repetition, for the public page."""
    return list(dict.fromkeys(KEPT.values()))


def models_about_people() -> Iterator[Any]:
    """The tables that refer to people: the account itself, and each with a column that points at one."""
    person = get_user_model()
    for model in apps.get_models():
        points = any(f.related_model is person for f in model._meta.get_fields() if f.is_relation and f.concrete)
        if model is person or points:
            yield model


def unexplained() -> list[str]:
    """Fields about people ("app.Model.field"; of other people's apps "app.Model") that KEPT does not explain."""
    missing = []
    for model in models_about_people():
        label = model._meta.label
        if model._meta.app_label not in OWN_APPS:
            if label not in KEPT and not model._meta.auto_created:
                missing.append(label)
            continue
        missing += [
            f"{label}.{field.name}"
            for field in model._meta.get_fields()
            if field.concrete and not field.primary_key and f"{label}.{field.name}" not in KEPT
        ]
    return missing


def export(person: User) -> list[Part]:
    """Everything that refers to the person, part by part."""
    return [
        *accounts.export(person),
        *courses.export(person),
        *discussions.export(person),
        *_export_of_the_house(person),
    ]


# What libraries keep about a person: (table, file, title, about, {the columns in question: in words}).
OF_LIBRARIES: list[tuple[str, str, Any, Any, dict[str, Any]]] = [
    (
        "account.EmailAddress",
        "e-mail-addresses",
        _("Your e-mail addresses"),
        _("Addresses you gave, and whether you showed that they are yours."),
        {"email": _("e-mail"), "verified": _("verified")},
    ),
    (
        "mfa.Authenticator",
        "sign-in-keys",
        _("Your passkeys and authenticator apps"),
        _("That you have them, since when, and when you last used them. The secrets themselves stay here."),
        {"type": _("kind"), "created_at": _("since"), "last_used_at": _("last used")},
    ),
    (
        "usersessions.UserSession",
        "sign-ins",
        _("Where you are logged in"),
        _("Your open logins. Neither an internet address nor a browser's full name is kept."),
        {"created_at": _("since"), "last_seen_at": _("last used")},
    ),
    (
        "socialaccount.SocialAccount",
        "institutions",
        _("Login through an institution"),
        _("The number under which an institution knows you, if you log in through one."),
        {"provider": _("institution"), "uid": _("number"), "date_joined": _("since")},
    ),
]


def _export_of_libraries(person: User) -> list[Part]:
    parts = []
    for label, name, title, about, columns in OF_LIBRARIES:
        if apps.is_installed(f"allauth.{label.partition('.')[0]}"):
            rows = apps.get_model(label)._default_manager.filter(user=person).order_by("pk")
            told = [{str(words): getattr(row, column) for column, words in columns.items()} for row in rows]
            parts.append(Part(name, str(title), str(about), (label,), told))
    return parts


def _export_of_the_house(person: User) -> list[Part]:
    entries = LogEntry.objects.filter(user=person).order_by("pk")
    return [
        *_export_of_libraries(person),
        Part(
            "changes-to-the-course",
            now("What you changed in the course"),
            now("Your entries in the log of the educators' pages, if you are one."),
            ("admin.LogEntry",),
            [
                {
                    now("when"): entry.action_time,
                    now("what"): entry.object_repr,
                    now("change"): entry.get_change_message(),
                }
                for entry in entries
            ],
        ),
    ]
