"""Comments in two levels. A reply to a reply keeps its parent, to say whom it answers, and is shown under the root.

Nothing here is counted or sorted when a page is read: a root's replies are numbered when they are written, counts are kept in the rows
that a write locks anyway, and pages go by position (keyset), so the ten-thousandth comment costs what the tenth did.
"""

from __future__ import annotations

from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.models import ReflectionQuestion, Step
from discussions.models.reason import Reason

FIRST_REPLIES = 3  # of a conversation that was not opened
REPLIES_PER_PAGE = 50  # of one that was


# A question of a learner that nobody answered, as far as it is shown: words with a question mark and no reply.
WAITS = Q(parent=None, hidden_at=None, withdrawn_at=None, reply_count=0, role="", body__contains="?")


class DiscussionQuerySet(models.QuerySet["Discussion"]):
    def hold(self, step_id: int) -> Discussion:
        """The discussion's row, held until the transaction ends: what is written under one step follows each other exactly."""
        self.get_or_create(step_id=step_id)
        return self.select_for_update().get(step_id=step_id)


class Discussion(models.Model):
    """The discussion under one step: its count, and the version under which its rendered pages are kept."""

    step = models.OneToOneField(Step, on_delete=models.CASCADE, primary_key=True, related_name="+")
    comment_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)

    objects = DiscussionQuerySet.as_manager()

    class Meta:
        verbose_name = _("discussion")
        verbose_name_plural = _("discussions")

    def __str__(self) -> str:
        return f"{self.step_id}"


class CommentQuerySet(QuerySet["Comment"]):
    def on(self, step_id: int) -> CommentQuerySet:
        return self.filter(step_id=step_id)

    def roots(self) -> CommentQuerySet:
        return self.filter(parent=None)

    def visible(self) -> CommentQuerySet:
        """Not hidden by a moderator. A withdrawn comment stays, as a tombstone that keeps its replies in place."""
        return self.filter(hidden_at=None)

    def of(self, person: Any) -> CommentQuerySet:
        """What this person wrote, under their handle or an alias."""
        # Found by two indexes and put together: asked for with OR, a database reads every comment there is.
        named = Comment.objects.filter(author=person)
        # Without the second condition PostgreSQL takes it, where few write under an alias, that every comment could be one.
        aliased = Comment.objects.filter(alias__person=person, alias__isnull=False)
        return self.filter(pk__in=named.values("pk").union(aliased.values("pk")))

    def with_names(self) -> CommentQuerySet:
        """With what a comment shows of who wrote it, and of whom it answers."""
        return self.select_related("author", "alias", "parent__author", "parent__alias")

    def can_be_answered(self) -> CommentQuerySet:
        return self.visible().filter(withdrawn_at=None)

    def for_page(
        self,
        chosen: QuerySet[Comment],
        *,
        opened: int | None = None,
        after: int = 0,
        pinned_of: int | None = None,
        also: QuerySet[Comment] | None = None,
    ) -> list[Comment]:
        """The roots in `chosen` (a slice, in order) with their replies in `.shown`, in one query.

        Of each root the first replies, and those in `also`; of the root `opened` those that follow number `after`. With the pinned
        root of the step `pinned_of` in front. A union and not a condition with "or", for which PostgreSQL would read every comment.
        """
        ids = chosen.values("pk")
        roots = [self.filter(pk__in=ids)]
        first = Q(ordinal__lte=FIRST_REPLIES)
        replies = [self.filter(first & ~Q(root=opened) if opened is not None else first, root__in=ids)]
        if pinned_of is not None:
            pinned = self.filter(step=pinned_of, pinned_at__isnull=False)
            roots.append(pinned)
            replies.append(self.filter(first, root__in=pinned.values("pk")))
        if opened is not None:
            replies.append(self.filter(root=opened, ordinal__gt=after, ordinal__lte=after + REPLIES_PER_PAGE))
        if also is not None:
            replies.append(self.filter(root__in=ids, pk__in=also.values("pk")))
        parts = [part.with_names() for part in (*roots, *replies)]
        rows = {comment.pk: comment for comment in parts[0].union(*parts[1:], all=True)}
        found = [comment for comment in rows.values() if comment.root_id is None]
        for root in found:
            root.shown = []
        for reply in sorted(rows.values(), key=lambda comment: comment.ordinal):
            if reply.root_id in rows:
                rows[reply.root_id].shown.append(reply)
        for field in reversed(chosen.query.order_by):
            found.sort(key=attrgetter(str(field).removeprefix("-")), reverse=str(field).startswith("-"))
        return sorted(found, key=lambda root: not (root.pinned_at and pinned_of is not None))


