"""Who stands behind a comment: for the programme alone."""

from __future__ import annotations

from discussions.models import Comment


def owner_of(comment: Comment) -> int | None:
    """The account that wrote a comment, under its handle or an alias. Never for a page."""
    return comment.author_id or (comment.alias.person_id if comment.alias else None)
