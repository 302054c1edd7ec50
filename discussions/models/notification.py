"""What a person is told, and how they want to be told."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discussions.models.comment import Comment
from discussions.models.moderation import Decision
from discussions.models.people import of_person


class Notification(models.Model):
    """One thing one person is told. The row is the outbox too: what is to be sent by e-mail has no `emailed_at` yet.

    How many a person has not seen is kept in `User.unread_notifications`, raised and lowered with these rows.
    """

    class Kind(models.TextChoices):
        REPLY = "reply", _("Replies to what I wrote")
        MENTION = "mention", _("Mentions of my name")
        FOLLOWED = "followed", _("New replies in conversations I follow")
        ENDORSED = "endorsed", _("An educator recommends what I wrote")
        MODERATION = "moderation", _("Decisions of moderators about what I wrote")
        DANGER = "danger", _("Somebody may be in danger (for moderators)")

    # Told whatever a person chose.
    ALWAYS = (Kind.MODERATION, Kind.DANGER)

    person = of_person()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    seen = models.BooleanField(default=False)
    emailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [models.Index(fields=["person", "-id"], name="notifications_newest_first")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "comment", "kind"],
                condition=Q(comment__isnull=False, decision__isnull=True),
                name="one_notification_of_a_kind_per_comment",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class Preferences(models.Model):
    """How a person wants to be told, and how long their words shall stay. No row means the defaults."""

    class Email(models.TextChoices):
        NEVER = "never", _("Never")
        AT_ONCE = "at-once", _("At once")
        DAILY = "daily", _("Once a day")
        WEEKLY = "weekly", _("Once a week")

    class Expiry(models.TextChoices):
        TEXT = "text", _("the words go, their place stays")
        AUTHOR = "author", _("the words stay, without my name")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="preferences"
    )
    # Kinds that this person does not want to be told of. Moderation is always told.
    unwanted = models.JSONField(default=list, blank=True)
    email = models.CharField(max_length=8, choices=Email.choices, default=Email.NEVER)
    # For educators: once a week how their courses are going, in numbers (harmreduction.course_mail).
    course_mail = models.BooleanField(default=False)
    # "My words expire": after so many days (0: never), and what goes then.
    words_expire_days = models.PositiveSmallIntegerField(default=0)
    words_expire_how = models.CharField(max_length=6, choices=Expiry.choices, default=Expiry.TEXT)

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return f"{self.pk}"


class Digest(models.Model):
    """That a person's e-mail of one period was begun and sent, so that it is sent once whoever runs the command, and however often."""

    class About(models.TextChoices):
        NOTIFICATIONS = "", _("notifications")
        COURSES = "courses", _("how courses are going")

    person = of_person()
    about = models.CharField(max_length=8, choices=About.choices, blank=True, default=About.NOTIFICATIONS)
    # "2026-11-27", "2026-W48", or "to 4711" (a notification's number) for "at once".
    period = models.CharField(max_length=40)
    up_to = models.PositiveBigIntegerField(default=0)  # the newest notification that it tells of
    tries = models.PositiveSmallIntegerField(default=1)
    begun_at = models.DateTimeField(default=timezone.now)  # of the last try
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        constraints = [models.UniqueConstraint(fields=["person", "about", "period"], name="one_digest_per_period")]

    def __str__(self) -> str:
        return f"{self.pk}"