class Alias(models.Model):
    """The name under which a person writes "without my handle" under one step: the same within it, another under every other one.

    This row alone says who it is. It is shown on no page and in no admin; a comment under an alias has no author.
    """

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=60)
    picture = models.PositiveBigIntegerField()  # the seed of its generated picture; random, made of nothing

    class Meta:
        verbose_name = _("alias")
        verbose_name_plural = _("aliases")
        constraints = [
            models.UniqueConstraint(fields=["person", "step"], name="one_alias_per_person_on_a_step"),
            models.UniqueConstraint(fields=["step", "name"], name="one_alias_of_a_name_on_a_step"),
        ]

    def __str__(self) -> str:
        return self.name


class Comment(models.Model):
    class Role(models.TextChoices):
        """What the author was when they wrote, shown beside the name."""

        EDUCATOR = "educator", _("Educator")
        MODERATOR = "moderator", _("Moderator")

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="+", db_index=False)
    # A comment has an author, or an alias, or neither (the account is gone).
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="comments"
    )
    alias = models.ForeignKey(Alias, on_delete=models.SET_NULL, null=True, blank=True, related_name="comments")
    role = models.CharField(max_length=10, choices=Role.choices, blank=True, editable=False)
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    root = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    ordinal = models.PositiveIntegerField(default=0, editable=False)  # of a reply under its root, from 1

    # The step's question that this answers, and its words as they were then.
    question = models.ForeignKey(
        ReflectionQuestion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    question_text = models.TextField(blank=True, editable=False)

    body = models.TextField(_("comment"), max_length=5000)
    body_html = models.TextField(editable=False)
    render_version = models.PositiveIntegerField(default=0, editable=False)

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    hidden_because = models.CharField(max_length=20, blank=True, editable=False)  # a Reason
    pinned_at = models.DateTimeField(_("pinned"), null=True, blank=True, editable=False)
    endorsed_at = models.DateTimeField(_("endorsed"), null=True, blank=True, editable=False)
    like_count = models.PositiveIntegerField(default=0, editable=False)
    # Kept on a root, by the write that holds the discussion's row: how many replies were numbered, the newest comment of
    # the conversation (its own number while there is no reply), and whether somebody who helps to run the course wrote in it.
    reply_count = models.PositiveIntegerField(default=0, editable=False)
    latest = models.PositiveBigIntegerField(default=0, editable=False)
    staff_wrote = models.BooleanField(default=False, editable=False)
    # Sent with the form, so that a double click or a retry makes one comment.
    submission = models.UUIDField(null=True, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.UniqueConstraint(fields=["submission"], name="one_comment_per_submission"),
            models.CheckConstraint(
                condition=Q(author__isnull=True) | Q(alias__isnull=True), name="an_author_or_an_alias_never_both"
            ),
            models.CheckConstraint(condition=Q(pinned_at=None) | Q(parent=None), name="only_a_root_is_pinned"),
            models.UniqueConstraint(
                fields=["step"], condition=Q(pinned_at__isnull=False), name="one_pinned_comment_on_a_step"
            ),
            models.CheckConstraint(
                condition=Q(parent=None, root=None, ordinal=0)
                | Q(parent__isnull=False, root__isnull=False, ordinal__gt=0),
                name="a_reply_has_parent_root_and_ordinal",
            ),
        ]
        # Partial: a plain index on parent makes SQLite read every root to find "parent is null".
        indexes = [
            models.Index(fields=["step", "-id"], condition=Q(parent__isnull=True), name="roots_newest_first"),
            models.Index(
                fields=["step", "-like_count", "-id"], condition=Q(parent__isnull=True), name="roots_most_liked_first"
            ),
            models.Index(
                fields=["step", "-reply_count", "-id"],
                condition=Q(parent__isnull=True),
                name="roots_most_replied_first",
            ),
            models.Index(fields=["step", "-latest"], condition=Q(parent__isnull=True), name="roots_latest_words_first"),
            models.Index(
                fields=["step", "-id"],
                condition=Q(parent__isnull=True, staff_wrote=True),
                name="roots_with_staff_newest_first",
            ),
            models.Index(
                fields=["step", "-id"], condition=Q(parent__isnull=True, reply_count=0), name="roots_without_an_answer"
            ),
            models.Index(fields=["question", "-id"], condition=Q(question__isnull=False), name="answers_to_a_question"),
            models.Index(fields=["root", "ordinal"], condition=Q(root__isnull=False), name="replies_in_order"),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="answers_to_a_comment"),
            # The other orders of what educators wrote in, of what nobody answered, and of answers.
            models.Index(
                fields=["step", "-like_count", "-id"],
                condition=Q(parent__isnull=True, staff_wrote=True),
                name="staff_most_liked_first",
            ),
            models.Index(
                fields=["step", "-reply_count", "-id"],
                condition=Q(parent__isnull=True, staff_wrote=True),
                name="staff_most_replied_first",
            ),
            models.Index(
                fields=["step", "-like_count", "-id"],
                condition=Q(parent__isnull=True, reply_count=0),
                name="unanswered_most_liked_first",
            ),
            models.Index(
                fields=["question", "-like_count", "-id"],
                condition=Q(question__isnull=False),
                name="answers_most_liked_first",
            ),
            # What waits for an answer in a whole course, for its educators (discussions.talking).
            models.Index(fields=["-id"], condition=WAITS, name="waiting_newest_first"),
            models.Index(fields=["-like_count", "-id"], condition=WAITS, name="waiting_most_liked_first"),
        ]

    shown: list[Comment]  # replies, on a root that a page shows

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def who(self) -> str:
        """Who wrote it, as a key: "p12" under a handle, "a7" under an alias. Never shown; for sets of one reader."""
        if self.alias_id:
            return f"a{self.alias_id}"
        return f"p{self.author_id}" if self.author_id else ""

    @property
    def name(self) -> str:
        """The name that stands beside it: a handle or an alias."""
        if self.alias:
            return self.alias.name
        return self.author.handle if self.author else gettext("Someone who left")

    def can_be_edited(self) -> bool:
        """Whether its author may still change the words."""
        return not self.gone and timezone.now().timestamp() < self.editable_until

    @property
    def editable_until(self) -> float:
        return (self.created_at + timedelta(hours=settings.COMMENT_EDIT_HOURS)).timestamp()

    @property
    def gone(self) -> bool:
        """Whether only its place is left: withdrawn by its author, or hidden by a moderator."""
        return bool(self.withdrawn_at or self.hidden_at)

    @property
    def hidden_words(self) -> str:
        """Why a moderator hid it, in words; empty where that was not said."""
        return str(dict(Reason.choices).get(self.hidden_because, ""))

    @property
    def next_after(self) -> int:
        """The number of the reply after which those follow that this page does not show; 0 where it leaves out some between."""
        if not self.shown:
            return 0
        numbers = [reply.ordinal for reply in self.shown]
        return numbers[-1] if numbers[-1] - numbers[0] + 1 == len(numbers) else FIRST_REPLIES

    @property
    def more_replies(self) -> int:
        """How many replies are not on this page, those before the first left out."""
        before = self.shown[0].ordinal - 1 if self.shown else 0
        return max(0, self.reply_count - before - len(self.shown))

    @property
    def answers(self) -> str:
        """The name of whom a reply to a reply answers, for "in reply to"; empty for any other."""
        return self.parent.name if self.parent and self.parent_id != self.root_id else ""
