"""The one door after a course's words were written, by the loader or in the admin: derive what pages show, and say that it is new.

A page renders no Markdown and gathers no parts. `render_step` puts a step's safe HTML and its parts into `body_html` and `page`;
`refresh` puts the whole outline, with its numbers, into `Course.outline` and raises `Course.version`, under which pages are cached.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import translation

from courses.content import charts, rendering
from courses.content.captions import CaptionErrors, parse_captions
from courses.content.text import TextError, decode
from courses.content.transcripts import transcript
from courses.models import Caption, Course, Figure, QuizQuestion, Reference, ReflectionQuestion, Resource, Step

FINGERPRINT_LENGTH = 16
MARK_LENGTH = 4


class Link(NamedTuple):
    """What a link from one step to another shows and where it leads."""

    title: str
    address: str


class Parts(NamedTuple):
    """What belongs to a step beside its text, each kind in its order; what was retired is not among it."""

    figures: Iterable[Figure]
    references: Iterable[Reference]
    questions: Iterable[ReflectionQuestion]
    quiz: Iterable[QuizQuestion]
    captions: Sequence[Caption]
    resources: Iterable[Resource]


def parts_of(step: Step) -> Parts:
    """The parts of a step as they are saved."""
    return Parts(
        figures=step.figures.all(),
        references=step.references.all(),
        questions=step.questions.filter(retired_at=None),
        quiz=step.quiz.filter(retired_at=None) if step.kind == Step.Kind.QUIZ else [],
        captions=list(step.captions.all()),
        resources=step.resources.all(),
    )


def links_in(course: Course) -> dict[str, Link]:
    """Every step that can be linked to, by its permanent id: those that learners can open."""
    steps = course.steps.live().values_list("uid", "title", "slug")
    return {uid: Link(title, f"{course.get_absolute_url()}steps/{slug}/") for uid, title, slug in steps}


def glossary_of(course: Course) -> rendering.Glossary:
    """The course's terms, for linking them in its texts."""
    return rendering.Glossary.of(course.glossary, f"{course.get_absolute_url()}glossary/")


def render_step(step: Step, links: Mapping[str, Link], glossary: rendering.Glossary) -> None:
    """Derive and save `body_html`, `page`, `render_version` and `fingerprint` of a step from its sources and parts."""
    derive(step, parts_of(step), links, glossary)
    step.save(update_fields=["body_html", "page", "render_version", "fingerprint"])


def derive(step: Step, parts: Parts, links: Mapping[str, Link], glossary: rendering.Glossary) -> None:
    """What `render_step` does, but for the saving; the step and its parts need not be saved either."""
    addresses = {uid: link.address for uid, link in links.items()}
    figures = {
        f.uid: rendering.FigureView(f.uid, f.file.url, f.alt, f.caption, f.credit, f.width, f.height)
        for f in parts.figures
    }
    references = {r.uid: rendering.ReferenceView(r.uid, r.source, r.year, r.url, r.claim) for r in parts.references}
    with translation.override(step.course.language):  # for the few words that are not the author's
        body = rendering.render_step_body(
            step.body,
            figures=figures,
            references=references,
            step_urls=addresses,
            charts=charts.views_of(step.charts),
            glossary=glossary,
        )
    asked, quiz, captions = list(parts.questions), list(parts.quiz), parts.captions
    cues = next((c.cues for c in captions if c.language == step.course.language), captions[0].cues if captions else [])
    said = transcript(step.script, cues)
    step.body_html = body.html
    step.page = {
        "notes": [{"number": n.number, "html": n.html, "backlinks": n.backlinks} for n in body.notes],
        "questions": [{"uid": q.uid, "text": q.text} for q in asked if q.kind == q.Kind.REFLECTION],
        "worksheet": [{"uid": q.uid, "title": q.title, "text": q.text} for q in asked if q.kind == q.Kind.WORKSHEET],
        "quiz": [_question_of_a_quiz(q, body.note_ids, addresses) for q in quiz],
        "resources": [
            {
                "title": r.title or links[r.to_step].title,
                "url": r.url or links[r.to_step].address,
                "note": r.note,
                "inside": bool(r.to_step),
            }
            for r in parts.resources
            if r.url or r.to_step in links
        ],
        "media": _media_of(step, said),
        "captions": [
            {"language": c.language, "label": c.label, "url": c.file.url, "size": _size_of(c.file)} for c in captions
        ],
        "chapters": _chapters_of(step),
        "transcript": said,
    }
    step.render_version = rendering.RULES_VERSION
    step.fingerprint = fingerprint(step, quiz)


