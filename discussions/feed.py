"""What the page of notifications shows: each as one sentence, with words only where they are still shown to everybody."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from discussions.authors import owner_of
from discussions.models import Bookmark, Comment, Notification
from discussions.places import address_of

PER_PAGE = 30
EXCERPT = 140  # characters
Kind = Notification.Kind
HEAVY = ("body", "body_html", "page", "course__outline", "course__description", "course__description_html")


@dataclass(frozen=True)
class Item:
    told: Notification
    sentence: SafeString
    comment: Comment | None  # with the picture of who wrote; None where there is none to show
    words: str
    place: str

    @property
    def ago(self) -> str:
        """How long ago in one unit: "3 hours ago"."""
        if timezone.now() - self.told.created_at < timedelta(minutes=1):
            return _("just now")
        return _("%(time)s ago") % {"time": timesince(self.told.created_at, depth=1)}


def of_person(person: Any) -> QuerySet[Notification]:
    """This person's notifications with everything that a page says of them, newest first; one query."""
    with_all = Notification.objects.filter(person=person).select_related(
        "comment__author",
        "comment__alias",
        "comment__root",
        "comment__parent__alias",
        "comment__step__course",
        "decision",
    )
    return with_all.defer(*(f"comment__step__{field}" for field in HEAVY)).order_by("-pk")


def page_of(person: Any, before: int | None) -> tuple[list[Item], int | None]:
    """One page, and where the next begins (or None)."""
    rows = of_person(person)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PER_PAGE + 1])
    older = found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None
    return [_item(told, person) for told in found[:PER_PAGE]], older


def is_shown(comment: Comment) -> bool:
    """Whether every reader of the discussion sees its words."""
    return not comment.gone


def excerpt(comment: Comment) -> str:
    """The beginning of a comment as plain words on one line."""
    return Truncator(" ".join(html.unescape(strip_tags(comment.body_html)).split())).chars(EXCERPT)


def _item(told: Notification, person: Any) -> Item:
    comment = told.comment
    shown = comment is not None and is_shown(comment)
    by_somebody = told.kind not in (Kind.ENDORSED, Kind.MODERATION, Kind.DANGER)
    who = comment.name if comment and shown else _("Somebody")
    place = comment.step.title if comment else ""
    words = excerpt(comment) if comment and shown and told.kind != Kind.MODERATION else ""
    if by_somebody and not shown:
        words = _("What they wrote is no longer shown.")
    return Item(told, _sentence(told, who, person), comment if shown and by_somebody else None, words, place)


def _sentence(told: Notification, who: str, person: Any) -> SafeString:
    match told.kind:
        case Kind.REPLY:
            parent = told.comment.parent if told.comment else None
            if parent and owner_of(parent) == person.pk:
                return format_html(_("<strong>{}</strong> replied to you"), who)
            return format_html(_("<strong>{}</strong> wrote in a conversation you began"), who)
        case Kind.MENTION:
            return format_html(_("<strong>{}</strong> mentioned you"), who)
        case Kind.FOLLOWED:
            return format_html(_("<strong>{}</strong> wrote in a conversation you follow"), who)
        case Kind.ENDORSED:
            return format_html("{}", _("An educator recommends what you wrote"))
        case Kind.DANGER:
            return format_html("{}", _("A reader thinks that somebody may be in danger. Please look at this now"))
    return format_html("{}", _("A moderator decided about something you wrote"))


def way_to(told: Notification) -> str | None:
    """Where a notification leads; None when that place has left the course."""
    if told.decision_id:
        return reverse("moderation:decision", args=[told.decision_id])
    comment = told.comment
    if comment is not None and told.kind == Kind.DANGER:
        return reverse("moderation:comment", args=[comment.pk])
    if comment is None or comment.step.retired_at or not comment.step.course.published:
        return None
    base = comment.step.get_absolute_url()
    return address_of(comment, base) if not comment.hidden_at else f"{base}#discussion"


@dataclass(frozen=True)
class Line:
    """A comment in a list of one's own: its words, if they are still shown, and where it stands."""

    comment: Comment
    words: str
    place: str
    address: str


def bookmarked_by(person: Any, course: Any) -> QuerySet[Comment]:
    """What this person bookmarked in a course, the last first, in the order of `order`."""
    mine = Bookmark.objects.filter(person=person)
    found = Comment.objects.filter(step__course=course, pk__in=mine.values("comment"))
    return found.annotate(order=Subquery(mine.filter(comment=OuterRef("pk")).values("pk"))).order_by("-order")


def lines_of(comments: QuerySet[Comment], by: str, *, size: int = PER_PAGE) -> tuple[list[Line], int | None]:
    """One page of comments in the order that they come in (by the field `by`), and where the next begins (or None)."""
    heavy = [f"step__{field}" for field in HEAVY]
    found = list(comments.select_related("author", "alias", "root", "step__course").defer(*heavy)[: size + 1])
    older = getattr(found[size - 1], by) if len(found) > size else None
    return [_line(comment) for comment in found[:size]], older


def _line(comment: Comment) -> Line:
    base = comment.step.get_absolute_url()
    words = excerpt(comment) if is_shown(comment) else ""
    address = "" if comment.step.retired_at or comment.hidden_at else f"{base}comments/{comment.pk}/"
    return Line(comment, words, comment.step.title, address)
