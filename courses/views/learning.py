"""The pages a learner studies on: a course, its outline, a step; and the button that says a step is finished."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses import answers, bookmarks, journal, quiz, ribbon, roles
from courses import progress as rules
from courses.models import Course, OldSlug, Step
from courses.pages import PageResponse, low_data, shared
from courses.prepared import rows
from courses.roles import Role

LIGHT = ["id", "course_id", "uid", "slug", "kind", "fingerprint"]
LIGHT_COURSE = ["course__id", "course__slug", "course__version"]
MINE = ["my_answers", "my_bookmark", "my_journal"]


def find_course(request: HttpRequest, slug: str) -> Course:
    """The course at this address, if this person may see it; else 404."""
    return get_object_or_404(Course.objects.visible_to(request.user), slug=slug)


def find_step(request: HttpRequest, course_slug: str, step_slug: str) -> Step:
    """The step at this address with what tells its version, if this person may see it; else 404."""
    user = request.user

    def light(course_slug: str, step_slug: str, learner: int) -> QuerySet[Step, tuple[Any, ...]]:
        steps = Step.objects.visible_to(user).filter(course__slug=course_slug, slug=step_slug)
        if user.is_authenticated:
            mine = journal.with_journal(bookmarks.with_bookmark(answers.with_answers(steps, learner), learner), learner)
            return mine.values_list(*LIGHT, *LIGHT_COURSE, *MINE)
        return steps.values_list(*LIGHT, *LIGHT_COURSE)

    drafts = "all" if roles.everywhere(user, Role.EDUCATOR) else sorted(roles.courses_of(user, Role.EDUCATOR))
    name = f"step of {'a learner' if user.is_authenticated else 'a visitor'}, drafts of {drafts}"
    found = rows(name, light, course_slug=course_slug, step_slug=step_slug, learner=user.pk or 0)
    if not found:
        raise Http404
    values = found[0]
    step = Step.from_db(DEFAULT_DB_ALIAS, LIGHT, values[: len(LIGHT)])
    in_course = [name.removeprefix("course__") for name in LIGHT_COURSE]
    step.course = Course.from_db(DEFAULT_DB_ALIAS, in_course, values[len(LIGHT) : len(LIGHT) + len(LIGHT_COURSE)])
    if user.is_authenticated:
        my_answers, my_bookmark, my_journal = values[-len(MINE) :]
        answers.note(request, step.pk, my_answers)
        bookmarks.note(request, step.pk, my_bookmark)
        journal.note(request, step.pk, my_journal)
    return step


@require_safe
def course(request: HttpRequest, course_slug: str) -> HttpResponse:
    """What the course is, and the way in."""
    courses = rules.with_progress(Course.objects.visible_to(request.user), request)
    return course_page(request, get_object_or_404(courses, slug=course_slug))


def course_page(request: HttpRequest, found: Course) -> HttpResponse:
    """The landing page of a course (found with its progress); also the home page of a site with one course."""
    context = {"course": found, "outline": found.outline, "next": None, "done": 0}
    following = rules.along_with(found, request)
    done, _whole = rules.course_done(found, following)
    if done:
        context |= {"done": done, "next": rules.next_step(found.outline, following)}
    return render(request, "courses/course.html", context)


@require_safe
def outline(request: HttpRequest, course_slug: str) -> HttpResponse:
    """The whole course with what this learner finished and where to go on."""
    found = find_course(request, course_slug)
    following = rules.of(request)
    upcoming = rules.next_step(found.outline, following)
    weeks = [week_seen(week, following, upcoming) for week in found.outline.get("weeks", [])]
    done, whole = rules.course_done(found, following)
    left = sum(s["minutes"] for s in rules.steps_of(found.outline) if not following.has(s["pk"]) and not s["optional"])
    context = {
        "course": found,
        "outline": found.outline,
        "weeks": weeks,
        "done": done,
        "whole": whole,
        "minutes_left": left,
        "next": upcoming,
        "next_topic": _topic_of(found.outline, upcoming),
        "left_open": _left_open(found.outline, following, upcoming),
        "ribbon": ribbon.draw(found.outline, following, upcoming["pk"] if upcoming else None),
    }
    return render(request, "courses/outline.html", context)


def week_seen(week: Mapping[str, Any], following: rules.Progress, upcoming: Mapping[str, Any] | None) -> dict[str, Any]:
    """A week of an outline with what this learner did in it: each step done, changed or next, and the sums of topics."""
    topics = []
    for topic in week["topics"]:
        steps = [
            {
                **step,
                "done": following.has(step["pk"]),
                "changed": following.changed_since(step["pk"], step["fingerprint"]),
                "here": bool(upcoming and upcoming["pk"] == step["pk"]),
            }
            for step in topic["steps"]
        ]
        done, whole = rules.count(topic["steps"], following)
        here = any(step["here"] for step in steps)
        topics.append({**topic, "steps": steps, "done": done, "whole": whole, "open": here or 0 < done < whole})
    done, whole = rules.count([s for t in week["topics"] for s in t["steps"]], following)
    return {**week, "topics": topics, "done": done, "whole": whole}


def _topic_of(outline: Mapping[str, Any], step: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    topics = [topic for week in outline.get("weeks", []) for topic in week["topics"]]
    return next((t for t in topics if step and any(s["pk"] == step["pk"] for s in t["steps"])), None)


def _left_open(
    outline: Mapping[str, Any], following: rules.Progress, upcoming: Mapping[str, Any] | None
) -> list[Mapping[str, Any]]:
    """Unfinished steps before the last finished one, the next one left out: passed by, to come back to or not."""
    steps = rules.steps_of(outline)
    last = max((i for i, step in enumerate(steps) if following.has(step["pk"])), default=-1)
    passed = [s for s in steps[: last + 1] if not following.has(s["pk"]) and not s["optional"]]
    return [s for s in passed if not upcoming or s["pk"] != upcoming["pk"]]


@require_safe
def step(request: HttpRequest, course_slug: str, step_slug: str) -> HttpResponse:
    """A step, with its discussion underneath. An address that the step once had leads to where it is now."""
    try:
        found = find_step(request, course_slug, step_slug)
    except Http404:
        visible = Step.objects.visible_to(request.user)
        old = OldSlug.objects.filter(course__slug=course_slug, slug=step_slug, step__in=visible)
        moved = old.select_related("step__course").first()
        if moved is None:
            raise
        return HttpResponseRedirect(moved.step.get_absolute_url(), status=301)
    return step_page(request, found)


def step_page(request: HttpRequest, found: Step, *, status: int = 200) -> HttpResponse:
    """The page of a step for this reader: what all readers share from the cache, what is theirs filled in."""
    mode = way_to_take(request) if found.kind == Step.Kind.VIDEO else ""
    key = f"{found.pk}:{found.course.pk}:{found.course.version}:{mode}"
    page = shared(request, "courses/step.html", key=key, context=lambda: {**step_context(found), "mode": mode})
    return PageResponse(request, page, status=status)


def way_to_take(request: HttpRequest) -> str:
    """How this reader takes a film: as the address says (?as=), else by watching, or by reading where data is dear."""
    asked = request.GET.get("as", "")
    return asked if asked in {"film", "sound", "text"} else "text" if low_data(request) else "film"


def step_context(found: Step) -> dict[str, Any]:
    """What the shared part of a step's page shows."""
    whole = Step.objects.select_related("course", "topic__week").get(pk=found.pk)
    return context_of(whole, whole.course.outline)


