"""Links that show a course, or a week, topic or step of it, to who has them, draft or not: for reviewers without an account.

A link is signed, says until when it works, and names a number in the row, so that another number ends all links of that row at once.
Nothing is stored about a link or who opens it. What it shows is the course's outline with drafts in it and without what the link does
not name, and pages that lie behind the link's own address (`Course.shown_at`), so that no link of theirs leads out of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core import signing
from django.db.models import F
from django.urls import reverse

from courses.content import writing
from courses.content.writing import Link
from courses.models import Course, Step, Topic, Week
from courses.progress import steps_of

Named = Course | Week | Topic | Step
SALT = "courses.drafts"
DAYS = (1, 7, 30)
# What a link can name: the way to it from its course, and which one of its kind a step is in.
SCOPES: Mapping[str, tuple[str, Callable[[Step], int]]] = {
    "course": ("", lambda step: step.course_id),
    "week": ("weeks__", lambda step: step.topic.week_id),
    "topic": ("topics__", lambda step: step.topic_id),
    "step": ("steps__", lambda step: step.pk),
}


class NoMore(Exception):
    """The link shows nothing; `status` tells one that was altered (404) from one that ended (410)."""

    def __init__(self, status: int) -> None:
        self.status = status


@dataclass(frozen=True)
class Opened:
    """What a link shows: the course with an outline of that alone, and where in the course one enters."""

    course: Course
    scope: str
    links: Mapping[str, Link]  # of the steps that can be reached, by permanent id
    is_draft: bool
    public: str  # where the course's pages lie once nothing of it is a draft any more
    until: datetime

    @property
    def whole(self) -> bool:
        """Whether all of the course is shown, so that its numbers are those of the course."""
        return self.scope == "course"

    @property
    def entry(self) -> str:
        """Where the link itself leads, from the course's address."""
        first = next(iter(steps_of(self.course.outline)), None)
        return {"course": "", "step": f"steps/{first['slug']}/" if first else ""}.get(self.scope, "outline/")


def link_to(row: Named, *, days: int) -> str:
    """An address that shows the row for so many days. It ends before with `end_links`."""
    until = int(time.time()) + days * 24 * 3600
    return _address(signing.dumps([row._meta.model_name, row.pk, row.preview_key, until], salt=SALT))


def end_links(row: Named) -> None:
    """End all links that were made to this row; not those to what is inside it."""
    type(row)._default_manager.filter(pk=row.pk).update(preview_key=F("preview_key") + 1)


def open_link(token: str) -> Opened:
    """What the link shows now. Raises NoMore where it was altered, has ended, or names what was retired."""
    try:
        scope, pk, key, until = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise NoMore(404) from None
    course = _course_of(scope, pk, key)
    if course is None or until <= time.time():
        raise NoMore(410)
    _way, place_of = SCOPES[scope]
    steps = list(course.steps.in_course().for_outline())
    shown = {step.pk for step in steps if place_of(step) == pk}
    public = course.get_absolute_url()
    course.shown_at = _address(token)
    course.outline = {**_only(writing.outline_from(steps), shown), **writing.gathered_in(course, shown)}
    return Opened(
        course=course,
        scope=scope,
        links=dict(_links(course, steps, shown, public)),
        is_draft=not course.published or not all(step.published for step in steps if step.pk in shown),
        public=public,
        until=datetime.fromtimestamp(until, UTC),
    )


def page_of(step: Step, opened: Opened) -> Step:
    """The step with its words and parts as they are now, derived in memory: what is kept for learners links to no draft."""
    step.course = opened.course
    writing.derive(step, writing.parts_of(step), opened.links, writing.glossary_of(opened.course))
    return step


def _address(token: str) -> str:
    return reverse("draft", args=[token])


def _course_of(scope: str, pk: int, key: int) -> Course | None:
    way, _place = SCOPES[scope]
    named: dict[str, Any] = {f"{way}pk": pk, f"{way}preview_key": key}
    if way:
        named[f"{way}retired_at"] = None
    return Course.objects.defer("outline", "loaded").filter(**named).first()


def _only(outline: Mapping[str, Any], shown: Collection[int]) -> dict[str, Any]:
    """The outline without other steps. Numbers stay those of the whole course; minutes and counts are of what is left."""
    weeks = []
    for week in outline["weeks"]:
        topics = [{**t, **_counted([s for s in t["steps"] if s["pk"] in shown], "steps")} for t in week["topics"]]
        left = [topic for topic in topics if topic["steps"]]
        if left:
            steps = sum(len(topic["steps"]) for topic in left)
            weeks.append({**week, **_counted(left, "topics"), "steps": steps})
    return {**outline, **_counted(weeks, "weeks"), "steps": sum(week["steps"] for week in weeks)}


def _counted(inside: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return {name: inside, "minutes": sum(each["minutes"] for each in inside)}


def _links(course: Course, steps: Sequence[Step], shown: Collection[int], public: str) -> list[tuple[str, Link]]:
    """Where texts may link to: what the link shows, and beside that what everybody may open."""
    found = []
    for step in steps:
        if step.pk in shown:
            found.append((step.uid, Link(step.title, f"{course.get_absolute_url()}steps/{step.slug}/")))
        elif step.published and course.published:
            found.append((step.uid, Link(step.title, f"{public}steps/{step.slug}/")))
    return found
