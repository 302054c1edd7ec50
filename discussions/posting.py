"""The only doors through which words come in: post, reply, edit, withdraw. Each is one transaction; it holds the discussion."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from courses import roles
from courses.content import rendering
from courses.models import ReflectionQuestion, Step
from courses.roles import Role
from discussions import limits, moderation, notifications
from discussions.aliases import alias_of
from discussions.models import Comment, Discussion
from discussions.refusals import Refused


class Gone(Refused):
    """The comment to be answered was withdrawn or hidden meanwhile."""


class Changed(Exception):
    """The words were changed elsewhere meanwhile; the message is how they are now."""


def _written(author: Any, submission: UUID | None) -> Comment | None:
    """What this author already sent with this form, under their handle or an alias."""
    sent = Comment.objects.filter(submission=submission) if submission else Comment.objects.none()
    return sent.filter(Q(author=author) | Q(alias__person=author)).first()


def _role_of(author: Any, step: Step) -> str:
    if roles.has(author, Role.EDUCATOR, step.course_id):
        return Comment.Role.EDUCATOR
    return Comment.Role.MODERATOR if roles.has(author, Role.MODERATOR, step.course_id) else ""


def _moment(*, alias: bool) -> datetime:
    """Now; for what is written under an alias only the hour, so that times beside it tell no more than the order does."""
    now = timezone.now()
    return now.replace(minute=0, second=0, microsecond=0) if alias else now


def _rendered(body: str) -> str:
    try:
        return rendering.render_comment(body)
    except rendering.TooComplex as error:
        raise Refused(str(error)) from error


def post(
    *,
    author: Any,
    step: Step,
    body: str,
    parent: Comment | None = None,
    submission: UUID | None = None,
    without_handle: bool = False,
    question: str = "",
) -> Comment:
    """Write a comment, or a reply to `parent`, and return it. The same submission twice gives the first comment back.

    Without the handle it stands under the author's alias of this step, and no role is shown. `question` is the uid of the step's
    question that it answers. Raises Gone when the parent can no longer be answered, Refused when the step was retired, the text is
    too complex to show, or the author may not write now, TooSoon when it is too much at once.
    """
    html = _rendered(body)
    try:
        with transaction.atomic():
            discussion = Discussion.objects.hold(step.pk)
            if earlier := _written(author, submission):
                return earlier
            moderation.may_write(author, step.pk)
            limits.check_links(author, html)
            if not Step.objects.filter(pk=step.pk, retired_at=None).exists():
                raise Refused(_("This step has left the course, so its discussion is closed."))
            if submission and Comment.objects.filter(submission=submission).exists():
                submission = None  # a number somebody else's form had; it protects nothing here
            root = _root_to_answer(step, parent) if parent is not None else None
            limits.take_turn(author, reply=parent is not None)
            asked = None
            if question and parent is None:
                asked = ReflectionQuestion.objects.filter(step=step, uid=question, retired_at=None).first()
            comment = Comment.objects.create(
                step=step,
                author=None if without_handle else author,
                alias=alias_of(author, step) if without_handle else None,
                role="" if without_handle else _role_of(author, step),
                parent=parent,
                root=root,
                ordinal=root.reply_count + 1 if root else 0,
                question=asked,
                question_text=asked.text if asked else "",
                body=body,
                body_html=html,
                render_version=rendering.RULES_VERSION,
                created_at=_moment(alias=without_handle),
                submission=submission,
            )
            _count(comment, root or comment, discussion)
            notifications.of_post(comment)
            return comment
    except IntegrityError:  # the same form sent twice at once: the other one was first
        if earlier := _written(author, submission):
            return earlier
        raise


def _root_to_answer(step: Step, parent: Comment) -> Comment:
    """The root of the conversation in which a comment of the step is answered. Raises Gone where that is no longer there."""
    now = Comment.objects.can_be_answered().on(step.pk).filter(pk=parent.pk).first()
    if now is None:
        raise Gone(_("The comment you answer is no longer there. You can post your words as a comment of their own."))
    return Comment.objects.get(pk=now.root_id or now.pk)


def _count(comment: Comment, root: Comment, discussion: Discussion) -> None:
    """Note a new comment in the two rows that pages read counts from; both are held by this write."""
    root.reply_count = comment.ordinal
    root.latest = comment.pk
    root.staff_wrote = root.staff_wrote or bool(comment.role)
    root.save(update_fields=["reply_count", "latest", "staff_wrote"])
    discussion.comment_count += 1
    discussion.version += 1
    discussion.save(update_fields=["comment_count", "version"])


def mark_of(body: str) -> str:
    """A mark of the words that somebody began to change, to notice when others came in between."""
    return hashlib.sha256(body.encode()).hexdigest()[:16]


@transaction.atomic
def edit(*, author: Any, comment: Comment, body: str, was: str) -> Comment:
    """Put other words in place of one's own. `was` is the mark (mark_of) of the words that the writer saw.

    Soon after posting that is silent, later it is marked, after that it is refused (settings). Raises Changed when the words are no
    longer those, Refused when they can no longer be changed, are too complex to show, or their author may not write now.
    """
    html = _rendered(body)
    discussion = Discussion.objects.hold(comment.step_id)
    moderation.may_write(author, comment.step_id)
    limits.check_links(author, html)
    now = Comment.objects.get(pk=comment.pk)
    if now.gone:
        raise Refused(_("This comment is no longer there, so it cannot be changed."))
    if not now.can_be_edited():
        raise Refused(
            _(
                "Comments can be changed for a day, so that answers to them stay true. You can answer your own comment instead."
            )
        )
    if now.body == body:
        return now
    if mark_of(now.body) != was:
        raise Changed(now.body)
    silent = timezone.now() - now.created_at < timedelta(minutes=settings.COMMENT_SILENT_MINUTES)
    now.body, now.body_html, now.render_version = body, html, rendering.RULES_VERSION
    if now.edited_at or not silent:
        now.edited_at = _moment(alias=now.alias_id is not None)
    now.save(update_fields=["body", "body_html", "render_version", "edited_at"])
    discussion.version += 1
    discussion.save(update_fields=["version"])
    notifications.of_edit(now)
    return now


@transaction.atomic
def withdraw(*, comment: Comment) -> None:
    """Take one's words back: the text goes, the place stays, so that replies keep theirs."""
    discussion = Discussion.objects.hold(comment.step_id)
    now = Comment.objects.get(pk=comment.pk)
    if now.withdrawn_at:
        return
    discussion.comment_count -= int(now.hidden_at is None)  # what a moderator hid is not counted any more
    discussion.version += 1
    discussion.save(update_fields=["comment_count", "version"])
    now.body = now.body_html = ""
    now.withdrawn_at = _moment(alias=now.alias_id is not None)
    now.pinned_at = None
    now.save(update_fields=["body", "body_html", "withdrawn_at", "pinned_at"])


def rerender() -> int:
    """Render every comment again, for when the rules changed; returns how many. What has become too complex keeps its old HTML."""
    count, last = 0, 0
    there = Comment.objects.filter(withdrawn_at=None).order_by("pk")
    # Page by page: with a pooler in front of PostgreSQL there is no cursor on the server, and all rows would come at once.
    while page := list(there.filter(pk__gt=last).values_list("pk", "body")[:500]):
        for last, body in page:
            try:
                html = rendering.render_comment(body)
            except rendering.TooComplex:
                continue
            Comment.objects.filter(pk=last).update(body_html=html, render_version=rendering.RULES_VERSION)
            count += 1
    Discussion.objects.update(version=F("version") + 1)
    return count


def show_author_anew(*, author: Any) -> None:
    """Have all kept pages with this person's comments made anew: their name or picture changes in this transaction.

    Called before the person's row is written: whoever posts holds discussions before people too, so nobody waits for ever.
    """
    steps = Comment.objects.filter(author=author).values("step")
    held = Discussion.objects.select_for_update().filter(step__in=steps).order_by("pk")
    Discussion.objects.filter(pk__in=[discussion.pk for discussion in held]).update(version=F("version") + 1)
