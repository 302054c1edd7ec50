"""A learner's own answers to the questions of a course: for themselves alone, and never lost.

With an account an answer is one `JournalEntry` row; without one it stays in the learner's browser (static/js/journal.js) and can be
moved into an account. Whoever writes says which words they had before them; if others were written meanwhile, on another device say,
the newer answer stands first and the other one below it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Func, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from courses.models import Course, JournalEntry, ReflectionQuestion
from courses.models.outline import StepQuerySet
from courses.progress import Joined

MOST = 10_000  # characters of an answer as it is sent
MOST_KEPT = 4 * MOST  # with what other devices wrote below it
MOST_MOVED = 1_000  # answers that a browser sends at once
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Refused(Exception):
    """The answer could not be kept; the message says why and what to do."""


@dataclass(frozen=True)
class Written:
    """What is kept now, and which words of another device were put below those that were sent."""

    text: str
    added: str = ""


class _JsonPair(Func):
    """Two values as a JSON list. Django's JSONArray would ask the database first whether it knows JSON."""

    function = "JSON_ARRAY"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_BUILD_ARRAY", **extra)


def seen(text: str) -> str:
    """A mark of an answer's words, sent along with the form, to tell whether others were written meanwhile."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def tidy(text: str) -> str:
    """Line ends as one sign, without signs that cannot be seen, and without space at the end."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).rstrip()


def with_journal(steps: StepQuerySet, person: int) -> StepQuerySet:
    """The steps with this person's answers to their questions along, as `my_journal`; hand them to `note`."""
    mine = JournalEntry.objects.filter(person=person, question__step=OuterRef("pk")).order_by()
    pair = Cast(_JsonPair("question__uid", "text"), TextField())
    joined = mine.values("question__step").annotate(all=Joined(pair)).values("all")
    return steps.annotate(my_journal=Subquery(joined))


def note(request: HttpRequest, step: int, my_journal: str | None) -> None:
    """Keep what came with a step of `with_journal` for the rest of the request."""
    request.__dict__.setdefault("_journal", {})[step] = dict(json.loads(f"[{my_journal or ''}]"))


def of(request: HttpRequest, step: int) -> Mapping[str, str]:
    """This person's answers on a step that was found for this request, by the question's id."""
    known: Mapping[str, str] = request.__dict__.get("_journal", {}).get(step, {})
    return known


def in_course(person: Any, course: Course) -> QuerySet[JournalEntry]:
    """This person's answers in a course."""
    return JournalEntry.objects.filter(person=person, question__step__course=course)


@transaction.atomic
def write(*, person: Any, question: ReflectionQuestion, text: str, read: str) -> Written:
    """Keep an answer in place of the one that was there; an empty one takes it away.

    `read` is the mark of the words that the writer had before them. Where others are kept by now, these go below the new ones.
    Raises Refused when the answer is too long.
    """
    text = tidy(text)
    if len(text) > MOST:
        words = _("Your answer has %(length)s characters, and %(most)s fit. Please shorten it; nothing of it is lost.")
        raise Refused(words % {"length": number_format(len(text)), "most": number_format(MOST)})
    get_user_model().objects.select_for_update().get(pk=person.pk)  # one answer of a person at a time
    entry = JournalEntry.objects.filter(person=person, question=question).first()
    before, added = (entry.text if entry else ""), ""
    if read != seen(before) and before not in text:
        added = "\n\n" * bool(text) + _("[Written on another device:]") + "\n" + before
    if len(text) + len(added) > MOST_KEPT:
        raise Refused(_("This answer was changed elsewhere. Copy your words, load the page again, and add them there."))
    if text + added:
        today = {"text": text + added, "asked": str(question), "written_on": timezone.localdate()}
        JournalEntry.objects.update_or_create(person=person, question=question, defaults=today)
    elif entry:
        entry.delete()
    return Written(text + added, added)


def read_kept(text: str) -> list[tuple[str, str, str]]:
    """The answers that a browser sends to be moved, as (step, question, text) by permanent ids. Raises ValueError for anything else."""
    entries = json.loads(text)
    if not isinstance(entries, list) or len(entries) > MOST_MOVED:
        raise ValueError
    found = []
    for entry in entries:
        match entry:
            case {"step": str(step), "question": str(question), "text": str(answer)}:
                found.append((step, question, answer))
            case _:
                raise ValueError
    return found


@transaction.atomic
def take_over(*, person: Any, course: Course, kept: list[tuple[str, str, str]]) -> list[int]:
    """Write answers that a browser kept into the account, and return the places of those that are there now.

    An answer that the account has already is kept below. Moving the same ones twice changes nothing.
    """
    questions = {
        (question.step.uid, question.uid): question
        for question in ReflectionQuestion.objects.filter(step__course=course).select_related("step")
    }
    already = dict(in_course(person, course).values_list("question_id", "text"))
    moved = []
    for place, (step, uid, text) in enumerate(kept):
        question = questions.get((step, uid))
        if question is None:
            continue
        if tidy(text) not in already.get(question.pk, ""):
            try:
                write(person=person, question=question, text=text, read=seen(""))
            except Refused:
                continue
        moved.append(place)
    return moved
