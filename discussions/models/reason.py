"""What can be wrong with a comment."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """Why a comment is reported, or why a moderator acted. The first comes first in the queue."""

    DANGER = "danger", _("Someone may be in danger")
    IDENTIFIES = "identifies", _("It identifies someone")
    TRADE = "trade", _("It buys or sells")
    HEALTH = "health", _("A dangerous claim about health")
    STIGMA = "stigma", _("It stigmatises people")
    SPAM = "spam", _("Spam or advertising")
    OTHER = "other", _("Something else")
