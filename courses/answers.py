"""Which questions of quizzes a learner has tried, and how: kept for themselves alone, so that they can come back to it.

With an account that is one `QuizAnswer` row for each question, the last answer only. Without one it is a signed cookie in the learner's
own browser. Signing up or in moves the cookie's answers into the account, where an answer that is there already holds.
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from courses.models import QuizAnswer, QuizQuestion
from courses.models.outline import StepQuerySet
from courses.progress import COOKIE_AGE, Joined
from courses.quiz import Answer, Question

COOKIE = "answers"
COOKIE_ANSWERS = 120  # 2 kB: with the cookie of finished steps it stays below what servers take in one request
_ENTRY = struct.Struct(">IH5sH")  # question, mark, up to ten places of four bits, day
_NO_PLACE = "f"
_DAY_ZERO = date(2020, 1, 1)
_SIGNER = signing.Signer(salt="courses.answers")


class CookieFull(Exception):
    """The browser's cookie holds as many answers as it can."""


@dataclass(frozen=True)
class Given:
    """An answer, and the mark of the options it was chosen from."""

    answer: Answer
    mark: str
    day: date = _DAY_ZERO


Answers = Mapping[int, Given]  # by question


def with_answers(steps: StepQuerySet, learner: int) -> StepQuerySet:
    """The steps with this learner's answers to their questions along, as `my_answers`; hand them to `note`."""
    mine = QuizAnswer.objects.filter(learner=learner, question__step=OuterRef("pk")).order_by()
    entry = Concat(
        *(Value("["), Cast("question_id", TextField()), Value(',"'), "mark", Value('",')),
        *(Cast("answer", TextField()), Value("]")),
        output_field=TextField(),
    )
    joined = mine.values("question__step").annotate(all=Joined(entry)).values("all")
    return steps.annotate(my_answers=Subquery(joined))


def note(request: HttpRequest, step: int, my_answers: str | None) -> None:
    """Keep what came with a step of `with_answers` for the rest of the request."""
    entries = json.loads(f"[{my_answers or ''}]")
    found = {question: Given(tuple(answer), mark) for question, mark, answer in entries}
    request.__dict__.setdefault("_answers", {})[step] = found


def of(request: HttpRequest, step: int) -> Answers:
    """This learner's answers on a step that was found for this request; none on one that is only previewed."""
    if not request.user.is_authenticated:
        return from_cookie(request)
    known: Answers = request.__dict__.get("_answers", {}).get(step, {})
    return known


def left(quiz: Sequence[Question], answers: Answers) -> int:
    """How many questions of a quiz are not tried yet."""
    return sum(question["pk"] not in answers for question in quiz)


def from_cookie(request: HttpRequest) -> dict[int, Given]:
    """The answers kept in this browser, those of all quizzes; none when there are none or they were not signed by us."""
    try:
        packed = base64.urlsafe_b64decode(_SIGNER.unsign(request.COOKIES.get(COOKIE, "")))
        entries = list(_ENTRY.iter_unpack(packed))
    except (signing.BadSignature, binascii.Error, struct.error, ValueError):
        return {}
    return {
        pk: Given(
            tuple(int(digit, 16) for digit in places.hex() if digit != _NO_PLACE),
            f"{mark:04x}",
            _DAY_ZERO + timedelta(days=day),
        )
        for pk, mark, places, day in entries
    }


def _into_cookie(response: HttpResponse, answers: Answers, *, secure: bool) -> None:
    packed = b"".join(
        _ENTRY.pack(
            pk,
            int(given.mark, 16),
            bytes.fromhex("".join(f"{place:x}" for place in given.answer).ljust(10, _NO_PLACE)),
            (given.day - _DAY_ZERO).days,
        )
        for pk, given in answers.items()
    )
    value = _SIGNER.sign(base64.urlsafe_b64encode(packed).decode())
    response.set_cookie(COOKIE, value, max_age=COOKIE_AGE, httponly=True, samesite="Lax", secure=secure)


def keep(*, request: HttpRequest, response: HttpResponse, question: Question, answer: Answer) -> None:
    """Keep this learner's answer to a question in place of the one before.

    Raises CookieFull for a learner without an account whose browser can keep no more.
    """
    today = timezone.localdate()
    if request.user.is_authenticated:
        QuizAnswer.objects.update_or_create(
            learner=request.user,
            question_id=question["pk"],
            defaults={"answer": list(answer), "mark": question["mark"], "answered_on": today},
        )
        return
    answers = from_cookie(request)
    if question["pk"] not in answers and len(answers) >= COOKIE_ANSWERS:
        raise CookieFull
    answers[question["pk"]] = Given(answer, question["mark"], today)
    _into_cookie(response, answers, secure=request.is_secure())


@transaction.atomic
def carry_over(*, request: HttpRequest, response: HttpResponse, user: Any) -> int:
    """Add the browser's answers to an account, drop the cookie, and return how many were new to the account."""
    kept = from_cookie(request)
    response.delete_cookie(COOKIE, samesite="Lax")
    if not kept:
        return 0
    already = set(QuizAnswer.objects.filter(learner=user, question__in=kept).values_list("question_id", flat=True))
    known = set(QuizQuestion.objects.filter(pk__in=kept).values_list("pk", flat=True))
    rows = [
        QuizAnswer(learner=user, question_id=pk, answer=list(given.answer), mark=given.mark, answered_on=given.day)
        for pk, given in kept.items()
        if pk in known and pk not in already
    ]
    QuizAnswer.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
