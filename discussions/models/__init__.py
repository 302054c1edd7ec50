"""What people say about a step, what others do with it, and what moderators decide."""

from discussions.models.comment import FIRST_REPLIES, REPLIES_PER_PAGE, Alias, Comment, Discussion
from discussions.models.moderation import DONE, Appeal, Case, Decision, Report, Sanction
from discussions.models.notification import Digest, Notification, Preferences
from discussions.models.people import Bookmark, Follow, Like, Mute, ReadMark
from discussions.models.reason import Reason

__all__ = [
    "DONE",
    "FIRST_REPLIES",
    "REPLIES_PER_PAGE",
    "Alias",
    "Appeal",
    "Bookmark",
    "Case",
    "Comment",
    "Decision",
    "Digest",
    "Discussion",
    "Follow",
    "Like",
    "Mute",
    "Notification",
    "Preferences",
    "ReadMark",
    "Reason",
    "Report",
    "Sanction",
]
