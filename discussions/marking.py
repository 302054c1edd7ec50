"""What a person does with what others wrote: like, bookmark, follow, mute, "I have read up to here". Each verb is told the state that
is wanted, so a double click or a retry changes nothing. Nobody but that person ever learns of it; of likes a count is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from discussions import moderation
from discussions.authors import owner_of
from discussions.models import Bookmark, Comment, Discussion, Follow, Like, Mute, ReadMark
from discussions.refusals import Refused


def within_reach(*, person: Any, step_id: int, on: bool) -> QuerySet[Comment]:
    """What a person can mark on a step: what is in view. A mark can be taken away from what no longer is."""
    found = Comment.objects.on(step_id).select_related("root")
    if on:
        return found.visible()
    here = OuterRef("pk")
    marked = [Exists(rows.filter(person=person, comment=here)) for rows in (Like.objects, Bookmark.objects)]
    followed = Exists(Follow.objects.filter(person=person, root=here))
    return found.filter(Q(hidden_at=None) | marked[0] | marked[1] | followed)


def _as_it_is(comment: Comment, on: bool) -> Comment:
    """The comment as it is now. Raises Refused where there is nothing left to mark; a mark can always be taken away."""
    now = Comment.objects.select_related("alias").get(pk=comment.pk)
    if on and now.withdrawn_at:
        raise Refused(_("The author withdrew this comment, so there is nothing left to mark."))
    if on and now.hidden_at:
        raise Refused(_("This comment is no longer shown."))
    return now


@transaction.atomic
def like(*, person: Any, comment: Comment, on: bool) -> None:
    """Like a comment, or take it back. Raises Refused for one's own words, for those that are gone, and while a sanction holds."""
    if on:
        moderation.may_write(person, comment.step_id)
    # The discussion's row is held, so that the count follows the likes exactly and kept pages are new.
    list(Discussion.objects.select_for_update().filter(step=comment.step_id))
    comment = _as_it_is(comment, on)
    if on and owner_of(comment) == person.pk:
        raise Refused(_("These are your own words. Others can like them."))
    if on:
        change = int(Like.objects.get_or_create(person=person, comment=comment)[1])
    else:
        change = -Like.objects.filter(person=person, comment=comment).delete()[0]
    if change:
        Comment.objects.filter(pk=comment.pk).update(like_count=F("like_count") + change)
        Discussion.objects.filter(step=comment.step_id).update(version=F("version") + 1)


@transaction.atomic
def bookmark(*, person: Any, comment: Comment, on: bool) -> None:
    """Keep a comment to find it again, or let it go."""
    comment = _as_it_is(comment, on)
    if on:
        Bookmark.objects.get_or_create(person=person, comment=comment)
    else:
        Bookmark.objects.filter(person=person, comment=comment).delete()


@transaction.atomic
def follow(*, person: Any, comment: Comment, on: bool) -> None:
    """Hear of new replies in the conversation of this comment, or no longer."""
    root = _as_it_is(comment.root or comment, on=False)
    if on and root.hidden_at:
        raise Refused(_("This conversation is no longer shown."))
    if on:
        Follow.objects.get_or_create(person=person, root=root)
    else:
        Follow.objects.filter(person=person, root=root).delete()


@transaction.atomic
def mute(*, person: Any, comment: Comment, on: bool) -> None:
    """Fold for this person alone what is written under the name that stands at this comment, or unfold it.

    A handle folds what stands under the handle and an alias what stands under the alias: folding both would tell who is behind one.
    """
    comment = Comment.objects.select_related("alias").get(pk=comment.pk)
    if comment.author_id:
        muted: dict[str, Any] = {"muted_person_id": comment.author_id}
    elif comment.alias_id:
        muted = {"muted_alias_id": comment.alias_id}
    elif on:
        raise Refused(_("The author of this comment has left, so there is nobody to mute."))
    else:
        return
    if on and owner_of(comment) == person.pk:
        raise Refused(_("These are your own words: you cannot mute yourself."))
    if on:
        Mute.objects.get_or_create(person=person, **muted)
    else:
        Mute.objects.filter(person=person, **muted).delete()


@transaction.atomic
def read(*, person: Any, step_id: int, up_to: int) -> None:
    """Note that this person has read a step's discussion up to a comment; never further back than they said before."""
    newest = Comment.objects.on(step_id).aggregate(newest=Max("pk"))["newest"] or 0
    mark, made = ReadMark.objects.select_for_update().get_or_create(
        person=person, step_id=step_id, defaults={"up_to": min(up_to, newest)}
    )
    if not made and mark.up_to < min(up_to, newest):
        mark.up_to = min(up_to, newest)
        mark.save(update_fields=["up_to"])


def forget_read(*, person: Any, step_id: int) -> None:
    """Take back what `read` noted: everything is new again."""
    ReadMark.objects.filter(person=person, step_id=step_id).delete()


VERBS: dict[str, Callable[..., None]] = {"like": like, "bookmark": bookmark, "follow": follow, "mute": mute}
