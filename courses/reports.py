"""How a course goes, in numbers about many people and never about one.

`measure` counts the rows; `learning` gives what was counted, live where that is quick, else as it was last kept by `keep` (maintenance,
`manage.py rebuild_reports`). Both come from `measure`, so they are the same numbers. All of it is by week, so that any span of whole
weeks is a sum. What is shown of it goes through `shown`, which hides what was made of fewer than ten people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import TruncWeek
from django.utils import timezone

from courses.models import Completion, Course, Report
from courses.progress import steps_of

FEWEST = 10  # people; what is made of fewer is not shown
QUICK = 10_000  # rows that are counted while somebody waits: a tenth of a second or two on SQLite
KIND = "learning"


def monday(day: date) -> str:
    """The Monday of a day's week, as ISO 8601."""
    return (day - timedelta(days=day.weekday())).isoformat()


def shown(count: int) -> int | None:
    """A number of people as it may be shown; None when they are few enough to be somebody. Nobody is nobody."""
    return count if count >= FEWEST or count == 0 else None


def measure(course: Course) -> dict[str, Any]:
    """Count the course's completions by week.

    {"active": {Monday: learners who finished a step}, "started": {Monday of their first step: learners}, "finished": {Monday of their
    last step: learners who finished the course}, "days": {Monday: days from first to last step of each of them},
    "steps": {step: {Monday: learners}}, "rows": completions}
    """
    rows = Completion.objects.filter(step__course=course)
    active = (
        rows.annotate(week=TruncWeek("completed_on")).values_list("week").annotate(n=Count("learner", distinct=True))
    )
    by_step = rows.annotate(week=TruncWeek("completed_on")).values_list("step_id", "week").annotate(n=Count("pk"))
    steps: dict[str, dict[str, int]] = {}
    for step, week, n in by_step.order_by():
        steps.setdefault(str(step), {})[week.isoformat()] = n
    counted = [step["pk"] for step in steps_of(course.outline) if not step["optional"]]
    started: Counter[str] = Counter()
    finished: Counter[str] = Counter()
    days: dict[str, list[int]] = {}
    people = rows.values_list("learner").annotate(
        done=Count("pk", filter=Q(step__in=counted)), first=Min("completed_on"), last=Max("completed_on")
    )
    for _learner, done, first, last in people.order_by().iterator():
        started[monday(first)] += 1
        if counted and done == len(counted):
            finished[monday(last)] += 1
            days.setdefault(monday(last), []).append((last - first).days)
    return {
        "active": {week.isoformat(): n for week, n in active.order_by()},
        "started": dict(started),
        "finished": dict(finished),
        "days": days,
        "steps": steps,
        "rows": sum(n for weeks in steps.values() for n in weeks.values()),
    }


def keep(course: Course, kind: str, data: dict[str, Any]) -> Report:
    """Keep what was counted, in place of what was kept before."""
    report, _made = Report.objects.update_or_create(
        course=course, kind=kind, defaults={"data": data, "made_at": timezone.now()}
    )
    return report


def kept_or_counted(
    course: Course, kind: str, count: Callable[[Course], dict[str, Any]]
) -> tuple[dict[str, Any], datetime | None]:
    """What `count` gives, and None; where that would take long, what was kept, and when. `count` says in "rows" how many."""
    report = Report.objects.filter(course=course, kind=kind).first()
    if report and report.data.get("rows", 0) > QUICK:
        return report.data, report.made_at
    return count(course), None


def learning(course: Course) -> tuple[dict[str, Any], datetime | None]:
    """What `measure` gives, and when it was counted (None: now)."""
    return kept_or_counted(course, KIND, measure)


@dataclass(frozen=True)
class Span:
    """Whole weeks from one Monday to another, both included; None is open."""

    first: str | None = None
    last: str | None = None

    def has(self, week: str) -> bool:
        return (self.first is None or week >= self.first) and (self.last is None or week <= self.last)

    def total(self, by_week: dict[str, int]) -> int:
        return sum(n for week, n in by_week.items() if self.has(week))

    def weeks(self, known: Iterable[str]) -> list[str]:
        """Every week of the span from the first known one to the last, those in which nothing happened too."""
        inside = sorted(week for week in known if self.has(week))
        if not inside:
            return []
        day, end = date.fromisoformat(inside[0]), date.fromisoformat(inside[-1])
        return [(day + timedelta(weeks=n)).isoformat() for n in range((end - day).days // 7 + 1)]


@dataclass(frozen=True)
class StepNumbers:
    ref: str
    title: str
    slug: str
    pk: int
    learners: int | None  # who completed it; None when they are too few to be shown
    stops_here: bool  # more than one in ten of those who came to the step before did not complete this one

    @property
    def opens_week(self) -> str:
        """The number of the week that begins with this step; empty for any other."""
        week, _point, place = self.ref.partition(".")
        return week if place == "1" else ""


@dataclass(frozen=True)
class Learning:
    """What is shown of a span. None stands for a number of people too small to show."""

    started: int | None
    finished: int | None
    active: list[tuple[str, int | None]]  # (Monday, learners)
    steps: list[StepNumbers]
    days_to_finish: float | None  # median


def look(course: Course, data: dict[str, Any], span: Span) -> Learning:
    """What may be shown of the counted numbers in a span of weeks."""
    finished = span.total(data.get("finished", {}))
    days = [n for week, found in data.get("days", {}).items() if span.has(week) for n in found]
    active = data.get("active", {})
    steps: list[StepNumbers] = []
    before: int | None = None
    for step in steps_of(course.outline):
        learners = shown(span.total(data.get("steps", {}).get(str(step["pk"]), {})))
        stops = bool(before and learners is not None and not step["optional"] and learners < before * 0.9)
        steps.append(StepNumbers(step["ref"], step["title"], step["slug"], step["pk"], learners, stops))
        before = learners if not step["optional"] else before
    return Learning(
        started=shown(span.total(data.get("started", {}))),
        finished=shown(finished),
        active=[(week, shown(active.get(week, 0))) for week in span.weeks(active)],
        steps=steps,
        days_to_finish=median(days) if len(days) >= FEWEST else None,
    )
