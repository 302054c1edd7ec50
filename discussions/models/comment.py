"""Comments in two levels. A reply to a reply keeps its parent, to say whom it answers, and is shown under the root.

Nothing here is counted or sorted when a page is read: a root's replies are numbered when they are written, counts are kept in the rows
that a write locks anyway, and pages go by position (keyset), so the ten-thousandth comment costs what the tenth did.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Step

FIRST_REPLIES = 3  # of a conversation that was not opened
REPLIES_PER_PAGE = 50  # of one that was


class Discussion(models.Model):
    """The discussion under one step: its count, and the version under which its rendered pages are kept."""

    step = models.OneToOneField(Step, on_delete=models.CASCADE, primary_key=True, related_name="+")
    comment_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("discussion")
        verbose_name_plural = _("discussions")

    def __str__(self) -> str:
        return f"{self.step_id}"


class CommentQuerySet(models.QuerySet["Comment"]):
    def on(self, step_id: int) -> CommentQuerySet:
        return self.filter(step_id=step_id)

    def roots(self) -> CommentQuerySet:
        return self.filter(parent=None)

    def visible(self) -> CommentQuerySet:
        """Not hidden by a moderator. A withdrawn comment stays, as a tombstone that keeps its replies in place."""
        return self.filter(hidden_at=None)

    def can_be_answered(self) -> CommentQuerySet:
        return self.visible().filter(withdrawn_at=None)

    def for_page(
        self, step_id: int, *, before: int | None = None, size: int, opened: int | None = None, after: int = 0
    ) -> list[Comment]:
        """One page, newest first, in one query: `size + 1` roots (the last only tells that there are more) with their first
        replies; of the root `opened`, the replies that follow number `after`. Each root has its replies in `.shown`."""
        roots = self.on(step_id).roots().visible()
        if before is not None:
            roots = roots.filter(pk__lt=before)
        chosen = roots.order_by("-pk").values("pk")[: size + 1]
        replies = Q(root__in=chosen, ordinal__lte=FIRST_REPLIES)
        if opened is not None:
            page = Q(root__in=chosen, root_id=opened, ordinal__gt=after, ordinal__lte=after + REPLIES_PER_PAGE)
            replies = (replies & ~Q(root_id=opened)) | page
        rows = (
            self.visible()
            .filter(Q(pk__in=chosen) | replies)
            .select_related("author", "parent__author")
            .order_by(F("root_id").desc(nulls_first=True), "ordinal", "-pk")
        )
        by_root: dict[int, Comment] = {}
        found: list[Comment] = []
        for comment in rows:
            if comment.root_id is None:
                comment.shown = []
                by_root[comment.pk] = comment
                found.append(comment)
            elif comment.root_id in by_root:
                by_root[comment.root_id].shown.append(comment)
        return sorted(found, key=lambda c: -c.pk)


class Comment(models.Model):
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="+", db_index=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="comments"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    root = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    ordinal = models.PositiveIntegerField(default=0, editable=False)  # of a reply under its root, from 1

    body = models.TextField(_("comment"), max_length=5000)
    body_html = models.TextField(editable=False)
    render_version = models.PositiveIntegerField(default=0, editable=False)

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    reply_count = models.PositiveIntegerField(default=0, editable=False)
    # Sent with the form, so that a double click or a retry makes one comment.
    submission = models.UUIDField(null=True, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.UniqueConstraint(fields=["author", "submission"], name="one_comment_per_submission"),
            models.CheckConstraint(
                condition=Q(parent=None, root=None, ordinal=0)
                | Q(parent__isnull=False, root__isnull=False, ordinal__gt=0),
                name="a_reply_has_parent_root_and_ordinal",
            ),
        ]
        # Partial: a plain index on parent makes SQLite read every root to find "parent is null".
        indexes = [
            models.Index(fields=["step", "-id"], condition=Q(parent__isnull=True), name="roots_newest_first"),
            models.Index(fields=["root", "ordinal"], condition=Q(root__isnull=False), name="replies_in_order"),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="answers_to_a_comment"),
        ]

    shown: list[Comment]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def last_shown(self) -> int:
        """The number of the last reply on this page."""
        return self.shown[-1].ordinal if self.shown else 0

    @property
    def more_replies(self) -> int:
        """How many replies follow those on this page."""
        return max(0, self.reply_count - self.last_shown)

    @property
    def answers(self) -> Any:
        """Whom a reply to a reply answers, for "in reply to"."""
        return self.parent.author if self.parent and self.parent_id != self.root_id else None