def _media_of(step: Step, said: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Addresses and sizes (bytes) of a film and its sound, and of the words one would read instead."""
    files = {name: getattr(step, name) for name in ("film", "audio", "poster", "chapters")}
    found = {name: {"url": file.url, "size": _size_of(file)} for name, file in files.items() if file}
    return {**found, "words": {"size": sum(len(line["text"].encode()) for line in said)}}


def _chapters_of(step: Step) -> list[tuple[float, str]]:
    """When each chapter of a film starts, and what it is called; none where its file was lost, or is only previewed."""
    if not step.chapters:
        return []
    try:
        with step.chapters.open("rb") as file:
            return [(cue.start, cue.text) for cue in parse_captions(decode(file.read()))]
    except (FileNotFoundError, TextError, CaptionErrors):
        return []


def _size_of(file: Any) -> int:
    """0 for a file that the storage does not have: it was lost, or is only previewed. Neither keeps the words from being shown."""
    try:
        return int(file.size)
    except FileNotFoundError:
        return 0


def _question_of_a_quiz(question: QuizQuestion, notes: Sequence[str], addresses: Mapping[str, str]) -> dict[str, Any]:
    """A question as `courses.quiz` asks it. `mark` tells the options that an answer was chosen from."""

    def html(source: str) -> str:
        return rendering.render_line(source, notes=notes, step_urls=addresses)

    choices = [[option.get("text"), option.get("left"), str(option.get("right"))] for option in question.options]
    if question.kind in (QuizQuestion.Kind.ONE, QuizQuestion.Kind.SEVERAL):
        choices = [[text] for text, *_ in choices]
    return {
        "pk": question.pk,
        "uid": question.uid,
        "kind": question.kind,
        "html": html(question.question),
        "why": html(question.why),
        "mark": _digest([question.kind, *choices])[:MARK_LENGTH],
        "options": [
            {name: html(value) if name in ("text", "left", "why") else value for name, value in option.items()}
            for option in question.options
        ],
    }


def fingerprint(step: Step, quiz: Iterable[QuizQuestion] = ()) -> str:
    """Sixteen hex digits of the words a learner reads. Moving, renumbering or restyling a step leaves them as they are."""
    words = [step.title, step.lead, step.content_note, step.body, step.script]
    words += [q["text"] for q in step.page.get("questions", [])]
    words += [q["title"] + q["text"] for q in step.page.get("worksheet", [])]
    words += [json.dumps([q.question, q.options, q.why], sort_keys=True) for q in quiz]
    return _digest(words)


def _digest(words: Any) -> str:
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:FINGERPRINT_LENGTH]


def outline_of(course: Course) -> dict[str, Any]:
    """The live outline of a course as it is saved (see `outline_from`)."""
    return outline_from(course.steps.live().for_outline())


def outline_from(steps: Iterable[Step]) -> dict[str, Any]:
    """An outline of steps in order, with derived numbers: weeks from 1, topics through the course, steps "week.n" through the week.

    {"weeks": [{"n", "uid", "title", "lead", "minutes", "topics": [{"n", "uid", "title", "lead", "minutes",
    "steps": [{"pk", "uid", "slug", "ref", "title", "kind", "minutes", "optional", "fingerprint"}]}]}],
    "topics": how many, "steps": how many, "minutes": in all}. Empty topics and weeks are left out.
    """
    weeks: list[dict[str, Any]] = []
    topic_number = 0
    week: dict[str, Any] = {}
    topic: dict[str, Any] = {}
    for step in steps:
        if not week or week["uid"] != step.topic.week.uid:
            week = {"n": len(weeks) + 1, "uid": step.topic.week.uid, "title": step.topic.week.title}
            week |= {"lead": step.topic.week.lead, "minutes": 0, "steps": 0, "topics": []}
            weeks.append(week)
            topic = {}
        if not topic or topic["uid"] != step.topic.uid:
            topic_number += 1
            topic = {"n": topic_number, "uid": step.topic.uid, "title": step.topic.title}
            topic |= {"lead": step.topic.lead, "minutes": 0, "steps": []}
            week["topics"].append(topic)
        week["steps"] += 1
        week["minutes"] += step.minutes
        topic["minutes"] += step.minutes
        topic["steps"].append(
            {
                "pk": step.pk,
                "uid": step.uid,
                "slug": step.slug,
                "ref": f"{week['n']}.{week['steps']}",
                "title": step.title,
                "kind": step.kind,
                "minutes": step.minutes,
                "optional": step.optional,
                "fingerprint": step.fingerprint,
            }
        )
    return {
        "weeks": weeks,
        "topics": topic_number,
        "steps": sum(w["steps"] for w in weeks),
        "minutes": sum(w["minutes"] for w in weeks),
    }


def gathered_in(course: Course, steps: Any) -> dict[str, int]:
    """How much there is on the pages that gather what these steps (or their keys) hold, so that nothing leads to an empty one."""
    return {
        "terms": len(course.glossary),
        "sources": Reference.objects.filter(step__in=steps).count(),
        "resources": Resource.objects.filter(step__in=steps).exclude(url="").count(),
    }


@transaction.atomic
def refresh(course: Course, *, rendered: Iterable[Step] = ()) -> None:
    """Render the given steps, derive the course's outline and description, and raise its version so that every page is new.

    Where links between steps lead elsewhere than at the last time, or say something else, all live steps are rendered; so they are
    when the glossary changed.
    """
    locked = Course.objects.select_for_update().get(pk=course.pk)
    links, glossary = links_in(locked), glossary_of(locked)
    steps = {step.pk: step for step in rendered}
    links_digest = _digest([locked.language, *sorted(links.items()), *sorted(glossary.forms.items())])
    if links_digest != locked.outline.get("links"):
        others = locked.steps.live().exclude(pk__in=steps).select_related("course")
        steps |= {step.pk: step for step in others}
    for step in steps.values():
        render_step(step, links, glossary)
    derive_course(locked)
    locked.outline = {**outline_of(locked), **gathered_in(locked, locked.steps.live()), "links": links_digest}
    locked.version += 1
    locked.save(update_fields=["description_html", "faq", "render_version", "outline", "version"])
    for field in ("description_html", "faq", "render_version", "outline", "version"):
        setattr(course, field, getattr(locked, field))


def derive_course(course: Course) -> None:
    """What `refresh` derives from a course's own texts; the course need not be saved."""
    course.description_html = rendering.render_text(course.description)
    course.faq = [{**entry, "html": rendering.render_text(entry.get("answer", ""))} for entry in course.faq]
    course.render_version = rendering.RULES_VERSION


def rerender_everything() -> int:
    """Render every step and course again, for when the rules changed; returns how many steps."""
    count = 0
    for course in Course.objects.all():
        steps = list(course.steps.select_related("course"))
        refresh(course, rendered=steps)
        count += len(steps)
    return count
