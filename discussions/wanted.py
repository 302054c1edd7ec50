"""Which comments of a discussion an address asks for: in what order, which of them, and from where on.

A page begins after a place in the order, not after a number of rows (keyset), so the five-hundredth costs what the first does, and
nothing is seen twice while others write. The place is plain: the values that the order goes by, as in `?sort=liked&after=12-3401`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import BooleanField, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.requests import whole_number
from courses.models import ReflectionQuestion
from discussions.models import Bookmark, Comment, Follow, ReadMark

ORDERS = {
    "newest": ("-pk",),
    "oldest": ("pk",),
    "liked": ("-like_count", "-pk"),
    "replied": ("-reply_count", "-pk"),
    "words": ("-latest",),  # of what is unread only
}
SORTS: dict[str, str | Promise] = {
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
    "liked": _("Most liked"),
    "replied": _("Most replies"),
}
# Which sorts each view has; those of everybody's views each have an index of their own.
EVERYBODYS: dict[str, tuple[str, ...]] = {
    "everyone": ("newest", "oldest", "liked", "replied"),
    "educators": ("newest", "oldest", "liked", "replied"),
    "unanswered": ("newest", "oldest", "liked"),
    "answers": ("newest", "oldest", "liked"),  # to one question of the step
}
ONES_OWN: dict[str, tuple[str, ...]] = {
    "following": ("newest", "oldest", "liked", "replied"),
    "mine": ("newest", "oldest", "liked", "replied"),
    "bookmarked": ("newest", "oldest", "liked", "replied"),
    "unread": ("words",),
}
CHIPS: dict[str, str | Promise] = {
    "everyone": _("Everyone"),
    "educators": _("Educators"),
    "unanswered": _("Unanswered"),
    "following": _("Following"),
    "mine": _("Mine"),
    "bookmarked": _("Bookmarked"),
    "unread": _("Unread"),
}


class After(Func):
    """(a, b) < (x, y), compared as rows: the only form in which SQLite and PostgreSQL both go straight to a place in an index."""

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_extra: Any) -> Any:
        parts = [compiler.compile(expression) for expression in self.get_source_expressions()]
        names = [sql for sql, _params in parts]
        return "({}, {}) < ({}, {})".format(*names), [p for _sql, params in parts for p in params]


@dataclass(frozen=True)
class Wanted:
    show: str = "everyone"
    sort: str = "newest"
    question: str = ""  # its uid, where answers are shown
    after: tuple[int, ...] = ()  # the place in the order; empty for the first page
    opened: int | None = None  # the root whose replies are shown further
    opened_after: int = 0

    @property
    def is_everybodys(self) -> bool:
        return self.show in EVERYBODYS

    @property
    def order(self) -> tuple[str, ...]:
        return ORDERS[self.sort]

    @property
    def sorts(self) -> tuple[str, ...]:
        return (EVERYBODYS | ONES_OWN)[self.show]

    def query(self) -> str:
        """What stands after the step's address for this view, from its question mark on; empty for the plain one."""
        words: dict[str, str | int] = {}
        if self.show != "everyone":
            words["show"] = self.show
        if self.question:
            words["question"] = self.question
        if self.sort != self.sorts[0]:
            words["sort"] = self.sort
        if self.after:
            words["after"] = "-".join(map(str, self.after))
        if self.opened is not None:
            words["replies"] = self.opened
            if self.opened_after:
                words["from"] = self.opened_after
        return "?" + urlencode(words) if words else ""

    def first(self) -> Wanted:
        return replace(self, after=(), opened=None, opened_after=0)

    def following(self, last: Comment) -> Wanted:
        """The page that begins after a root."""
        return replace(self.first(), after=place_of(last, self.sort))

    def opening(self, root: int, after: int = 0) -> Wanted:
        """The same page with all replies to a root, those after the given number."""
        return replace(self, opened=root, opened_after=after)

    def sorted_by(self, sort: str) -> Wanted:
        return replace(self.first(), sort=sort)

    def showing(self, show: str) -> Wanted:
        sorts = (EVERYBODYS | ONES_OWN)[show]
        return Wanted(show=show, sort=self.sort if self.sort in sorts else sorts[0])

    def roots(self, step: int, person: int | None) -> QuerySet[Comment]:
        """All roots of this view in order, from its place on, the pinned one left out where it stands above them."""
        roots = Comment.objects.on(step).roots().filter(self._chosen(step, person)).order_by(*self.order)
        if self.pins:
            roots = roots.filter(pinned_at=None)
        if not self.after:
            return roots
        if self.sort == "oldest":
            return roots.filter(pk__gt=self.after[0])
        if len(self.order) == 1:
            return roots.filter(**{f"{self.order[0][1:]}__lt": self.after[0]})
        first, second = self.after
        return roots.filter(After(F(self.order[0][1:]), F("pk"), Value(first), Value(second)))

    @property
    def pins(self) -> bool:
        """Whether the pinned root stands above the first page, wherever it would stand otherwise."""
        return self.show in ("everyone", "educators")

    def _chosen(self, step: int, person: int | None) -> Q:
        match self.show:
            case "educators":
                return Q(staff_wrote=True)
            case "unanswered":
                return Q(reply_count=0)
            case "answers":
                question = ReflectionQuestion.objects.filter(step=step, uid=self.question).values("pk")[:1]
                return Q(question__isnull=False, question=Subquery(question))
            case "following":
                return Q(pk__in=Follow.objects.filter(person=person).values("root"))
            case "mine" | "bookmarked":
                return Q(pk__in=self.own(step, person).values(own_root=Coalesce("root_id", "pk")))
            case "unread":
                read = ReadMark.objects.filter(person=person, step=OuterRef("step")).values("up_to")[:1]
                return Q(latest__gt=Coalesce(Subquery(read), Value(0)))
        return Q()

    def own(self, step: int, person: int | None) -> QuerySet[Comment]:
        """Of a view of what is mine or bookmarked: those comments, wherever they stand in their conversations."""
        here = Comment.objects.on(step)
        if self.show == "mine":
            return here.of(person)
        if self.show == "bookmarked":
            return here.filter(pk__in=Bookmark.objects.filter(person=person).values("comment"))
        return here.none()


