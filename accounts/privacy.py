"""Every field this app keeps about a person: why, and for how long. The public page "What we keep" is made from it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.portability import Part

KEPT = {
    "accounts.User.handle": (_("The name others see"), _("until the account is deleted")),
    "accounts.User.password": (_("A scrambled form of your password, to check it"), _("until it is changed")),
    "accounts.User.email": (
        _("An e-mail address, if you gave one and showed that it is yours"),
        _("until you remove it"),
    ),
    "accounts.User.skeleton": (
        _("What your name looks like at a glance, so that nobody takes one that passes for it"),
        _("until the account is deleted"),
    ),
    "accounts.User.passkey_id": (
        _("A random number under which your devices know the account, for passkeys"),
        _("until the account is deleted"),
    ),
    "accounts.User.language": (_("Your language, if you chose one"), _("until you change it")),
    "accounts.User.time_zone": (_("Your time zone, if you chose one"), _("until you change it")),
    "accounts.User.text_size": (_("The text size, colours and data mode you chose"), _("until you change it")),
    "accounts.User.data_mode": (_("The text size, colours and data mode you chose"), _("until you change it")),
    "accounts.User.scheme": (_("The text size, colours and data mode you chose"), _("until you change it")),
    "accounts.RecoveryCode.user": (_("Whose recovery code it is"), _("until it is used or replaced")),
    "accounts.RecoveryCode.code_hash": (
        _("A scrambled form of each recovery code, to check it"),
        _("until it is used or replaced"),
    ),
    "accounts.User.joined_on": (_("The day you joined, for limits on new accounts"), _("until the account is deleted")),
    "accounts.User.avatar_shuffle": (_("A number from which your picture is drawn"), _("until the account is deleted")),
    "accounts.User.unread_notifications": (
        _("How many notifications wait for you"),
        _("until you have seen them"),
    ),
    "accounts.User.is_staff": (_("Whether you help to run the site"), _("until the account is deleted")),
    "accounts.User.is_superuser": (_("Whether you help to run the site"), _("until the account is deleted")),
    "accounts.User.is_active": (_("Whether you may log in"), _("until the account is deleted")),
    "accounts.User.groups": (_("Your role on the site, if you have one"), _("until the account is deleted")),
    "accounts.User.user_permissions": (_("Your role on the site, if you have one"), _("until the account is deleted")),
}


def export(person: User) -> list[Part]:
    """What this app keeps about the person. The password's scrambled form is of use to nobody else and stays here."""
    account: dict[str, Any] = {
        now("name"): person.handle,
        now("e-mail"): person.email,
        now("joined on"): person.joined_on,
        now("picture number"): person.avatar_shuffle,
        now("how the name looks"): person.skeleton,
        now("number for passkeys"): str(person.passkey_id),
        now("language"): person.language,
        now("time zone"): person.time_zone,
        now("text size"): person.text_size,
        now("data"): person.data_mode,
        now("colours"): person.scheme,
        now("recovery codes left"): person.recovery_codes.count(),
        now("notifications that wait"): person.unread_notifications,
        now("roles"): sorted(person.groups.values_list("name", flat=True)),
        now("may use the admin"): person.is_staff,
    }
    return [
        Part(
            "account",
            now("Your account"),
            now("Your name on this site and how you set it up."),
            ("accounts.User", "accounts.RecoveryCode"),
            [account],
        )
    ]