def context_of(whole: Step, outline: Mapping[str, Any]) -> dict[str, Any]:
    """The same for a step that is loaded with its course, in an outline that may differ from the one that is saved."""
    steps = rules.steps_of(outline)
    at = next((i for i, s in enumerate(steps) if s["pk"] == whole.pk), None)
    here = steps[at] if at is not None else None
    topic = _topic_of(outline, here)
    week = next((w for w in outline.get("weeks", []) if here and topic in w["topics"]), None)
    return {
        "course": whole.course,
        "step": whole,
        "outline": outline,
        "here": here,
        "at": at + 1 if at is not None else None,
        "topic": topic,
        "week": week,
        "topics": [t for w in outline.get("weeks", []) for t in w["topics"]],
        "previous": steps[at - 1] if at else None,
        "following": steps[at + 1] if at is not None and at + 1 < len(steps) else None,
        "order": [[s["pk"] for t in w["topics"] for s in t["steps"]] for w in outline.get("weeks", [])],
        "counted": [s["pk"] for s in steps if not s["optional"]],
        "track": ribbon.track(outline),
    }


@require_POST
def done(request: HttpRequest, course_slug: str, step_slug: str) -> HttpResponse:
    """The learner says that they finished the step (done=1), or takes it back (done=0)."""
    found = find_step(request, course_slug, step_slug)
    response = redirect(found)
    if request.POST.get("done") == "1":
        left = answers.left(quiz.questions_of(found), answers.of(request, found.pk))
        if left:
            messages.warning(request, quiz.left_words(left))
            return response
        try:
            rules.finish(request=request, response=response, step=found)
        except rules.CookieFull:
            words = _("This browser can keep %(count)d finished steps. Join under any name to keep more.")
            messages.warning(request, words % {"count": rules.COOKIE_STEPS})
    else:
        rules.undo(request=request, response=response, step=found)
    response["Location"] += "#step-bar"
    return response
