"""Numbers about moderation for everybody: how many, never who. Below ten no number is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, F, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from courses.reports import FEWEST
from discussions.models import DONE, Appeal, Case, Decision, Reason, Report

MONTHS = 12
Act = Decision.Act
ACTS = (Act.HIDE, Act.RESTORE, Act.WARN, Act.MUTE, Act.BAN, Act.LIFT, Act.DISMISS)


@dataclass(frozen=True)
class Number:
    """A number that is told only from ten on."""

    label: Any
    value: int

    @property
    def few(self) -> bool:
        return self.value < FEWEST


@dataclass(frozen=True)
class Month:
    """What one month's page says. `wait` is the median time from a report to its decision, None where few were decided."""

    first: date
    so_far: bool
    reports: list[Number]
    acts: list[Number]
    appeals: list[Number]
    wait: timedelta | None

    @property
    def wait_words(self) -> str:
        """The median wait, rounded up, in the largest unit that says enough."""
        hours = -(-int(self.wait.total_seconds()) // 3600) if self.wait else 0
        if hours <= 48:
            return ngettext("%(n)d hour", "%(n)d hours", max(1, hours)) % {"n": max(1, hours)}
        return ngettext("%(n)d day", "%(n)d days", -(-hours // 24)) % {"n": -(-hours // 24)}


def _first_of(day: date, back: int) -> date:
    """The first day of the month that lies so many months back."""
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def _per_month(found: QuerySet[Any], when: str, what: str) -> dict[tuple[date, str], int]:
    rows = (
        found.annotate(month=TruncMonth(when, tzinfo=UTC)).values_list("month", what).annotate(n=Count("pk")).order_by()
    )
    return {(month.date(), value): n for month, value, n in rows}


def _numbers(counted: dict[tuple[date, str], int], month: date, choices: Iterable[tuple[str, Any]]) -> list[Number]:
    return [Number(label, counted.get((month, value), 0)) for value, label in choices]


def by_month() -> list[Month]:
    """The last months with anything in them, the newest first; months of UTC, so that every reader is told the same."""
    today = timezone.now().date()
    since = datetime.combine(_first_of(today, MONTHS - 1), datetime.min.time(), tzinfo=UTC)
    reports = _per_month(Report.objects.filter(reported_at__gte=since), "reported_at", "reason")
    acts = _per_month(Decision.objects.filter(decided_at__gte=since), "decided_at", "act")
    made = _per_month(Appeal.objects.filter(made_at__gte=since).annotate(one=F("decision__act")), "made_at", "one")
    waits: dict[date, list[float]] = {}
    for opened, closed in Case.objects.filter(closed_at__gte=since).values_list("opened_at", "closed_at"):
        if closed:
            waits.setdefault(closed.date().replace(day=1), []).append((closed - opened).total_seconds())
    found = []
    for back in range(MONTHS):
        month = _first_of(today, back)
        times = waits.get(month, [])
        if not (times or any(month == key[0] for counted in (reports, acts, made) for key in counted)):
            continue
        appeals = sum(n for (when, _decision), n in made.items() if when == month)
        found.append(
            Month(
                first=month,
                so_far=back == 0,
                reports=_numbers(reports, month, Reason.choices),
                acts=_numbers(acts, month, [(act.value, DONE[act]) for act in ACTS]),
                appeals=[
                    Number(_("Appeals made"), appeals),
                    *_numbers(
                        acts,
                        month,
                        [(Act.UPHOLD.value, _("The decision stood")), (Act.OVERTURN.value, _("It was taken back"))],
                    ),
                ],
                wait=timedelta(seconds=median(times)) if len(times) >= FEWEST else None,
            )
        )
    return found
