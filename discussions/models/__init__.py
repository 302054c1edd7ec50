"""What people say about a step."""

from discussions.models.comment import Comment, Discussion

__all__ = ["Comment", "Discussion"]
