"""{% discussion step %}: how a page of another app shows what people say about a step."""

from __future__ import annotations

from django import template
from django.template import Context

from courses.models import Course, Step
from courses.reports import Span
from courses.templatetags.page import hole
from discussions import talking
from discussions.models import Comment
from discussions.wanted import Wanted

register = template.Library()


@register.simple_tag(takes_context=True)
def discussion(context: Context, step: Step) -> str:
    """What people say under a step, as the last part of its page."""
    questions = {question["uid"]: question["text"] for question in step.page.get("questions", [])}
    base = step.get_absolute_url()
    found: str = hole(
        context, "discussions.holes.discussion", step=step.pk, course=step.course_id, base=base, questions=questions
    )
    return found


@register.simple_tag
def opening(view: Wanted, root: Comment, after: int) -> str:
    """The query of the same page with the replies to a root that follow number `after`."""
    return view.opening(root.pk, after).query()


@register.simple_tag
def comments_in(course: Course) -> dict[int, int]:
    """How many comments and replies stand under each step of a course, by its key; one query or two, however many steps there are."""
    counted, _when = talking.talking(course)
    return {step: numbers[0] + numbers[1] for step, numbers in talking.totals(counted, Span()).items()}


@register.filter
def on(counts: dict[int, int], step: int) -> int:
    """The number for one step; 0 where nobody said anything."""
    return counts.get(step, 0)
