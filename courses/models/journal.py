"""What a learner keeps for themselves: steps to come back to, and their answers to the questions of the course.

Neither is ever shown to anybody else: there is no view for staff, and the admin does not know these models.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.outline import Step
from courses.models.parts import ReflectionQuestion


class StepBookmark(models.Model):
    """A step that a learner marked, to find it again."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="step_bookmarks")
    # PROTECT: a step is retired, never deleted.
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("bookmark of a step")
        verbose_name_plural = _("bookmarks of steps")
        constraints = [models.UniqueConstraint(fields=["person", "step"], name="one_bookmark_per_person_and_step")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.step_id}"


class JournalEntry(models.Model):
    """A learner's own answer to a question. An empty one is no row."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="journal")
    # PROTECT: a question is retired, never deleted, so what learners wrote stays with it.
    question = models.ForeignKey(ReflectionQuestion, on_delete=models.PROTECT, related_name="+")
    asked = models.CharField(max_length=700)  # the question's words when this was written; they may change later
    text = models.TextField()
    written_on = models.DateField(default=timezone.localdate)  # the day is enough

    class Meta:
        verbose_name = _("answer in a journal")
        verbose_name_plural = _("answers in journals")
        constraints = [
            models.UniqueConstraint(fields=["person", "question"], name="one_journal_entry_per_person_and_question")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.question_id}"
