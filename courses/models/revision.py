"""What courses, weeks, topics and steps said before: each change with who made it, kept as long as the course."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.outline import Course, Step, Topic, Week


class Revision(models.Model):
    """A row as it was after a change (courses.history). It is about the step, topic or week that it names, else the course."""

    class Source(models.TextChoices):
        BEFORE = "before", _("as it was before that")
        MADE = "made", _("made")
        ADMIN = "admin", _("edited here")
        FILES = "files", _("loaded from files")
        ARRANGED = "arranged", _("moved, retired or brought back")
        PUBLISHED = "published", _("published or unpublished")
        RESTORED = "restored", _("restored from an earlier version")

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="revisions")
    week = models.ForeignKey(Week, on_delete=models.CASCADE, null=True, related_name="revisions")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, null=True, related_name="revisions")
    step = models.ForeignKey(Step, on_delete=models.CASCADE, null=True, related_name="revisions")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    source = models.CharField(max_length=10, choices=Source.choices)
    fields = models.JSONField(default=dict)
    changed = models.JSONField(default=list)  # the names of the fields that differ from the revision before
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        indexes = [
            # A course has few of its own among many of its steps.
            models.Index(
                fields=["course", "id"], condition=Q(week=None, topic=None, step=None), name="revisions_of_a_course"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
