"""A course as a tree, for the page that shows it: each week, topic and step with its number, minutes, neighbours and advice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import prefetch_related_objects

from courses.arranging import PARENT
from courses.content.advising import advice_on
from courses.content.comparing import PARTS
from courses.models import Course, Step
from courses.progress import steps_of
from courses.publishing import state_words

NOT_SHOWN = ("body_html", "page", "loaded")


@dataclass
class Branch:
    """A week, topic or step (or the course itself) with what hangs on it."""

    row: Any
    what: str
    number: str = ""  # as learners see it; what they do not see has none
    before: int | None = None  # the neighbours, to change places with
    after: int | None = None
    parent: int = 0
    advice: Sequence[str] = ()
    inside: list[Branch] = field(default_factory=list)
    retired: list[Branch] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.what}-{self.row.pk}"

    @property
    def up(self) -> str:
        """What the button sends that moves it up; empty for the first."""
        return f"{self.key} from {self.parent} before {self.before} in {self.parent}" if self.before else ""

    @property
    def down(self) -> str:
        return f"{self.key} from {self.parent} after {self.after} in {self.parent}" if self.after else ""

    @property
    def state(self) -> str:
        """Of a step or a course, in words."""
        return state_words(self.row)

    @property
    def steps(self) -> list[Step]:
        """The steps in it that are not retired."""
        return [self.row] if self.what == "step" else [step for branch in self.inside for step in branch.steps]

    @property
    def minutes(self) -> int:
        """What learners are told; drafts do not count."""
        return sum(step.minutes for step in self.steps if step.published)

    @property
    def drafts(self) -> int:
        return sum(not step.published for step in self.steps)


def tree_of(course: Course) -> Branch:
    """The whole course, retired rows too. Costs as many queries for many steps as for one."""
    steps = list(course.steps.defer(*NOT_SHOWN).select_related("topic").in_order())
    live = [step for step in steps if step.retired_at is None]
    prefetch_related_objects(live, *PARTS)
    advice = advice_on(course, live)
    numbers = _numbers(course.outline)
    in_topics = _by_parent([Branch(step, "step", advice=advice.get(step.pk, ())) for step in steps], {}, numbers)
    topics = [Branch(topic, "topic") for topic in course.topics.order_by("position", "pk")]
    in_weeks = _by_parent(topics, in_topics, numbers)
    weeks = [Branch(week, "week") for week in course.weeks.order_by("position", "pk")]
    root = Branch(course, "course")
    _hang(root, _by_parent(weeks, in_weeks, numbers).get(course.pk, []))
    return root


def _numbers(outline: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """The number of each thing that learners see, by what it is and its id."""
    weeks = outline.get("weeks", [])
    found = {("step", step["uid"]): step["ref"] for step in steps_of(outline)}
    found |= {("week", week["uid"]): str(week["n"]) for week in weeks}
    return found | {("topic", topic["uid"]): str(topic["n"]) for week in weeks for topic in week["topics"]}


def _by_parent(
    branches: Iterable[Branch], inside: Mapping[int, list[Branch]], numbers: Mapping[tuple[str, str], str]
) -> dict[int, list[Branch]]:
    """Branches by the key of their parent, each with what is inside it, and its number."""
    found: dict[int, list[Branch]] = {}
    for branch in branches:
        branch.parent = getattr(branch.row, f"{PARENT[type(branch.row)]}_id")
        branch.number = numbers.get((branch.what, branch.row.uid), "")
        _hang(branch, inside.get(branch.row.pk, []))
        found.setdefault(branch.parent, []).append(branch)
    return found


def _hang(parent: Branch, found: list[Branch]) -> None:
    """Sort what is in a branch into what is in the course and what is retired, and tell each its neighbours."""
    parent.retired = [branch for branch in found if branch.row.retired_at]
    parent.inside = [branch for branch in found if not branch.row.retired_at]
    for one, next_one in zip(parent.inside, parent.inside[1:], strict=False):
        one.after, next_one.before = next_one.row.pk, one.row.pk
