"""What fills the holes of a step's page in this app: the discussion, and in it what belongs to one reader (see courses.pages)."""

from __future__ import annotations

from collections.abc import Collection, Container
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db.models import F, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.requests import whole_number
from courses import roles
from courses.pages import Page, shared
from courses.prepared import rows
from courses.progress import Joined
from courses.roles import Role
from discussions import feed, mentions
from discussions.models import Alias, Bookmark, Comment, Discussion, Follow, Like, Mute, ReadMark
from discussions.refusals import Refused
from discussions.wanted import CHIPS, ONES_OWN, SORTS, Wanted, wanted

REPORTED_COOKIE = "reported"


@dataclass(frozen=True)
class Draft:
    """Words that were sent and not posted, to be shown again: with the reason, or with how they will look."""

    body: str
    error: str = ""
    preview: str = ""
    parent: Comment | None = None
    under: str = ""  # "handle" or "alias", where that was chosen
    question: str = ""  # the uid of the step's question that they answer
    submission: str = ""
    was: str = ""
    found: str = ""  # the words with what may identify somebody marked, as HTML
    found_words: str = ""
    anyway: str = ""
    refusal: Refused | None = None

    @property
    def status(self) -> int:
        if self.refusal:
            return self.refusal.status
        return 422 if self.error or self.found else 200


@dataclass(frozen=True)
class Mine:
    """What belongs to one reader in the discussion of one step. People and aliases are "p12" and "a7" (Comment.who)."""

    me: frozenset[str] = frozenset()  # under which names I write here
    liked: frozenset[int] = frozenset()
    bookmarked: frozenset[int] = frozenset()
    followed: frozenset[int] = frozenset()  # roots
    muted: frozenset[str] = frozenset()
    read_up_to: int = 0
    alias: str = ""  # the name of my alias here, if I have one


def _state(step: int) -> QuerySet[Discussion, tuple[int, int]]:
    return Discussion.objects.filter(pk=step).values_list("comment_count", "version")


def _state_and_mine(step: int, person: int) -> QuerySet[Discussion, tuple[Any, ...]]:
    """The discussion's state, and what is one reader's in it, in one query: sets of numbers as texts with commas."""

    def joined(mine: QuerySet[Any], by: str, field: str) -> Subquery:
        groups = mine.order_by().values(by).annotate(all=Joined(Cast(field, TextField())))
        return Subquery(groups.values("all"))

    here = OuterRef("pk")
    alias = Alias.objects.filter(step=here, person=person)
    return (
        Discussion.objects.filter(pk=step)
        .annotate(
            liked=joined(Like.objects.filter(person=person, comment__step=here), "comment__step", "comment_id"),
            bookmarked=joined(
                Bookmark.objects.filter(person=person, comment__step=here), "comment__step", "comment_id"
            ),
            followed=joined(Follow.objects.filter(person=person, root__step=here), "root__step", "root_id"),
            muted_people=joined(Mute.objects.filter(person=person), "person", "muted_person_id"),
            muted_aliases=joined(
                Mute.objects.filter(person=person, muted_alias__step=here), "muted_alias__step", "muted_alias_id"
            ),
            up_to=Subquery(ReadMark.objects.filter(person=person, step=here).values("up_to")[:1]),
            alias=Subquery(alias.values("pk")[:1]),
            alias_name=Subquery(alias.values("name")[:1]),
        )
        .values_list(
            *(F(name) for name in ("comment_count", "version")),
            *("liked", "bookmarked", "followed", "muted_people", "muted_aliases", "up_to", "alias", "alias_name"),
        )
    )


def look_up(request: HttpRequest, step: int, course: int) -> tuple[int, int]:
    """(count, version) of a step's discussion; what is this reader's in it comes along and is kept for the request."""
    request.__dict__["_course"] = course
    person = request.user.pk
    if not person:
        return next(iter(rows("discussion", _state, step=step)), (0, 0))
    found = rows("discussion of a reader", _state_and_mine, step=step, person=person)
    if not found:
        request.__dict__["_mine"] = Mine(me=frozenset({f"p{person}"}))
        return 0, 0
    count, version, liked, bookmarked, followed, people, aliases, up_to, alias, alias_name = found[0]
    request.__dict__["_mine"] = Mine(
        me=frozenset({f"p{person}", f"a{alias}"} if alias else {f"p{person}"}),
        liked=_numbers(liked),
        bookmarked=_numbers(bookmarked),
        followed=_numbers(followed),
        muted=frozenset([f"p{n}" for n in _numbers(people)] + [f"a{n}" for n in _numbers(aliases)]),
        read_up_to=up_to or 0,
        alias=alias_name or "",
    )
    request.__dict__.pop("_sets", None)
    return count, version


