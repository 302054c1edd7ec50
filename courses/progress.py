"""How far a learner has come: which steps are finished, where to go on, and what changed since.

With an account the truth is one `Completion` row for each finished step. Without one it is a signed cookie in the learner's own
browser: nothing about them is stored here. Signing up or in adds the cookie's steps to the account and drops the cookie.
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.core import signing
from django.db import transaction
from django.db.models import Aggregate, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from courses.models import Completion, Course, Step
from courses.models.outline import CourseQuerySet
from courses.prepared import rows

COOKIE = "progress"
COOKIE_AGE = 400 * 24 * 3600  # seconds; the longest that browsers keep one
COOKIE_STEPS = 280  # as many as fit into the 4 kB that a browser keeps
_ENTRY = struct.Struct(">I4sH")  # step, the first four bytes of its fingerprint, day
_DAY_ZERO = date(2020, 1, 1)
_SIGNER = signing.Signer(salt="courses.progress")


class CookieFull(Exception):
    """The browser's cookie holds as many finished steps as it can."""


class Finished(NamedTuple):
    """A finished step: the words as they were then (the start of the step's fingerprint), and the day."""

    fingerprint: str
    day: date


@dataclass
class Progress:
    """A learner's finished steps in the order in which they finished them, over all courses."""

    finished: dict[int, Finished] = field(default_factory=dict)

    def has(self, step_id: int) -> bool:
        return step_id in self.finished

    def changed_since(self, step_id: int, fingerprint: str) -> bool:
        """Whether the step's words are others than when it was finished."""
        then = self.finished.get(step_id)
        return bool(then and then.fingerprint and fingerprint and not fingerprint.startswith(then.fingerprint))


