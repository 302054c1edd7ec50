"""Who is told what. A row for each person and comment is what the page shows and what e-mail is sent from.

`User.unread_notifications` is raised and lowered in the transaction that writes the rows, with the people's own rows held (in the order
of their numbers), so that it stays exact however many write at once. They are held with `no_key`: a comment's author is referenced by
that comment, and holding their whole row would let two people who answer each other wait for each other for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from discussions import mailing
from discussions.authors import owner_of
from discussions.mentions import people_named
from discussions.models import Comment, Decision, Digest, Follow, Mute, Notification, Preferences

Kind = Notification.Kind
KEPT = timedelta(days=30)
CHUNK = 500  # people told in one statement


def of_post(comment: Comment) -> None:
    """Tell of a new comment, inside the transaction that writes it: who is named, who is answered, who follows the conversation."""
    told = {person: [Kind.MENTION] for person in people_named(comment)}
    if comment.root_id:
        answered = Comment.objects.select_related("alias").filter(pk__in={comment.parent_id, comment.root_id})
        for owner in {owner_of(words) for words in answered} - {None}:
            told.setdefault(owner, []).append(Kind.REPLY)  # type: ignore[arg-type]
        for person in Follow.objects.filter(root_id=comment.root_id).values_list("person_id", flat=True):
            told.setdefault(person, []).append(Kind.FOLLOWED)
    _tell(told, comment)


def of_edit(comment: Comment) -> None:
    """Tell of an edited comment whom it names now and did not reach before."""
    _tell({person: [Kind.MENTION] for person in people_named(comment)}, comment)


def endorsed(comment: Comment) -> None:
    """Tell the author that an educator recommends what they wrote."""
    owner = owner_of(comment)
    if owner:
        _add(_wanted({owner: [Kind.ENDORSED]}), comment=comment, once=True)


def decided(decision: Decision) -> None:
    """Tell the author what a moderator decided about their words. That a report came to nothing is nobody's news."""
    if decision.act == Decision.Act.DISMISS:
        return
    about = decision
    while not (about.about_person_id or about.about_alias_id) and about.answers:
        about = about.answers
    person = about.about_person_id or (about.about_alias.person_id if about.about_alias else None)
    if person:
        _add({person: Kind.MODERATION}, comment=decision.comment or about.comment, decision=decision)


def danger(comment: Comment, moderators: Iterable[int]) -> None:
    """Tell moderators, whatever they chose, that somebody may be in danger; each once for a comment, and not its author."""
    told = Notification.objects.filter(comment=comment, kind=Kind.DANGER).values_list("person_id", flat=True)
    people = set(moderators) - set(told) - {owner_of(comment)}
    _add(dict.fromkeys(people, Kind.DANGER), comment=comment)


def _tell(told: Mapping[int, Sequence[Kind]], comment: Comment) -> None:
    """Tell each of these people once, of the first of the kinds that they want; not the author, and not who muted the name it bears."""
    told = {person: kinds for person, kinds in told.items() if person != owner_of(comment)}
    if not told:
        return
    name = Q(muted_person=comment.author_id) if comment.author_id else Q(muted_alias=comment.alias_id)
    muted = set(Mute.objects.filter(name, person__in=told).values_list("person_id", flat=True))
    # Of what stands under an alias only the hour is told, here as beside it (posting).
    when = (comment.edited_at or comment.created_at) if comment.alias_id else timezone.now()
    _add(_wanted({p: kinds for p, kinds in told.items() if p not in muted}), comment=comment, once=True, when=when)


def _wanted(told: Mapping[int, Sequence[Kind]]) -> dict[int, Kind]:
    """For each of these people the first of the kinds that they want to hear of; nobody who wants none."""
    unwanted = dict(Preferences.objects.filter(person__in=told).values_list("person_id", "unwanted"))
    first = {p: next((kind for kind in kinds if kind not in unwanted.get(p, [])), None) for p, kinds in told.items()}
    return {person: kind for person, kind in first.items() if kind}


@transaction.atomic
def _add(
    kinds: Mapping[int, Kind],
    *,
    comment: Comment | None,
    decision: Decision | None = None,
    once: bool = False,
    when: datetime | None = None,
) -> None:
    """Write the rows and raise the counts; with `once`, not for who was told of this comment before."""
    when = when or timezone.now()
    people = sorted(kinds)
    for start in range(0, len(people), CHUNK):
        held = _hold(people[start : start + CHUNK])
        if once:
            before = Notification.objects.filter(comment=comment, decision=None, person__in=held)
            already = set(before.values_list("person_id", flat=True))
            held = [person for person in held if person not in already]
        Notification.objects.bulk_create(
            Notification(person_id=person, kind=kinds[person], comment=comment, decision=decision, created_at=when)
            for person in held
        )
        User.objects.filter(pk__in=held).update(unread_notifications=F("unread_notifications") + 1)
    transaction.on_commit(partial(mailing.send_at_once, people), robust=True)


def _hold(people: Iterable[int]) -> list[int]:
    """The numbers of those of these people who may sign in, their rows held until the transaction ends."""
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=people, is_active=True).order_by("pk")
    return list(rows.values_list("pk", flat=True))


@transaction.atomic
def see(*, person: Any, up_to: int | None = None, only: int | None = None) -> None:
    """Note that this person has seen one notification, or all of them up to one (what came in meanwhile stays new)."""
    _hold([person.pk])
    rows = Notification.objects.filter(person=person, seen=False)
    rows = rows.filter(pk=only) if only is not None else rows
    rows = rows.filter(pk__lte=up_to) if up_to is not None else rows
    rows.update(seen=True)
    _count_again([person.pk])


@transaction.atomic
def drop(*, people: Iterable[int], which: Q) -> int:
    """Delete notifications of these people and count anew what they have not seen; returns how many went."""
    held = _hold(sorted(set(people)))
    gone, _each = Notification.objects.filter(which, person__in=held).delete()
    _count_again(held)
    return gone


def _count_again(people: Iterable[int]) -> None:
    new = Notification.objects.filter(person=OuterRef("pk"), seen=False).order_by().values("person")
    count = Coalesce(Subquery(new.annotate(n=Count("pk")).values("n")), 0)
    User.objects.filter(pk__in=list(people)).update(unread_notifications=count)


def forget_old(now: datetime | None = None) -> int:
    """Delete what is older than 30 days, seen or not, and the notes of what was sent by e-mail; returns how many went."""
    old = Q(created_at__lt=(now or timezone.now()) - KEPT)
    people = sorted(Notification.objects.filter(old).order_by().values_list("person_id", flat=True).distinct())
    gone = sum(drop(people=people[i : i + CHUNK], which=old) for i in range(0, len(people), CHUNK))
    gone += Notification.objects.filter(old).delete()[0]  # of who may no longer sign in: nothing of theirs is counted
    Digest.objects.filter(begun_at__lt=(now or timezone.now()) - KEPT).delete()
    return gone
