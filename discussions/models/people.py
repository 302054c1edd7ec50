"""What a person does with other people's comments. Each is theirs alone: counts are shown, never who."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import Step
from discussions.models.comment import Alias, Comment


def of_person(**options: Any) -> models.ForeignKey[Any, Any]:
    """Whose row it is; it goes with the account."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", **options)


class Like(models.Model):
    person = of_person()
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="likes")

    class Meta:
        verbose_name = _("like")
        verbose_name_plural = _("likes")
        constraints = [models.UniqueConstraint(fields=["person", "comment"], name="one_like_per_person_per_comment")]

    def __str__(self) -> str:
        return f"{self.pk}"


class Bookmark(models.Model):
    person = of_person()
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("bookmark")
        verbose_name_plural = _("bookmarks")
        constraints = [models.UniqueConstraint(fields=["person", "comment"], name="one_bookmark_per_comment")]

    def __str__(self) -> str:
        return f"{self.pk}"


class Follow(models.Model):
    """A person wants to hear of new replies in a conversation (its root)."""

    person = of_person()
    root = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("followed conversation")
        verbose_name_plural = _("followed conversations")
        constraints = [models.UniqueConstraint(fields=["person", "root"], name="one_follow_per_conversation")]

    def __str__(self) -> str:
        return f"{self.pk}"


class Mute(models.Model):
    """Somebody whose comments fold, for this person alone: under a handle or under an alias, and never under both for one mute."""

    person = of_person()
    muted_person = of_person(null=True, blank=True)
    muted_alias = models.ForeignKey(Alias, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("muted person")
        verbose_name_plural = _("muted people")
        constraints = [
            models.CheckConstraint(
                condition=Q(muted_person__isnull=True) ^ Q(muted_alias__isnull=True), name="a_mute_names_one"
            ),
            models.UniqueConstraint(
                fields=["person", "muted_person"], condition=Q(muted_person__isnull=False), name="one_mute_per_person"
            ),
            models.UniqueConstraint(
                fields=["person", "muted_alias"], condition=Q(muted_alias__isnull=False), name="one_mute_per_alias"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class ReadMark(models.Model):
    """Up to which comment of a step a person said that they had read. Only said by pressing a button, never noted by looking."""

    person = of_person()
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="+")
    up_to = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("read mark")
        verbose_name_plural = _("read marks")
        constraints = [models.UniqueConstraint(fields=["person", "step"], name="one_read_mark_per_step")]

    def __str__(self) -> str:
        return f"{self.pk}"
