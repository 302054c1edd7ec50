"""What moderators do with comments: hide and restore. Nothing is deleted, and what is hidden can come back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from discussions.models import Comment, Discussion


def hide(*, comments: Iterable[Comment]) -> int:
    """Take comments out of sight, with the replies under them; returns how many were visible until now."""
    return _set_hidden(comments, timezone.now())


def restore(*, comments: Iterable[Comment]) -> int:
    """Bring hidden comments back to where they were; returns how many were hidden until now."""
    return _set_hidden(comments, None)


@transaction.atomic
def _set_hidden(comments: Iterable[Comment], moment: datetime | None) -> int:
    chosen = list(comments)
    # In order of their number, so that two moderators wait for each other instead of for ever.
    steps = sorted({comment.step_id for comment in chosen})
    list(Discussion.objects.select_for_update().filter(step__in=steps).order_by("pk"))
    changed = Comment.objects.filter(
        pk__in=[comment.pk for comment in chosen], hidden_at__isnull=moment is not None
    ).update(hidden_at=moment)
    if changed:
        for step in steps:
            shown = Comment.objects.on(step).can_be_answered().filter(root__hidden_at=None)
            Discussion.objects.filter(step=step).update(comment_count=shown.count(), version=F("version") + 1)
    return changed
