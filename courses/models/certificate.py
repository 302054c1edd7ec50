"""That somebody finished a course, as it was printed, but for the name: that stands on the paper alone."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.outline import Course

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O and U, which are taken for others
CODE_LENGTH = 12  # 60 bits: whoever tries a thousand codes a second finds one in some thousand years
_TAKEN_FOR = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


def new_code() -> str:
    """Random, in letters and digits that are not taken for each other."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def of(self, person: Any, course: Course) -> CertificateQuerySet:
        return self.filter(person=person, course=course)

    def standing(self) -> CertificateQuerySet:
        """Not revoked."""
        return self.filter(revoked_on=None)

    def with_code(self, typed: str) -> CertificateQuerySet:
        """The one with this code, however it was typed; none for what no code can be (PostgreSQL refuses to look for NUL)."""
        code = typed.upper().translate(_TAKEN_FOR)[: CODE_LENGTH + 1]
        return self.filter(code=code) if code.isprintable() else self.none()


class Certificate(models.Model):
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="certificates")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    issued_on = models.DateField(default=timezone.localdate)
    # {"course", "organisation", "outcomes", "weeks", "hours", "done", "whole"} as they were that day.
    snapshot = models.JSONField()
    revoked_on = models.DateField(null=True, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")

    def __str__(self) -> str:
        return self.printed_code

    @property
    def printed_code(self) -> str:
        """The code in groups of four."""
        return "-".join(self.code[i : i + 4] for i in range(0, CODE_LENGTH, 4))
