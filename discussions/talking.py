"""How the discussions of a course go: how much is said under each step, and what waits for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncWeek

from courses import reports
from courses.models import Course, ReflectionQuestion
from discussions.models import Comment
from discussions.models.comment import WAITS

KIND = "discussions"
LISTED = 20  # comments that wait for an answer


def _shown(course: Course) -> Any:
    return Comment.objects.can_be_answered().filter(step__course=course, step__retired_at=None)


def measure(course: Course) -> dict[str, Any]:
    """{"steps": {step: {Monday: [comments, replies, comments without an answer]}}, "answers": {question: comments that answer it},
    "rows": all}, of what can be read on the pages. Weeks are those of UTC, whoever asks: what is counted is kept for all."""
    by_step = (
        _shown(course)
        .annotate(week=TruncWeek("created_at", tzinfo=UTC))
        .values_list("step_id", "week")
        .annotate(
            comments=Count("pk", filter=Q(parent=None)),
            replies=Count("pk", filter=Q(parent__isnull=False)),
            waiting=Count("pk", filter=Q(parent=None, reply_count=0, role="")),
        )
    )
    steps: dict[str, dict[str, list[int]]] = {}
    for step, week, *numbers in by_step.order_by():
        steps.setdefault(str(step), {})[week.date().isoformat()] = numbers
    answers = _shown(course).filter(question__isnull=False).values_list("question").annotate(n=Count("pk"))
    return {
        "steps": steps,
        "answers": {str(question): n for question, n in answers.order_by()},
        "rows": sum(sum(n[:2]) for weeks in steps.values() for n in weeks.values()),
    }


def talking(course: Course) -> tuple[dict[str, Any], datetime | None]:
    """What `measure` gives, and when it was counted (None: now)."""
    return reports.kept_or_counted(course, KIND, measure)


def totals(data: dict[str, Any], span: reports.Span) -> dict[int, list[int]]:
    """{step: [comments, replies, comments without an answer]} of a span of weeks."""
    found: dict[int, list[int]] = {}
    for step, weeks in data.get("steps", {}).items():
        numbers = [n for week, n in weeks.items() if span.has(week)]
        found[int(step)] = [sum(column) for column in zip(*numbers, strict=True)] or [0, 0, 0]
    return found


def waiting(course: Course, order: Literal["newest", "liked"] = "newest") -> QuerySet[Comment]:
    """Questions that nobody has answered: comments of learners with a question mark and no reply."""
    found: QuerySet[Comment] = _shown(course).filter(WAITS)
    return found.order_by(*(("-like_count", "-pk") if order == "liked" else ("-pk",)))


def unanswered(course: Course, order: Literal["newest", "liked"] = "newest") -> Sequence[Comment]:
    """The first of what is waiting, with who wrote it and where."""
    return list(waiting(course, order).select_related("author", "alias", "step")[:LISTED])


def answers_to_questions(data: dict[str, Any]) -> list[tuple[ReflectionQuestion, int]]:
    """The questions of the course's steps that were answered in public, with how often, from what `measure` gives."""
    counted = data.get("answers", {})
    questions = ReflectionQuestion.objects.filter(pk__in=counted).select_related("step").order_by("step", "position")
    return [(question, counted[str(question.pk)]) for question in questions]
