"""The page of a course with what stands in its form, or in that of a week or topic; and an outline with a row that is not saved."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from courses.admin.preview import Preview
from courses.admin.uploads import keep_uploads
from courses.content import writing
from courses.models import Course, Step, Topic, Week

NOT_IN_OUTLINES = ("body", "script", "charts", "body_html", "page", "loaded")


def page(request: HttpRequest, row: Course | Week | Topic, preview: Preview) -> HttpResponse:
    if isinstance(row, Course):
        course, outline = row, {**writing.outline_from([]), **row.outline}
        keep_uploads(course, course=course.uid, preview=preview)
        writing.derive_course(course)
    else:
        course, outline = row.course, outline_with(row)
        preview.unseen = _unseen(row, outline)
    return preview.page(request, "courses/course.html", {"course": course, "outline": outline, "next": None, "done": 0})


def _unseen(row: Week | Topic, outline: dict[str, Any]) -> str:
    """Why a week or topic is not on the page; "" where it is."""
    shown: list[Any] = outline["weeks"]
    if isinstance(row, Topic):
        shown = [topic for week in shown for topic in week["topics"]]
    if any(branch["uid"] == row.uid for branch in shown):
        return ""
    if isinstance(row, Topic):
        return _("This topic is not on it: learners see a topic as soon as a step in it is published.")
    return _("This week is not on it: learners see a week as soon as a step in it is published.")


def outline_with(row: Week | Topic | Step) -> dict[str, Any]:
    """The course's outline as it would be if the row were saved; a draft is not in it."""
    steps = list(row.course.steps.live().select_related("topic__week").defer(*NOT_IN_OUTLINES))
    match row:
        case Step():
            steps = [step for step in steps if step.pk != row.pk]
            if row.published and row.retired_at is None:
                steps.append(row)
        case Topic():
            for step in steps:
                if step.topic_id == row.pk:
                    step.topic = row
        case Week():
            for step in steps:
                if step.topic.week_id == row.pk:
                    step.topic.week = row
    return {**row.course.outline, **writing.outline_from(sorted(steps, key=_place))}


def _place(step: Step) -> tuple[int, ...]:
    """What `StepQuerySet.in_order` sorts by."""
    topic = step.topic
    return topic.week.position, topic.week_id, topic.position, topic.pk, step.position, step.pk
