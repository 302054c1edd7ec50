"""What fills the holes of a step's page in this app: the discussion, and in it what belongs to one reader (see courses.pages)."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from courses.pages import shared
from courses.prepared import rows
from discussions.models import Comment, Discussion


@dataclass(frozen=True)
class Draft:
    """Words that were sent and not posted, to be shown again: with the reason, or with how they will look."""

    body: str
    error: str = ""
    preview: str = ""
    parent: Comment | None = None


def _number(request: HttpRequest, name: str) -> int | None:
    """A comment's number from the address; None where it is missing or nonsense."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _state(step: int) -> QuerySet[Discussion, tuple[int, int]]:
    return Discussion.objects.filter(pk=step).values_list("comment_count", "version")


def discussion(request: HttpRequest, step: int, base: str) -> SafeString:
    """The whole discussion under a step, one page of it."""
    count, version = next(iter(rows("discussion", _state, step=step)), (0, 0))
    before, opened, after = _number(request, "before"), _number(request, "replies"), _number(request, "after") or 0
    draft: Draft | None = getattr(request, "draft", None)

    def context() -> dict[str, object]:
        size = settings.COMMENTS_PER_PAGE
        page = Comment.objects.all().for_page(step, before=before, size=size, opened=opened, after=after)
        return {
            "base": base,
            "count": count,
            "comments": page[:size],
            "older": page[size - 1].pk if len(page) > size else None,
            "first": before is None,
            "before": before,
            "opened": opened,
            "after": after,
            "most": settings.COMMENT_MAX_LENGTH,
            "draft": draft,
        }

    key = None if draft else f"{step}:{version}:{base}:{before}:{opened}:{after}"
    return mark_safe(shared(request, "discussions/discussion.html", key=key, context=context))  # noqa: S308 - our template


def me(request: HttpRequest) -> Container[int]:
    """{my account}, for `either`; empty for who has none."""
    return {request.user.pk} if request.user.pk else set()


def submission(request: HttpRequest) -> str:
    """A number for one form, so that sending it twice makes one comment."""
    return str(uuid4())


def posting_as(request: HttpRequest) -> SafeString:
    """Under which name the words will stand."""
    return format_html(_("You are posting as <strong>{}</strong>."), request.user.get_username())
