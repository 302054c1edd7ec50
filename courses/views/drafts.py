"""The pages behind a link to a draft (courses.draft_links): those of the course, and nothing on them that writes.

Nothing of them is kept, by the site or by browsers, and they send their address nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template, render_to_string
from django.views.decorators.http import require_safe

from courses.draft_links import NoMore, Opened, open_link, page_of
from courses.models import Step
from courses.pages import Chunk, Either, Hole, Marks, fill_hole, low_data
from courses.progress import steps_of
from courses.views.back_matter import resources_of, sources_of
from courses.views.learning import context_of, way_to_take

# What a reader's own page has and a draft's does not: places to write, and what only who is signed in sees.
PLACE_FOR_NOTES = "courses.holes.notes"
SHOWN = {"courses.holes.html_attributes", "courses.holes.start"}
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}

Made = tuple[str, Mapping[str, Any]]  # a template, and what it shows
Maker = Callable[..., Made]


def _behind_a_link(make: Maker) -> Callable[..., HttpResponse]:
    """A view that shows what `make` gives for what the link opens. A link that was altered is 404; one that ended 410; of what is no
    draft any more it leads to the course's own page."""

    @require_safe
    @wraps(make)
    def view(request: HttpRequest, token: str, **place: str) -> HttpResponse:
        try:
            opened = open_link(token)
            if not opened.is_draft:
                inside = request.path.removeprefix(opened.course.get_absolute_url())
                return _quiet(redirect(opened.public + (inside or opened.entry)))
            template, context = make(request, opened, **place)
        except (NoMore, Http404) as refusal:
            status = refusal.status if isinstance(refusal, NoMore) else 404
            return _quiet(render(request, "courses/draft_ended.html", {"by_link": True}, status=status))
        return _quiet(_page(request, opened, template, context))

    return view


@_behind_a_link
def draft(request: HttpRequest, opened: Opened) -> Made:
    """Where the link itself leads: the course's landing page, the outline of a week or topic, the step."""
    if opened.scope == "course":
        course = {"course": opened.course, "outline": opened.course.outline}
        return "courses/course.html", {**course, "next": None, "done": 0}
    return _step(request, opened) if opened.scope == "step" else _outline(opened)


@_behind_a_link
def outline(request: HttpRequest, opened: Opened) -> Made:
    """All steps that the link shows."""
    return _outline(opened)


@_behind_a_link
def step(request: HttpRequest, opened: Opened, step_slug: str) -> Made:
    """A step of those that the link shows; else 404."""
    return _step(request, opened, step_slug)


@_behind_a_link
def sources(request: HttpRequest, opened: Opened) -> Made:
    """Where the numbers come from."""
    return "courses/sources.html", sources_of(opened.course)


@_behind_a_link
def glossary(request: HttpRequest, opened: Opened) -> Made:
    """The course's words."""
    return "courses/glossary.html", {"course": opened.course}


@_behind_a_link
def resources(request: HttpRequest, opened: Opened) -> Made:
    """Where to read on."""
    return "courses/resources.html", resources_of(opened.course)


def _outline(opened: Opened) -> Made:
    return "courses/draft_outline.html", {"course": opened.course, "outline": opened.course.outline}


def _step(request: HttpRequest, opened: Opened, slug: str = "") -> Made:
    """The step at this address; without one, the first that the link shows."""
    here = next((s for s in steps_of(opened.course.outline) if slug in ("", s["slug"])), None)
    if here is None:
        raise Http404
    found = page_of(Step.objects.select_related("topic__week").get(pk=here["pk"]), opened)
    return "courses/step.html", {**context_of(found, opened.course.outline), "mode": way_to_take(request)}


def _page(request: HttpRequest, opened: Opened, template: str, context: Mapping[str, Any]) -> HttpResponse:
    marks = Marks()
    shown = {**context, "by_link": opened, "marks": marks, "low_data": low_data(request)}
    banner = render_to_string("courses/draft_banner.html", {"until": opened.until})
    return HttpResponse("".join(_filled(marks.cut(get_template(template).render(shown)), request, banner)))


def _filled(chunks: Iterable[Chunk], request: HttpRequest, banner: str) -> Iterator[str]:
    for chunk in chunks:
        match chunk:
            case str():
                yield chunk
            case Either():
                yield from _filled(chunk.no, request, banner)
            case Hole(path=path) if path == PLACE_FOR_NOTES:
                yield banner
            case Hole(path=path) if path in SHOWN:
                yield fill_hole(request, path, chunk.arguments)


def _quiet(response: HttpResponse) -> HttpResponse:
    for name, value in HEADERS.items():
        response[name] = value
    return response
