"""The only doors through which people's words come in: post, reply, withdraw. Each is one transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.content import rendering
from courses.models import Step
from discussions.models import Comment, Discussion


class Refused(Exception):
    """The words could not be taken; the message says why and what to do."""


def _locked(step: Step) -> Discussion:
    """The discussion's row, held until the transaction ends: counts and reply numbers follow each other exactly."""
    Discussion.objects.get_or_create(step=step)
    return Discussion.objects.select_for_update().get(step=step)


def _written(author: Any, submission: UUID | None) -> Comment | None:
    return Comment.objects.filter(author=author, submission=submission).first() if submission else None


def post(
    *, author: Any, step: Step, body: str, parent: Comment | None = None, submission: UUID | None = None
) -> Comment:
    """Write a comment, or a reply to `parent`, and return it. The same submission twice gives the first comment back.

    Raises Refused when the parent can no longer be answered, the step was retired, or the text is too complex to show.
    """
    try:
        html = rendering.render_comment(body)
    except rendering.TooComplex as error:
        raise Refused(str(error)) from error
    try:
        with transaction.atomic():
            discussion = _locked(step)
            if earlier := _written(author, submission):
                return earlier
            if not Step.objects.filter(pk=step.pk, retired_at=None).exists():
                raise Refused(_("This step has left the course, so its discussion is closed."))
            root, ordinal = None, 0
            if parent is not None:
                parent = Comment.objects.can_be_answered().on(step.pk).filter(pk=parent.pk).first()
                if parent is None:
                    raise Refused(
                        _("The comment you answer is no longer there. You can post your words as a new comment.")
                    )
                root = Comment.objects.get(pk=parent.root_id or parent.pk)
                root.reply_count = ordinal = root.reply_count + 1
                root.save(update_fields=["reply_count"])
            comment = Comment.objects.create(
                step=step,
                author=author,
                parent=parent,
                root=root,
                ordinal=ordinal,
                body=body,
                body_html=html,
                render_version=rendering.RULES_VERSION,
                submission=submission,
            )
            discussion.comment_count += 1
            discussion.version += 1
            discussion.save(update_fields=["comment_count", "version"])
            return comment
    except IntegrityError:  # the same form sent twice at once: the other one was first
        if earlier := _written(author, submission):
            return earlier
        raise


@transaction.atomic
def withdraw(*, comment: Comment) -> None:
    """Take one's words back: the text goes, the place stays, so that replies keep theirs."""
    # What stands under a comment that a moderator hid is not counted.
    counted = Comment.objects.can_be_answered().filter(pk=comment.pk, root__hidden_at=None).exists()
    changed = Comment.objects.filter(pk=comment.pk, withdrawn_at=None).update(
        body="", body_html="", withdrawn_at=timezone.now()
    )
    if changed:
        Discussion.objects.filter(step_id=comment.step_id).update(
            comment_count=F("comment_count") - int(counted), version=F("version") + 1
        )


def rerender() -> int:
    """Render every comment again, for when the rules changed; returns how many. What has become too complex keeps its old HTML."""
    count = 0
    for comment in Comment.objects.filter(withdrawn_at=None).iterator():
        try:
            html = rendering.render_comment(comment.body)
        except rendering.TooComplex:
            continue
        Comment.objects.filter(pk=comment.pk).update(body_html=html, render_version=rendering.RULES_VERSION)
        count += 1
    Discussion.objects.update(version=F("version") + 1)
    return count