def _numbers(joined: str | None) -> frozenset[int]:
    return frozenset(int(n) for n in (joined or "").split(",") if n)


def of_reader(request: HttpRequest) -> Mine:
    """What `look_up` brought along; nothing for who has no account."""
    known: Mine = request.__dict__.get("_mine") or Mine()
    return known


def discussion(request: HttpRequest, step: int, course: int, base: str, questions: dict[str, str]) -> Page:
    """The whole discussion under a step, one page of it. `questions` are the step's: words by uid."""
    count, version = look_up(request, step, course)
    view = wanted(request, questions)
    draft: Draft | None = getattr(request, "draft", None)

    def context() -> dict[str, object]:
        found = page_of(view, step=step, base=base, person=request.user.pk)
        return {
            **found,
            "count": count,
            "draft": draft,
            "question": questions.get(view.question, ""),
            "questions": questions,
            "most": settings.COMMENT_MAX_LENGTH,
            "swaps": True,
        }

    # What belongs to one reader is never kept; what everybody may see is, until somebody writes.
    key = f"{step}:{version}:{base}:{view.query()}:{questions.get(view.question)}"
    keep = view.is_everybodys and draft is None
    return shared(request, "discussions/discussion.html", key=key, context=context, keep=keep)


def page_of(view: Wanted, *, step: int, base: str, person: int | None) -> dict[str, Any]:
    """One page of a discussion, for its templates."""
    size = settings.COMMENTS_PER_PAGE
    first = not view.after
    found = Comment.objects.all().for_page(
        view.roots(step, person)[: size + 1],
        opened=view.opened,
        after=view.opened_after,
        pinned_of=step if first and view.pins else None,
        also=None if view.is_everybodys else view.own(step, person),
    )
    pinned = [root for root in found if root.pinned_at] if first and view.pins else []
    roots = found[len(pinned) :]
    more = len(roots) > size
    return {
        "base": base,
        "view": view,
        "pinned": pinned,
        "newest": max((root.latest or root.pk for root in (*pinned, *roots[:size])), default=None),
        "comments": roots[:size],
        "first": first,
        "first_page": view.first().query(),
        "next_page": view.following(roots[size - 1]).query() if more else "",
        "here": view.query(),
        "opened": view.opened,
        "after": view.opened_after,
        "chips": [
            {"name": name, "label": label, "query": view.showing(name).query(), "own": name in ONES_OWN}
            for name, label in CHIPS.items()
        ],
        "sorts": [
            {"label": SORTS[name], "query": view.sorted_by(name).query(), "current": name == view.sort}
            for name in view.sorts
            if name in SORTS
        ],
        "sort_label": SORTS.get(view.sort, ""),
    }


# Sets for `either`. On a page that is not a step's, call `look_up` first.


def me(request: HttpRequest) -> Container[str]:
    """Under which names (Comment.who) this reader writes here."""
    return of_reader(request).me


class _Others:
    """Every author but these."""

    def __init__(self, mine: Container[str]) -> None:
        self.mine = mine

    def __contains__(self, who: object) -> bool:
        return who not in self.mine


class _UpTo:
    """Every number up to this one."""

    def __init__(self, last: int) -> None:
        self.last = last

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and number <= self.last


def others(request: HttpRequest) -> Container[str]:
    """Everybody (Comment.who) whose comments this reader may like or mute: all but themselves; nobody without an account."""
    return _Others(me(request)) if request.user.is_authenticated else frozenset()


def read(request: HttpRequest) -> Container[int]:
    """The comments of this step up to which this reader said that they have read."""
    return _UpTo(of_reader(request).read_up_to)


def liked(request: HttpRequest) -> Container[int]:
    """The comments this reader likes."""
    return of_reader(request).liked


def bookmarked(request: HttpRequest) -> Container[int]:
    """The comments this reader bookmarked."""
    return of_reader(request).bookmarked


def followed(request: HttpRequest) -> Container[int]:
    """The conversations this reader follows, by their roots."""
    return of_reader(request).followed


def muted(request: HttpRequest) -> Container[str]:
    """Whose comments (Comment.who) fold for this reader."""
    return of_reader(request).muted


