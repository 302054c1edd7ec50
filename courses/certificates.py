"""Certificates: when one is earned, issuing and revoking, and what is printed.

The site does not keep the name. It is typed when a certificate is printed, goes into the answer and its QR code, and is forgotten; so
a certificate can be printed again under the same code with any name. Who wants two papers that cannot be told to be one person's takes
a second code.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import qrcode
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses import signed
from courses.models import Certificate, Course
from courses.progress import Standing

LONGEST_NAME = 100
MOST_CODES = 10  # that one person has of one course
_JOINERS = "\u200c\u200d"  # without them some names in Persian and in Indian scripts would be other names
_FINEST = 22  # version of a QR code, above which it takes less care to correct errors and keeps its squares larger
_MOST_MARKS = 4  # above and below one letter


class NotEarned(Exception):
    """Too few steps are done."""


class TooMany(Exception):
    """This person has as many certificates of the course as one can have."""


def clean_name(typed: str) -> str:
    """A name as it will be printed. Raises ValidationError when there is none or it is too long."""
    name, marks = "", 0
    for sign in unicodedata.normalize("NFC", typed):
        kind = unicodedata.category(sign)
        marks = marks + 1 if kind == "Mn" else 0
        if kind[0] == "Z" or sign in "\t\r\n":
            name += " "
        elif sign in _JOINERS or (kind[0] != "C" and marks <= _MOST_MARKS):
            name += sign
    name = " ".join(name.split())
    if not name.strip(_JOINERS):
        raise ValidationError(_("Type the name to print: any name, or your handle."), code="empty")
    if len(name) > LONGEST_NAME:
        words = _("This name has %(length)s characters, and %(most)s fit on the sheet. Please shorten it.")
        raise ValidationError(
            words % {"length": number_format(len(name)), "most": number_format(LONGEST_NAME)}, code="long"
        )
    return name


@transaction.atomic
def issue(*, person: Any, course: Course, standing: Standing, another: bool = False) -> Certificate:
    """The person's certificate of this course: the one there is, else a new one; `another` makes one with a code of its own.

    Raises NotEarned or TooMany.
    """
    get_user_model().objects.select_for_update().get(pk=person.pk)  # pressing twice makes one
    mine = Certificate.objects.of(person, course).standing().order_by("-pk")
    if not another and (found := mine.first()):
        return found
    if not standing.earned:
        raise NotEarned
    if Certificate.objects.of(person, course).count() >= MOST_CODES:
        raise TooMany
    return Certificate.objects.create(person=person, course=course, snapshot=_snapshot(course, standing))


def _snapshot(course: Course, standing: Standing) -> dict[str, Any]:
    weeks = len(course.outline.get("weeks", []))
    return {
        "course": course.title,
        "organisation": course.organisation,
        "outcomes": [str(outcome) for outcome in course.outcomes],
        "weeks": weeks,
        "hours": f"{(weeks * course.hours_per_week).normalize():f}",
        "done": standing.done,
        "whole": standing.whole,
    }


def revoke(*, person: Any, code: str) -> bool:
    """Take a certificate of one's own back for good; whether there was one to take back."""
    mine = Certificate.objects.filter(person=person).standing().with_code(code)
    return bool(mine.update(revoked_on=timezone.localdate()))


def number_of(certificate: Certificate, name: str) -> str:
    """What the QR code holds: all that is printed, signed."""
    fields = {**certificate.snapshot, "name": name, "code": certificate.printed_code}
    return signed.pack(fields | {"issued_on": certificate.issued_on.isoformat()}, settings.CERTIFICATE_KEY)


def public_keys() -> list[str]:
    """The key that verifies what is issued now, then the site's earlier ones."""
    return [signed.public_key(settings.CERTIFICATE_KEY), *settings.CERTIFICATE_OLD_KEYS]


@dataclass(frozen=True)
class Sheet:
    """A certificate as it is printed."""

    certificate: Certificate
    name: str
    address: str  # in the QR code
    verify_at: str  # for whoever types it

    @property
    def scope(self) -> str:
        return scope_of(self.certificate.snapshot)

    @property
    def facts(self) -> list[tuple[str, str]]:
        snapshot = self.certificate.snapshot
        steps = _("%(done)s of %(whole)s") % {"done": snapshot["done"], "whole": snapshot["whole"]}
        facts = [(_("Issued"), date_format(self.certificate.issued_on, "j F Y")), (_("Steps"), steps)]
        facts += [(_("Code"), self.certificate.printed_code)]
        return facts + ([(_("Given by"), snapshot["organisation"])] if snapshot["organisation"] else [])

    @property
    def qr(self) -> SafeString:
        return draw_qr(self.address)

    def for_pdf(self) -> dict[str, Any]:
        """What courses.paper prints."""
        snapshot = self.certificate.snapshot
        words = {
            "kind": _("Certificate of completion"),
            "has_completed": _("has completed the course"),
            "scope": self.scope,
            "outcomes": _("What the course is about"),
            "qr": _("QR code: opens the page on which this certificate can be checked"),
            "verify": _("Check this certificate at"),
        }
        return {
            **{name: snapshot[name] for name in ("course", "organisation", "outcomes")},
            **{"name": self.name, "address": self.address, "verify_at": self.verify_at},
            **{"language": self.certificate.course.language, "facts": self.facts, "words": words},
        }


def scope_of(fields: Mapping[str, Any]) -> str:
    """How much the course is, in words."""
    words = ngettext(
        "%(weeks)d week of self-paced study, about %(hours)s hours in all.",
        "%(weeks)d weeks of self-paced study, about %(hours)s hours in all.",
        fields["weeks"],
    )
    return words % {"weeks": fields["weeks"], "hours": number_format(fields["hours"])}


def _strokes(y: int, row: list[bool]) -> str:
    """A line of a QR code, neighbours as one stroke."""
    path, x = "", 0
    for dark, run in groupby(row):
        length = len(list(run))
        path += f"M{x} {y}h{length}v1h-{length}z" if dark else ""
        x += length
    return path


def draw_qr(address: str) -> SafeString:
    """A QR code as a picture: digits in it are packed closest, so a whole certificate can still be read from paper."""
    for care in (qrcode.constants.ERROR_CORRECT_M, qrcode.constants.ERROR_CORRECT_L):
        code = qrcode.QRCode(error_correction=care, border=4)
        code.add_data(address, optimize=8)
        code.make()
        if code.version <= _FINEST:
            break
    rows = code.get_matrix()
    path = "".join(_strokes(y, row) for y, row in enumerate(rows))
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}">'
        '<path fill="#fff" d="M0 0h{0}v{0}h-{0}z"/><path fill="#12272c" d="{2}"/></svg>',
        *(len(rows), _("QR code: opens the page on which this certificate can be checked"), path),
    )
