"""Numbers about many, kept so that nobody waits for them. A report holds no person and can be made again at any time."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.outline import Course


class Report(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)  # "learning", "discussions": which app counted
    made_at = models.DateTimeField(default=timezone.now)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [models.UniqueConstraint(fields=["course", "kind"], name="one_report_of_a_kind_per_course")]

    def __str__(self) -> str:
        return f"{self.course_id} {self.kind}"