def place_of(root: Comment, sort: str) -> tuple[int, ...]:
    """Where a root stands in an order: what a page that follows it begins after."""
    return tuple(getattr(root, field.removeprefix("-")) for field in ORDERS[sort])


def place_before(root: Comment, sort: str) -> tuple[int, ...]:
    """What a page that begins with this root begins after."""
    *values, last = place_of(root, sort)
    return (*values, last - 1 if sort == "oldest" else last + 1)


def wanted(request: HttpRequest, questions: dict[str, str]) -> Wanted:
    """What the address asks for; nonsense in it counts as not there. `questions` are the step's, words by uid."""
    asked = request.GET
    show = asked.get("show", "")
    question = asked.get("question", "") if show == "answers" else ""
    if show not in EVERYBODYS and not (show in ONES_OWN and request.user.is_authenticated):
        show = "everyone"
    if show == "answers" and question not in questions:
        show, question = "everyone", ""
    sorts = (EVERYBODYS | ONES_OWN)[show]
    sort = asked.get("sort", "")
    sort = sort if sort in sorts else sorts[0]
    place = [whole_number(part) for part in asked.get("after", "").split("-", 2)]
    numbers = tuple(n for n in place if n is not None)
    return Wanted(
        show=show,
        sort=sort,
        question=question,
        after=numbers if len(numbers) == len(place) == len(ORDERS[sort]) else (),
        opened=whole_number(asked.get("replies", "")),
        opened_after=whole_number(asked.get("from", "")) or 0,
    )
