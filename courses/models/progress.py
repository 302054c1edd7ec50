"""How far a learner has come: one row for each step they say they finished."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.outline import Step


class Completion(models.Model):
    """A learner's own act: "I have finished this step". Undoing it deletes the row."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="completions")
    # PROTECT: a step is retired, never deleted, so what learners did on it stays.
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="completions", db_index=False)
    # The day is enough; which came last is told by the row's id.
    completed_on = models.DateField(default=timezone.localdate)
    fingerprint = models.CharField(max_length=16, blank=True)  # the step's words as they were then

    class Meta:
        verbose_name = _("completion")
        verbose_name_plural = _("completions")
        constraints = [models.UniqueConstraint(fields=["learner", "step"], name="one_completion_per_learner_and_step")]
        indexes = [models.Index(fields=["step"], name="completions_of_a_step")]

    def __str__(self) -> str:
        return f"{self.learner_id} {self.step_id}"
