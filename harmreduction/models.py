"""What the house itself keeps: when each of its duties was last done."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DutyRecord(models.Model):
    """One duty of harmreduction.maintenance: when it was done, and where it broke when it was not, without a message that may hold what
    somebody wrote."""

    name = models.CharField(_("duty"), max_length=40, unique=True)
    done_at = models.DateTimeField(_("last done"), null=True, blank=True)
    result = models.CharField(_("what came of it"), max_length=200, blank=True)
    failed_at = models.DateTimeField(_("failed"), null=True, blank=True)
    error = models.TextField(_("what went wrong"), blank=True)
    # By the process that is at it; past it, another may take over.
    claimed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")

    def __str__(self) -> str:
        return self.name
