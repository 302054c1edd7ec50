"""What a course has at its end, as a book has: where the numbers come from, the glossary, and where to read on.

These pages gather what stands in the live steps. They show nothing of one reader, so they are shared (see courses.pages).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from courses.content.rendering import host_of
from courses.models import Course, Reference, Resource
from courses.pages import PageResponse, shared
from courses.progress import steps_of
from courses.views.learning import find_course


@require_safe
def sources(request: HttpRequest, course_slug: str) -> HttpResponse:
    """Every reference of every step: who said it, when, where, and what for."""
    found = find_course(request, course_slug)
    page = shared(request, "courses/sources.html", key=_key(found), context=lambda: sources_of(found))
    return PageResponse(request, page)


@require_safe
def glossary(request: HttpRequest, course_slug: str) -> HttpResponse:
    """The course's words, and what they mean."""
    found = find_course(request, course_slug)
    page = shared(request, "courses/glossary.html", key=_key(found), context=lambda: {"course": found})
    return PageResponse(request, page)


@require_safe
def resources(request: HttpRequest, course_slug: str) -> HttpResponse:
    """What steps name to see also outside the course, by topic."""
    found = find_course(request, course_slug)
    page = shared(request, "courses/resources.html", key=_key(found), context=lambda: resources_of(found))
    return PageResponse(request, page)


def _key(course: Course) -> str:
    return f"{course.pk}:{course.version}"


def _keys(course: Course) -> list[int]:
    return [step["pk"] for step in steps_of(course.outline)]


def sources_of(course: Course) -> dict[str, Any]:
    """What the page of sources shows of the steps in the course's outline."""
    by_step: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for reference in Reference.objects.filter(step__in=_keys(course)).order_by("position", "pk"):
        by_step[reference.step_id].append(
            {"source": reference.source, "year": reference.year, "claim": reference.claim, **_link(reference.url)}
        )
    steps = [{**step, "references": by_step[step["pk"]]} for step in steps_of(course.outline) if step["pk"] in by_step]
    return {"course": course, "steps": steps, "count": sum(len(step["references"]) for step in steps)}


def resources_of(course: Course) -> dict[str, Any]:
    """What the page of addresses outside shows of the steps in the course's outline."""
    by_step: dict[int, list[Resource]] = defaultdict(list)
    for resource in Resource.objects.filter(step__in=_keys(course)).exclude(url="").order_by("position", "pk"):
        by_step[resource.step_id].append(resource)
    topics = []
    for topic in (topic for week in course.outline.get("weeks", []) for topic in week["topics"]):
        if entries := _entries_of(topic, by_step):
            topics.append({**topic, "resources": entries})
    return {"course": course, "topics": topics}


def _entries_of(topic: Mapping[str, Any], by_step: Mapping[int, list[Resource]]) -> list[dict[str, Any]]:
    """The addresses of a topic, each once, with the steps that name it."""
    entries: dict[str, dict[str, Any]] = {}
    for step in topic["steps"]:
        for resource in by_step.get(step["pk"], []):
            entry = {"title": resource.title, "note": resource.note, "steps": [], **_link(resource.url)}
            named_in = entries.setdefault(resource.url, entry)["steps"]
            if step not in named_in:
                named_in.append(step)
    return list(entries.values())


def _link(address: str) -> dict[str, str]:
    """An outside address and the name of its site; neither, if it is none of the web."""
    host = host_of(address)
    return {"url": address if host else "", "host": host}
