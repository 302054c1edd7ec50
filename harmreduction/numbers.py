"""Keeps the numbers of the educators' pages, which need both what is learned and what is said."""

from __future__ import annotations

from courses import reports as learning
from courses.models import Course
from discussions import talking


def rebuild() -> int:
    """Count every course anew and keep the numbers; returns how many courses."""
    courses = list(Course.objects.all())
    for course in courses:
        learning.keep(course, learning.KIND, learning.measure(course))
        learning.keep(course, talking.KIND, talking.measure(course))
    return len(courses)
