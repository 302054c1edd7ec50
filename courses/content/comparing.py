"""The same fields from both sides: what a file wants a row to hold, and what the row holds.

`wanted_…` reads a checked file, `stored_…` a row; both give plain JSON values under the names of the model's fields, so that they can
be compared with each other and with what was remembered. A step's parts are one field each.
"""

from __future__ import annotations

from typing import Any

from courses.content.checking import CheckedCourse, CheckedStep, CheckedTopic, CheckedWeek
from courses.content.keeping import storage_name
from courses.content.merging import Fields
from courses.content.schema import VideoDocument
from courses.content.text import plain_line_ends
from courses.models import Course, Step, Topic, Week

# For each part the fields that are compared, the one that tells its entries apart first.
PARTS = {
    "figures": ("uid", "file", "alt", "caption", "credit"),
    "captions": ("language", "label", "file"),
    "questions": ("uid", "kind", "title", "text"),
    "quiz": ("uid", "kind", "question", "options", "why"),
    "resources": ("title", "url", "to_step", "note"),
    "references": ("uid", "source", "year", "url", "claim"),
}


def wanted_course(course: CheckedCourse) -> Fields:
    document = course.document
    picture = document.picture
    return {
        "slug": course.slug,
        "title": document.title,
        "tagline": document.tagline,
        "description": document.description,
        "outcomes": list(document.outcomes),
        "audience": [{"title": entry.title, "text": entry.text} for entry in document.audience],
        "contributors": [{"name": entry.name, "role": entry.role} for entry in document.contributors],
        "faq": [{"question": entry.question, "answer": entry.answer} for entry in document.faq],
        "glossary": [
            {"id": entry.id, "term": entry.term, "meaning": entry.meaning, "also": list(entry.also)}
            for entry in course.glossary
        ],
        "sources_note": document.sources_note,
        "hours_per_week": f"{document.hours_per_week:.1f}",
        "certificate_percent": document.certificate_percent,
        "organisation": document.organisation,
        "language": document.language,
        "licence": document.licence,
        "picture": storage_name(document.id, course.files[picture.file].source) if picture else "",
        "picture_alt": picture.alt if picture else "",
        "position": document.position,
        "published": not document.draft,
    }


def stored_course(row: Course) -> Fields:
    return {
        "slug": row.slug,
        "title": _text(row.title),
        "tagline": _text(row.tagline),
        "description": _text(row.description),
        "outcomes": [_plain(entry) for entry in row.outcomes],
        "audience": [_plain(entry) for entry in row.audience],
        "contributors": [_plain(entry) for entry in row.contributors],
        # A rendered answer stands beside its source.
        "faq": [_plain({"question": entry.get("question"), "answer": entry.get("answer")}) for entry in row.faq],
        "glossary": row.glossary,
        "sources_note": _text(row.sources_note),
        "hours_per_week": f"{row.hours_per_week:.1f}",
        "certificate_percent": row.certificate_percent,
        "organisation": _text(row.organisation),
        "language": row.language,
        "licence": _text(row.licence),
        "picture": row.picture.name or "",
        "picture_alt": _text(row.picture_alt),
        "position": row.position,
        "published": row.published,
    }


def wanted_week(week: CheckedWeek) -> Fields:
    document = week.document
    return {"title": document.title, "lead": document.lead, "position": week.position, "retired": False}


def wanted_topic(topic: CheckedTopic, week: CheckedWeek) -> Fields:
    document = topic.document
    fields = {"title": document.title, "lead": document.lead, "position": topic.position, "retired": False}
    return fields | {"week": week.document.id}


def stored_week(row: Week) -> Fields:
    return _stored_heading(row)


def stored_topic(row: Topic) -> Fields:
    return _stored_heading(row) | {"week": row.week.uid}


def _stored_heading(row: Week | Topic) -> Fields:
    return {
        "title": _text(row.title),
        "lead": _text(row.lead),
        "position": row.position,
        "retired": row.retired_at is not None,
    }


def wanted_step(step: CheckedStep, topic: CheckedTopic, course: CheckedCourse) -> Fields:
    document = step.document
    video = document.video or VideoDocument()

    def stored_as(file: str | None) -> str:
        return storage_name(course.document.id, step.files[file].source) if file else ""

    return {
        "slug": step.slug,
        "kind": document.kind,
        "title": document.title,
        "lead": document.lead,
        "minutes": document.minutes,
        "optional": document.optional,
        "content_note": document.content_note,
        "quotes_stigma": document.quotes_stigma,
        "body": step.body,
        "script": step.script.strip(),
        "charts": [chart.model_dump() for chart in document.charts],
        "film": stored_as(video.film),
        "audio": stored_as(video.audio),
        "poster": stored_as(video.poster),
        "chapters": stored_as(video.chapters),
        "synthetic_voice": video.synthetic_voice,
        "topic": topic.document.id,
        "position": step.position,
        "published": not document.draft,
        "retired": False,
        "figures": [
            {"uid": f.id, "file": stored_as(f.file), "alt": f.alt, "caption": f.caption, "credit": f.credit}
            for f in document.figures
        ],
        "captions": [{"language": c.language, "label": c.label, "file": stored_as(c.file)} for c in video.captions],
        "questions": [
            *({"uid": q.id, "kind": "reflection", "title": "", "text": q.text} for q in document.reflect),
            *({"uid": q.id, "kind": "worksheet", "title": q.title, "text": q.text} for q in document.worksheet),
        ],
        "quiz": [
            {
                "uid": q.id,
                "kind": q.kind,
                "question": q.question,
                "options": [entry.model_dump() for entry in (*q.options, *q.items, *q.pairs)],
                "why": q.why,
            }
            for q in document.quiz
        ],
        "resources": [
            {"title": r.title, "url": r.url or "", "to_step": r.step or "", "note": r.note} for r in document.see_also
        ],
        "references": [
            {"uid": r.id, "source": r.source, "year": r.year, "url": r.url or "", "claim": r.claim}
            for r in document.references
        ],
    }


def stored_step(row: Step) -> Fields:
    """Asks for the topic and the parts; fetch them beforehand when there are many steps."""
    return {
        "slug": row.slug,
        "kind": row.kind,
        "title": _text(row.title),
        "lead": _text(row.lead),
        "minutes": row.minutes,
        "optional": row.optional,
        "content_note": _text(row.content_note),
        "quotes_stigma": row.quotes_stigma,
        "body": _text(row.body),
        "script": _text(row.script),
        "charts": row.charts,
        "film": row.film.name or "",
        "audio": row.audio.name or "",
        "poster": row.poster.name or "",
        "chapters": row.chapters.name or "",
        "synthetic_voice": row.synthetic_voice,
        "topic": row.topic.uid,
        "position": row.position,
        "published": row.published,
        "retired": row.retired_at is not None,
    } | {part: _stored_parts(row, part) for part in PARTS}


def _stored_parts(step: Step, part: str) -> list[Fields]:
    rows = [row for row in getattr(step, part).all() if getattr(row, "retired_at", None) is None]
    rows.sort(key=lambda row: (getattr(row, "kind", "") == "worksheet", row.position, row.pk))
    return [{name: _plain(getattr(row, name)) for name in PARTS[part]} for row in rows]


def _plain(value: Any) -> Any:
    """A value as JSON would give it back, its texts in the form the files have."""
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, int):
        return value
    return _text(str(value or ""))  # text, or a stored file, whose text is its name


def _text(value: str) -> str:
    """Browsers send other line ends than files have, and people leave space around; neither is an edit."""
    return plain_line_ends(value).strip()