def reported(request: HttpRequest) -> Collection[int]:
    """The comments that were reported in this visit, the last one first; they fold for who reported them."""
    found = map(whole_number, request.COOKIES.get(REPORTED_COOKIE, "").split("."))
    return [pk for pk in found if pk is not None]


def staff(request: HttpRequest) -> Container[str]:
    """{"helps"} for the course's educators and moderators, and "moderates" for moderators: what more they can do with a comment."""
    course = request.__dict__.get("_course")
    if roles.has(request.user, Role.MODERATOR, course):
        return frozenset({"helps", "moderates"})
    return frozenset({"helps"} if helps_in(request, course) else ())


def helps_in(request: HttpRequest, course: int | None) -> bool:
    """Whether this reader is an educator or a moderator of the course."""
    return any(roles.has(request.user, role, course) for role in Role)


def _draft(request: HttpRequest) -> Draft | None:
    return getattr(request, "draft", None)


def submission(request: HttpRequest) -> SafeString:
    """The hidden field with a number for one form, so that sending it twice makes one comment."""
    draft = _draft(request)
    number = draft.submission if draft and draft.submission else str(uuid4())
    return format_html('<input type="hidden" name="submission" value="{}">', number)


def names(request: HttpRequest, parent: Comment) -> SafeString:
    """Whom one can call with @ in an answer to this comment; also what a script completes from (static/js/mention.js)."""
    found = mentions.names_in(parent.root_id or parent.pk, but=request.user)
    if not found:
        return SafeString("")
    words = _("In this conversation: {names}. Write @ before a name, and they are told.")
    listed = format_html_join(", ", "<b>{}</b>", ((name,) for name in found))
    return format_html(
        '<p class="help" data-names="{}">{}</p>', _("Names in this conversation"), format_html(words, names=listed)
    )


SHOWN_OF_MINE = 5  # comments and bookmarks on the progress page; all of them stand on pages of their own


def my_part_of_progress(request: HttpRequest, course: int) -> SafeString:
    """The newest of what this person wrote and bookmarked in a course's discussions; for themselves, so what they wrote under an
    alias too."""
    mine = Comment.objects.of(request.user).filter(step__course=course, withdrawn_at=None).order_by("-pk")
    marked = feed.bookmarked_by(request.user, course)
    comments, _more = feed.lines_of(mine, "pk", size=SHOWN_OF_MINE)
    bookmarks, _more = feed.lines_of(marked, "order", size=SHOWN_OF_MINE)
    slug = next((line.comment.step.course.slug for line in [*comments, *bookmarks]), "")
    context = {"comments": comments, "bookmarks": bookmarks, "slug": slug}
    return render_to_string("discussions/_my_part_of_progress.html", context)


def writing_as(request: HttpRequest, under: str = "", box: str = "composer") -> str:
    """The choice between one's handle and an alias. Who has both here is asked each time: nothing is chosen beforehand."""
    mine = of_reader(request)
    draft = _draft(request)
    under = under or (draft.under if draft else "")
    handle = request.user.get_username() if request.user.is_authenticated else ""
    under = under or ("" if mine.alias else "handle")
    words = _writing_as(get_language() or "", bool(handle), bool(mine.alias), under, box)
    return mark_safe(words.replace("{handle}", escape(handle)).replace("{alias}", escape(mine.alias)))  # noqa: S308


@lru_cache(maxsize=64)
def _writing_as(_language: str, handle: bool, alias: bool, under: str, box: str) -> str:
    """The choice with places for the names: what is kept must not hold a handle beside an alias."""
    context = {"handle": handle and "{handle}", "alias": alias and "{alias}", "under": under, "box": box}
    return render_to_string("discussions/_as.html", context)


def answering(request: HttpRequest, questions: dict[str, str]) -> str:
    """The step's question that is being answered (?answer=), in the form."""
    draft = _draft(request)
    uid = draft.question if draft else request.GET.get("answer", "")
    if uid not in questions:
        return ""
    words = {"uid": uid, "question": questions[uid]}
    return mark_safe(render_to_string("discussions/_answering.html", words))  # noqa: S308 - our template


def edit_link(request: HttpRequest, comment: int, base: str, until: float) -> str:
    """The way to change one's own comment, while it can be changed."""
    if timezone.now().timestamp() >= until:
        return ""
    address = f"{base}comments/{comment}/edit/"
    return mark_safe(render_to_string("discussions/_edit_link.html", {"address": address}))  # noqa: S308 - our template
