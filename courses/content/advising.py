"""The advice of `check_content` for a course as it stands in the database, step by step: what its authors may want to look at.

Nothing of it keeps a step from being published. Steps whose words did not change are not looked at a second time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from courses.content import comparing
from courses.content.errors import Problem
from courses.content.language import language_warnings
from courses.content.lengths import length_warnings
from courses.content.markers import step_links
from courses.content.misreading import misread_warnings
from courses.content.naming import naming_warnings
from courses.content.planning import CONFLICTS
from courses.content.sources import CourseSource, Document, ScriptSource, StepSource, TopicSource, WeekSource
from courses.models import Course, Step

KEPT = 400  # steps whose advice is remembered
SCRIPT = "script"


def advice_on(course: Course, steps: Sequence[Step]) -> dict[int, list[str]]:
    """What there is to say about each of these steps, by its key; steps without advice are left out.

    Asks for the topic and the parts of each step: fetch them beforehand, with `select_related` and `prefetch_related(*PARTS)`.
    """
    titles = {step.uid: step.title for step in steps}
    shown = {step.uid for step in steps if step.published}
    fields = {step.uid: comparing.stored_step(step) for step in steps}
    kept = {uid: json.dumps([uid, of_step], sort_keys=True) for uid, of_step in fields.items()}
    named = dict(_on_names(course.language, tuple(kept.values())))
    undecided = course.loaded.get(CONFLICTS, ())
    found = {
        step.pk: [
            *([_("The files say something else; choose under “Files”.")] if step.uid in undecided else []),
            *_on_links(fields[step.uid], titles, shown),
            *_on_captions(fields[step.uid], course.language),
            *_on_words(course.language, kept[step.uid]),
            *named.get(step.uid, ()),
        ]
        for step in steps
    }
    return {step: said for step, said in found.items() if said}


@lru_cache(maxsize=KEPT)
def _on_words(language: str, step: str) -> tuple[str, ...]:
    """What the checks of language, length and marks say about one step, which is given as JSON."""
    source = _course(language, [step])
    found = language_warnings(source) + length_warnings(source) + misread_warnings(source)
    return tuple(_said(problem) for problem in sorted(found))


@lru_cache(maxsize=8)
def _on_names(language: str, steps: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What the check of figures and sources says, which compares the steps with each other: (id of a step, what is said)."""
    found: dict[str, list[str]] = {}
    for problem in naming_warnings(_course(language, steps)):
        found.setdefault(problem.path, []).append(_said(problem))
    return tuple((uid, tuple(said)) for uid, said in found.items())


def _on_links(fields: Mapping[str, Any], titles: Mapping[str, str], shown: Iterable[str]) -> list[str]:
    """Links to steps that learners cannot open: a page shows their words without the link."""
    linked = [uid for uid, _line in step_links(fields["body"])]
    linked += [resource["to_step"] for resource in fields["resources"] if resource["to_step"]]
    said = []
    for uid in dict.fromkeys(linked):
        if uid not in titles:
            said.append(_("It links to the step “%(step)s”, which is not in the course.") % {"step": uid})
        elif uid not in shown:
            said.append(_("It links to “%(step)s”, which is a draft.") % {"step": titles[uid]})
    return said


def _on_captions(fields: Mapping[str, Any], language: str) -> list[str]:
    """What a film lacks for somebody who cannot hear it, or cannot load it."""
    if not fields["film"]:
        return []
    said = []
    if language not in {caption["language"] for caption in fields["captions"]}:
        said.append(_("The film has no captions in the course's language (%(language)s).") % {"language": language})
    if not fields["script"]:
        said.append(_("The film has no script to read in its place."))
    return said


def _said(problem: Problem) -> str:
    """A warning as a sentence that stands beside the step's title; places in the text keep their line."""
    words = f"{problem.message[:1].upper()}{problem.message[1:]}."
    return words if problem.line == 1 else _("Line %(line)d: %(what)s") % {"line": problem.line, "what": words}


def _course(language: str, steps: Iterable[str]) -> CourseSource:
    """Steps, each as JSON of its id and stored fields, as if they had been read from files."""
    sources = [_source(*json.loads(step)) for step in steps]
    scripts = {script.path: script for _step, script in sources}
    topic = TopicSource("", 1, None, [step for step, _script in sources], scripts)
    return course_of(language, WeekSource("", 1, None, [topic]))


def course_of(language: str, week: WeekSource) -> CourseSource:
    """A course of one week and nothing else, for the checks that give advice."""
    return CourseSource("", Document("", {"language": language}), [week], {}, "", [])


def _source(uid: str, fields: Mapping[str, Any]) -> tuple[StepSource, ScriptSource]:
    """A stored step as if it had been read from a file; its id stands in place of the path."""
    asked = fields["questions"]
    data = {name: fields[name] for name in ("kind", "title", "lead", "minutes", "content_note", "quotes_stigma")}
    data |= {name: fields[name] for name in ("figures", "charts", "references")}
    data |= {
        "reflect": [{"text": q["text"]} for q in asked if q["kind"] == "reflection"],
        "worksheet": [{"title": q["title"], "text": q["text"]} for q in asked if q["kind"] == "worksheet"],
        "quiz": [{name: q[name] for name in ("question", "options", "why")} for q in fields["quiz"]],
        "see_also": fields["resources"],
        "video": {SCRIPT: uid},
    }
    document = Document(uid, data)
    return StepSource(document, uid, 1, fields["body"], 1), ScriptSource(uid, fields["script"])
