"""Words that expire: after so many days (30 or 180), as each person chose, either the words go or the name does."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from discussions import notifications, posting
from discussions.models import Alias, Case, Comment, Discussion, Preferences

Expiry = Preferences.Expiry


def expire_words(now: datetime | None = None) -> int:
    """Take text or author from what is older than its writer wanted it to stay; returns how many comments that were.

    A comment before the moderators stays as it is until they have decided; it goes with the run after that.
    """
    now = now or timezone.now()
    count = 0
    for wish in Preferences.objects.filter(words_expire_days__gt=0).order_by("pk").iterator():
        old = Comment.objects.of(wish.pk).filter(
            ~Exists(Case.objects.filter(comment=OuterRef("pk"), closed_at=None)),
            created_at__lt=now - timedelta(days=wish.words_expire_days),
        )
        if wish.words_expire_how == Expiry.TEXT:
            for comment in old.filter(withdrawn_at=None).order_by("pk"):
                posting.withdraw(comment=comment)
                count += 1
        else:
            for step in sorted(old.order_by().values_list("step_id", flat=True).distinct()):
                count += _cut_the_author(wish.pk, step, old.filter(step=step))
    return count


@transaction.atomic
def _cut_the_author(person: int, step: int, old: object) -> int:
    """Leave these comments of one person on one step without author and alias, and nothing that tells of whom they were."""
    list(Discussion.objects.select_for_update().filter(step=step))
    comments = Comment.objects.filter(pk__in=[comment.pk for comment in old])  # type: ignore[attr-defined]
    roots = {comment.root_id or comment.pk for comment in comments}
    cut = comments.update(author=None, alias=None, submission=None)
    # An alias that no comment bears any more is forgotten; one that writes on keeps its name.
    Alias.objects.filter(~Exists(Comment.objects.filter(alias=OuterRef("pk"))), person=person, step=step).delete()
    notifications.drop(people=[person], which=Q(comment__root__in=roots) | Q(comment__in=roots))
    Discussion.objects.filter(step=step).update(version=F("version") + 1)
    return cut
