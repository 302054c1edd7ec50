"""Where a comment stands: the address that opens the right page of its discussion with the comment in view."""

from __future__ import annotations

from django.conf import settings

from discussions.models import REPLIES_PER_PAGE, Comment


def address_of(comment: Comment, base: str) -> str:
    """The address of a comment under the step at `base`: on the newest page if it is there, else on the page that its root begins."""
    root = comment.root_id or comment.pk
    newer = Comment.objects.on(comment.step_id).roots().visible().filter(pk__gt=root)
    words = []
    if newer[: settings.COMMENTS_PER_PAGE].count() == settings.COMMENTS_PER_PAGE:
        words.append(f"before={root + 1}")
    if comment.root_id:
        words.append(f"replies={root}")
        if after := (comment.ordinal - 1) // REPLIES_PER_PAGE * REPLIES_PER_PAGE:
            words.append(f"after={after}")
    return f"{base}{'?' if words else ''}{'&'.join(words)}#c-{comment.pk}"