def steps_of(outline: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All steps of an outline (see content.writing.outline_of) in order."""
    return [step for week in outline.get("weeks", []) for topic in week["topics"] for step in topic["steps"]]


def count(steps: Iterable[Mapping[str, Any]], progress: Progress) -> tuple[int, int]:
    """(finished, all) of these steps, optional ones left out."""
    counted = [step for step in steps if not step["optional"]]
    return sum(progress.has(step["pk"]) for step in counted), len(counted)


def next_step(outline: Mapping[str, Any], progress: Progress) -> dict[str, Any] | None:
    """Where to go on: the first unfinished step after the one finished last, else the first unfinished one, else None."""
    steps = steps_of(outline)
    order = {step["pk"]: i for i, step in enumerate(steps)}
    last = next((order[pk] for pk in reversed(progress.finished) if pk in order), -1)
    ahead = [step for step in steps[last + 1 :] + steps[: last + 1] if not progress.has(step["pk"])]
    return next((step for step in ahead if not step["optional"]), ahead[0] if ahead else None)


def of(request: HttpRequest) -> Progress:
    """This learner's progress, read once for a request."""
    known: Progress | None = getattr(request, "_progress", None)
    if known is None:
        known = _from_rows(request.user) if request.user.is_authenticated else from_cookie(request)
        request._progress = known  # type: ignore[attr-defined]
    return known


class Joined(Aggregate):
    """Values as one text with commas, on SQLite and PostgreSQL alike."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "STRING_AGG(%(expressions)s, ',')"
        return self.as_sql(compiler, connection, template=template, **extra)


def with_progress(courses: CourseQuerySet, request: HttpRequest) -> CourseQuerySet:
    """The courses with this learner's finished steps along in the same query; read them with `along_with`."""
    if not request.user.is_authenticated:
        return courses
    mine = Completion.objects.filter(learner=request.user, step__course=OuterRef("pk")).order_by()
    joined = mine.values("step__course").annotate(ids=Joined(Cast("step_id", TextField()))).values("ids")
    last = mine.order_by("-pk").values("step_id")[:1]
    return courses.annotate(finished_steps=Subquery(joined), last_finished=Subquery(last))


def along_with(course: Course, request: HttpRequest) -> Progress:
    """The progress that came with a course of `with_progress`: which steps, and which was the last; not the days or words."""
    if not request.user.is_authenticated:
        return of(request)
    steps = [int(pk) for pk in (getattr(course, "finished_steps", None) or "").split(",") if pk]
    steps.sort(key=lambda pk: pk == course.last_finished)  # type: ignore[attr-defined]
    return Progress(dict.fromkeys(steps, Finished("", _DAY_ZERO)))


def _from_rows(user: Any) -> Progress:
    def mine(learner: int) -> QuerySet[Completion, tuple[Any, ...]]:
        day = Cast("completed_on", TextField())
        return Completion.objects.filter(learner=learner).order_by("pk").values_list("step_id", "fingerprint", day)

    found = rows("progress", mine, learner=user.pk)
    return Progress({step_id: Finished(fingerprint, date.fromisoformat(day)) for step_id, fingerprint, day in found})


def from_cookie(request: HttpRequest) -> Progress:
    """The progress kept in this browser; empty when there is none or it was not signed by us."""
    try:
        packed = base64.urlsafe_b64decode(_SIGNER.unsign(request.COOKIES.get(COOKIE, "")))
        entries = list(_ENTRY.iter_unpack(packed))
    except (signing.BadSignature, binascii.Error, struct.error, ValueError):
        return Progress()
    return Progress({pk: Finished(mark.hex(), _DAY_ZERO + timedelta(days=day)) for pk, mark, day in entries})


def _into_cookie(response: HttpResponse, progress: Progress, *, secure: bool) -> None:
    packed = b"".join(
        _ENTRY.pack(pk, bytes.fromhex((done.fingerprint or "0" * 8)[:8]), (done.day - _DAY_ZERO).days)
        for pk, done in progress.finished.items()
    )
    if not packed:
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    value = _SIGNER.sign(base64.urlsafe_b64encode(packed).decode())
    response.set_cookie(COOKIE, value, max_age=COOKIE_AGE, httponly=True, samesite="Lax", secure=secure)


def finish(*, request: HttpRequest, response: HttpResponse, step: Step) -> None:
    """Note that this learner finished the step. Doing it again notes the step's words as they are now.

    Raises CookieFull for a learner without an account whose browser can keep no more.
    """
    if request.user.is_authenticated:
        Completion.objects.update_or_create(
            learner=request.user,
            step=step,
            defaults={"fingerprint": step.fingerprint},
            create_defaults={"fingerprint": step.fingerprint, "completed_on": timezone.localdate()},
        )
        return
    progress = from_cookie(request)
    if step.pk not in progress.finished and len(progress.finished) >= COOKIE_STEPS:
        raise CookieFull
    progress.finished[step.pk] = Finished(step.fingerprint, timezone.localdate())
    _into_cookie(response, progress, secure=request.is_secure())


def undo(*, request: HttpRequest, response: HttpResponse, step: Step) -> None:
    """Take back that this learner finished the step."""
    if request.user.is_authenticated:
        Completion.objects.filter(learner=request.user, step=step).delete()
        return
    progress = from_cookie(request)
    progress.finished.pop(step.pk, None)
    _into_cookie(response, progress, secure=request.is_secure())


@transaction.atomic
def carry_over(*, request: HttpRequest, response: HttpResponse, user: Any) -> int:
    """Add the browser's progress to an account, drop the cookie, and return how many steps were new to the account."""
    kept = from_cookie(request).finished
    response.delete_cookie(COOKIE, samesite="Lax")
    if not kept:
        return 0
    already = set(Completion.objects.filter(learner=user, step__in=kept).values_list("step_id", flat=True))
    fingerprints = dict(Step.objects.filter(pk__in=kept).values_list("pk", "fingerprint"))
    rows = [
        Completion(
            learner=user,
            step_id=pk,
            completed_on=done.day,
            # The cookie keeps the start of the fingerprint; where the words are the same the whole is known.
            fingerprint=fingerprints[pk] if fingerprints[pk].startswith(done.fingerprint) else done.fingerprint,
        )
        for pk, done in kept.items()
        if pk in fingerprints and pk not in already
    ]
    Completion.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@dataclass(frozen=True)
class Standing:
    """How a learner stands to a course's certificate: steps finished, of how many, and how many it takes."""

    done: int
    whole: int
    needed: int

    @property
    def left(self) -> int:
        return max(0, self.needed - self.done)

    @property
    def earned(self) -> bool:
        return self.whole > 0 and self.left == 0


def standing(course: Course, progress: Progress) -> Standing:
    """How far it is to the certificate; a part of a step does not count as one, so the share is rounded up."""
    done, whole = course_done(course, progress)
    return Standing(done, whole, -(-whole * course.certificate_percent // 100))


def course_done(course: Course, progress: Progress) -> tuple[int, int]:
    """(finished, all) for a course."""
    return count(steps_of(course.outline), progress)
