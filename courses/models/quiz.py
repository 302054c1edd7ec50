"""What a quiz asks, and the last answer of each learner to each question. Nothing is scored: whether it was right is not kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.outline import Step, uid_field
from courses.models.parts import Part


class QuizQuestion(Part):
    """A question of a quiz; kept when it is retired, because answers hang on it."""

    class Kind(models.TextChoices):
        ONE = "one", _("One answer")
        SEVERAL = "several", _("Several answers")
        ORDER = "order", _("Put in order")
        MATCH = "match", _("Match")

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="quiz")
    uid = uid_field()
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.ONE)
    question = models.CharField(_("question"), max_length=600)
    # As in a content file, by kind: [{"text", "right", "why"}], [{"text"}] in the right order, or [{"left", "right", "why"}].
    # Only what courses.content.checking let through is written here.
    options = models.JSONField(_("answers"), default=list)
    why = models.CharField(
        _("explanation"), max_length=1200, blank=True, help_text=_("For questions of order and of matching.")
    )
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(Part.Meta):
        verbose_name = _("quiz question")
        verbose_name_plural = _("quiz questions")
        constraints = [models.UniqueConstraint(fields=["step", "uid"], name="one_quiz_question_per_uid_in_a_step")]

    def __str__(self) -> str:
        return self.question


class QuizAnswer(models.Model):
    """The last answer of a learner to a question, for themselves; nobody else is ever shown it."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="quiz_answers")
    # PROTECT: a question is retired, never deleted, so what learners did on it stays.
    question = models.ForeignKey(QuizQuestion, on_delete=models.PROTECT, related_name="answers")
    answer = models.JSONField()  # places of options, as courses.quiz reads them
    mark = models.CharField(max_length=4)  # of the options that there were to choose from
    answered_on = models.DateField(default=timezone.localdate)  # the day is enough

    class Meta:
        verbose_name = _("answer in a quiz")
        verbose_name_plural = _("answers in quizzes")
        constraints = [
            models.UniqueConstraint(fields=["learner", "question"], name="one_answer_per_learner_and_question")
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} {self.question_id}"
