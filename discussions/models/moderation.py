"""Reports, and what moderators decided. Decisions are a log: a row is written once and never changed or deleted."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from discussions.models.comment import Alias, Comment
from discussions.models.reason import Reason


class Case(models.Model):
    """One comment in the moderators' queue, however many people reported it. A comment has at most one open case."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="cases")
    urgent = models.BooleanField(default=False)  # somebody may be in danger
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.UniqueConstraint(
                fields=["comment"], condition=Q(closed_at__isnull=True), name="one_open_case_per_comment"
            )
        ]
        indexes = [
            models.Index(fields=["-urgent", "id"], condition=Q(closed_at__isnull=True), name="open_cases_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class Report(models.Model):
    """What one reader said about a comment. The author never learns who; without an account nobody does."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=12, choices=Reason.choices)
    note = models.TextField(blank=True, max_length=1000)
    reported_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "reporter"], condition=Q(reporter__isnull=False), name="one_report_per_person_and_case"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class Decision(models.Model):
    """One act of a moderator. About a handle or about an alias, as the comment stood; never about both."""

    class Act(models.TextChoices):
        HIDE = "hide", _("Hide the comment")
        RESTORE = "restore", _("Restore the comment")
        WARN = "warn", _("Warn the author")
        MUTE = "mute", _("Pause the author's writing")
        BAN = "ban", _("End the author's writing")
        LIFT = "lift", _("Lift a pause or a ban")
        DISMISS = "dismiss", _("Nothing to do")
        UPHOLD = "uphold", _("Appeal heard: the decision stands")
        OVERTURN = "overturn", _("Appeal heard: the decision is taken back")

    act = models.CharField(max_length=10, choices=Act.choices)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    note = models.TextField(blank=True, max_length=2000)  # for moderators
    words = models.TextField(blank=True, max_length=2000)  # for the author
    days = models.PositiveSmallIntegerField(null=True, blank=True)  # of a mute
    decided_at = models.DateTimeField(default=timezone.now)
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    comment = models.ForeignKey(Comment, on_delete=models.SET_NULL, null=True, blank=True, related_name="decisions")
    about_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    about_alias = models.ForeignKey(Alias, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.SET_NULL, null=True, blank=True, related_name="decisions")
    # The decision that this one takes back or upholds.
    answers = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="answered_by")

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(
                condition=Q(about_person__isnull=True) | Q(about_alias__isnull=True), name="a_decision_is_about_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def done(self) -> str:
        """The act as something done."""
        return str(DONE[Decision.Act(self.act)])


# The same acts as something done, for the log, for counts, and beside an appeal.
DONE = {
    Decision.Act.HIDE: _("Comment hidden"),
    Decision.Act.RESTORE: _("Comment brought back"),
    Decision.Act.WARN: _("Author warned"),
    Decision.Act.MUTE: _("Writing paused"),
    Decision.Act.BAN: _("Writing ended"),
    Decision.Act.LIFT: _("Pause or ban lifted"),
    Decision.Act.DISMISS: _("Nothing to do"),
    Decision.Act.UPHOLD: _("Appeal heard, decision stands"),
    Decision.Act.OVERTURN: _("Appeal heard, decision taken back"),
}


class Sanction(models.Model):
    """A pause or an end of a person's writing that is in force until `until` (None: for good) or until it is lifted.

    In one course, where somebody decided who moderates only that one; else in all.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="sanction")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    until = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("sanction")
        verbose_name_plural = _("sanctions")

    def __str__(self) -> str:
        return f"{self.pk}"


class Appeal(models.Model):
    """An author's answer to a decision, once. Heard by another moderator where there is one."""

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="appeal")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(max_length=2000)
    made_at = models.DateTimeField(default=timezone.now)
    heard_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")

    def __str__(self) -> str:
        return f"{self.pk}"
