"""What people say about a step."""

from discussions.models.comment import FIRST_REPLIES, REPLIES_PER_PAGE, Comment, Discussion

__all__ = ["FIRST_REPLIES", "REPLIES_PER_PAGE", "Comment", "Discussion"]
