"""What fills the holes of a step's page in this app: the discussion, and in it what belongs to one reader (see courses.pages)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from courses.holes import csrf
from courses.pages import shared
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


def discussion(request: HttpRequest, step: int, base: str) -> SafeString:
    """The whole discussion under a step, one page of it."""
    row = Discussion.objects.filter(pk=step).first() or Discussion(step_id=step)
    before, opened = _number(request, "before"), _number(request, "replies")

    def context() -> dict[str, object]:
        size = settings.COMMENTS_PER_PAGE
        page = Comment.objects.all().for_page(step, before=before, size=size, opened=opened)
        return {
            "step": step,
            "base": base,
            "count": row.comment_count,
            "comments": page[:size],
            "older": page[size - 1].pk if len(page) > size else None,
            "first": before is None,
            "opened": opened,
        }

    key = f"{step}:{row.version}:{before}:{opened}"
    return mark_safe(shared(request, "discussions/discussion.html", key=key, context=context))  # noqa: S308 - our template


def composer(request: HttpRequest, base: str) -> str:
    """The form for a new comment; or, without an account, the invitation to join."""
    draft: Draft | None = getattr(request, "draft", None)
    draft = draft if draft and draft.parent is None else None
    return form(request, base=base, draft=draft)


def form(request: HttpRequest, *, base: str, draft: Draft | None, parent: Comment | None = None) -> str:
    """The form for a comment or a reply, with a refused draft in it where there is one."""
    user = request.user
    if not user.is_authenticated and draft is None:
        return _invitation(base)
    context = {
        "base": base,
        "draft": draft,
        "parent": parent,
        "handle": user.handle if user.is_authenticated else "",
        "csrf": csrf(request),
        "submission": uuid4(),
        "most": settings.COMMENT_MAX_LENGTH,
    }
    return render_to_string("discussions/_composer.html", context)


def _invitation(base: str) -> str:
    return render_to_string("discussions/_invitation.html", {"base": base})


def own_actions(request: HttpRequest, author: int, comment: int, base: str) -> SafeString:
    """What only the author may do with a comment."""
    if request.user.pk is None or request.user.pk != author:
        return SafeString("")
    return format_html(
        '<form class="actions" method="post" action="{}comments/{}/withdraw/">{}<button class="act">{}{}</button></form>',
        base,
        comment,
        csrf(request),
        mark_safe('<svg class="icon" aria-hidden="true"><use href="#i-trash"/></svg>'),
        _("Withdraw"),
    )
