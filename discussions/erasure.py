"""What goes of a person in this app when they delete their account, and what stays without them."""

from __future__ import annotations

import re
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.html import format_html

from accounts.handles import spellings
from courses.content import rendering
from discussions.models import Alias, Comment, Discussion, Like

SOMEONE = "someone"


def erase(*, person: Any, keep_words: bool) -> None:
    """Part a person from what they wrote, or take the words too; take back their likes. Called inside a transaction.

    What follows from the account's row alone (bookmarks, follows, mutes, notifications, aliases …) goes with it by cascade.
    """
    written = Comment.objects.of(person)
    liked = Comment.objects.filter(likes__person=person)
    called = (Q(body__icontains=f"@{spelt}") for spelt in spellings(person.handle))
    mentions = Comment.objects.filter(reduce(or_, called))
    steps = sorted({pk for found in (written, liked, mentions) for pk in found.values_list("step_id", flat=True)})
    list(Discussion.objects.select_for_update().filter(step__in=steps).order_by("pk"))
    liked.update(like_count=F("like_count") - 1)
    Like.objects.filter(person=person).delete()
    if not keep_words:
        written.filter(withdrawn_at=None).update(
            body="", body_html="", question_text="", withdrawn_at=timezone.now(), pinned_at=None
        )
    written.update(author=None, alias=None, submission=None)
    Alias.objects.filter(person=person).delete()
    _forget_mentions(person.handle, mentions)
    for step in steps:
        shown = Comment.objects.on(step).can_be_answered()
        Discussion.objects.filter(step=step).update(comment_count=shown.count(), version=F("version") + 1)


def _forget_mentions(handle: str, mentions: Any) -> None:
    """Where others addressed the person with @, the name becomes "someone": it was a name, and is one no longer."""
    name = re.compile(rf"@{re.escape(handle)}(?!\w)", re.IGNORECASE)
    for comment in mentions:
        body = name.sub(f"@{SOMEONE}", comment.body)
        if body != comment.body:
            Comment.objects.filter(pk=comment.pk).update(body=body, body_html=_rendered(body))


def _rendered(body: str) -> str:
    """As every comment; without formatting where that became too much, since nobody's words may keep somebody else's account here."""
    try:
        return rendering.render_comment(body)
    except rendering.TooComplex:
        return format_html("<p>{}</p>", body)
