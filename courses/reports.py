"""How a course goes, in numbers about many people and never about one.

`measure` counts the rows; `learning` gives what was counted, live where that is quick, else as it was last kept by `keep` (maintenance,
`manage.py rebuild_reports`). Both come from `measure`, so they are the same numbers. All of it is by week, so that any span of whole
weeks is a sum. What is shown of it goes through `blocks` and `Span.people`, so that nothing is told of fewer than ten people, and
nothing comes out either when two spans are subtracted from each other: the few of one week are counted together with those of the next
ones until they are ten, and the week that is not over in tens. Differences between numbers of two kinds (two steps, say) remain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
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


def weeks_ago(weeks: int) -> str:
    """The Monday of so many weeks ago, by the site's own clock: the same for every reader, as ISO 8601."""
    return monday(timezone.localdate(timezone=timezone.get_default_timezone()) - timedelta(weeks=weeks))


@dataclass(frozen=True)
class Block:
    """Weeks whose people are told as one number, from the first with anybody in it to the one in which they became ten; while they are
    fewer it has no last week."""

    first: str
    last: str | None
    people: int
    is_over: bool = True  # else people come to it still, and it tells them in tens

    def has(self, week: str) -> bool:
        return self.first <= week and (self.last is None or week <= self.last)


def blocks(by_week: Mapping[str, int], this_week: str = "9999") -> list[Block]:
    """The people of each week, together with the few of the weeks before it who were not told yet. What comes in later weeks changes no
    block that is over. In `this_week` (its Monday) a number that grew by one would tell of one person, so it grows by ten."""
    found: list[Block] = []
    first, waiting = "", 0
    for week, n in sorted(by_week.items()):
        first = first if waiting else week
        waiting += n
        if waiting >= FEWEST:
            is_over = week < this_week
            found.append(Block(first, week, waiting if is_over else _in_tens(waiting), is_over))
            waiting = 0
    return [*found, Block(first, None, waiting)] if waiting else found


def _in_tens(people: int) -> int:
    return people - people % FEWEST


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

    def told(self, found: Iterable[Block]) -> list[Block]:
        """The blocks that end in this span."""
        return [block for block in found if block.last and self.has(block.last)]

    def people(self, found: Iterable[Block]) -> int | None:
        """How many are told of this span; None when only some are in it that are not told yet, or not of this span alone. Nobody is
        nobody."""
        told = sum(block.people for block in self.told(found))
        return None if not told and any(self._touches(block) for block in found) else told

    def bounds(self, found: Iterable[Block]) -> tuple[int, int]:
        """The fewest and the most who can be in this span, by all that is told."""
        told = self.told(found)
        total = sum(block.people for block in told)
        before = sum(FEWEST - 1 for block in told if not self.has(block.first))
        after = sum(FEWEST - 1 for block in found if self._touches(block) and not (block.is_over and block in told))
        return total - before, total + after

    def _touches(self, block: Block) -> bool:
        return (self.last is None or block.first <= self.last) and (
            self.first is None or block.last is None or block.last >= self.first
        )

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
    stops_here: bool  # for certain, more than one in ten of those who came to the step before did not complete this one

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
    this_week = weeks_ago(0)
    finished = blocks(data.get("finished", {}), this_week)
    told = [block for block in span.told(finished) if block.is_over]
    days = [n for week, found in data.get("days", {}).items() if any(block.has(week) for block in told) for n in found]
    active = data.get("active", {})
    steps: list[StepNumbers] = []
    before: tuple[int | None, int] = (None, 0)  # of the step before: how many are told, and how many it has at least
    for step in steps_of(course.outline):
        found = blocks(data.get("steps", {}).get(str(step["pk"]), {}), this_week)
        learners, (fewest, most) = span.people(found), span.bounds(found)
        stops = bool(before[0] and learners is not None and not step["optional"] and most < before[1] * 0.9)
        steps.append(StepNumbers(step["ref"], step["title"], step["slug"], step["pk"], learners, stops))
        before = (learners, fewest) if not step["optional"] else before
    return Learning(
        started=span.people(blocks(data.get("started", {}), this_week)),
        finished=span.people(finished),
        active=[(week, _active(active.get(week, 0), week < this_week)) for week in span.weeks(active)],
        steps=steps,
        days_to_finish=median(days) if days else None,
    )


def _active(people: int, is_over: bool) -> int | None:
    """How many were active in a week, which is never added to another one's; None when they are few enough to be somebody."""
    if 0 < people < FEWEST:
        return None
    return people if is_over else _in_tens(people)
