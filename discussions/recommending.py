"""What the course team does to point at a comment: pin one conversation of a step, recommend any comment."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import notifications
from discussions.models import Comment, Discussion
from discussions.refusals import Refused


@transaction.atomic
def pin(*, comment: Comment, wanted: bool) -> None:
    """Put a conversation first in its discussion, in place of one that was there; or let it go back to its place."""
    Discussion.objects.hold(comment.step_id)
    if wanted:
        if comment.root_id is not None:
            raise Refused(_("Only the first comment of a conversation can be pinned, not a reply."))
        _still_there(comment)
        Comment.objects.filter(step=comment.step_id).exclude(pk=comment.pk).exclude(pinned_at=None).update(
            pinned_at=None
        )
    _mark(comment, "pinned_at", wanted)


@transaction.atomic
def endorse(*, comment: Comment, wanted: bool) -> None:
    """Recommend a comment in the name of the course team, and tell its author; or take that back."""
    Discussion.objects.hold(comment.step_id)
    if wanted:
        _still_there(comment)
    if _mark(comment, "endorsed_at", wanted) and wanted:
        notifications.endorsed(comment)


def _still_there(comment: Comment) -> None:
    if not Comment.objects.can_be_answered().filter(pk=comment.pk).exists():
        raise Refused(_("This comment is no longer there."))


def _mark(comment: Comment, field: str, wanted: bool) -> bool:
    """Whether something changed; the discussion's row is held."""
    moment = timezone.now() if wanted else None
    changed = Comment.objects.filter(pk=comment.pk, **{f"{field}__isnull": wanted}).update(**{field: moment})
    if changed:
        Discussion.objects.filter(step=comment.step_id).update(version=F("version") + 1)
    return bool(changed)
