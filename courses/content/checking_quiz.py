"""Judges the questions of a quiz: something to choose from, something right, a reason for everything, and no field of another kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from courses.content import rendering
from courses.content.complexity import TooComplex
from courses.content.explaining import did_you_mean, dotted
from courses.content.sources import Location, mappings

LIST_OF = {"one": "options", "several": "options", "order": "items", "match": "pairs"}
FEWEST_ANSWERS, MOST_ANSWERS = 2, 10  # a browser's cookie has room for ten (see courses.answers)
MOST_QUESTIONS = 40
NOTHING: tuple[Any, ...] = (None, "", [])  # left out, or there and empty: then the shape of the fields is what is wrong

Report = Callable[[Location, str], None]


def check_quiz(questions: Any, *, references: Collection[str], step_ids: Collection[str], problem: Report) -> None:
    """All questions of a step, as they were written; `problem` takes the place and the words of each mistake."""
    if isinstance(questions, list) and len(questions) > MOST_QUESTIONS:
        problem(("quiz",), f"quiz has {len(questions)} questions; at most {MOST_QUESTIONS} fit, make two quizzes of it")
    for index, question in mappings(questions):
        here: Location = ("quiz", index)
        if question.get("kind") in LIST_OF:
            _check_kind(question, here, problem)
        for location, text in _texts(question, here):
            _check_text(text, location, references, step_ids, problem)


def _check_kind(question: Mapping[str, Any], here: Location, problem: Report) -> None:
    kind = question["kind"]
    wanted = LIST_OF[kind]
    for name in sorted({*LIST_OF.values()} - {wanted}):
        if question.get(name) not in NOTHING:
            problem(
                (*here, name), f'{dotted(here)}.{name}: a question of the kind "{kind}" has "{wanted}" and not "{name}"'
            )
    if wanted == "options":
        if question.get("why") not in NOTHING:
            words = f'of the kind "{kind}" a question has an explanation in each of its options, and none of its own'
            problem((*here, "why"), f"{dotted(here)}.why: {words}")
    elif question.get("why") in NOTHING:
        problem((*here, "why"), f"{dotted(here)}.why is missing; say why this is the answer")
    entries = question.get(wanted)
    if entries in NOTHING:
        problem((*here, wanted), f'"{wanted}" is missing in {dotted(here)}; a question of the kind "{kind}" needs it')
    elif isinstance(entries, list):
        _check_entries(kind, entries, (*here, wanted), problem)


def _check_entries(kind: str, entries: list[Any], here: Location, problem: Report) -> None:
    name = dotted(here)
    if len(entries) < FEWEST_ANSWERS:
        problem(here, f"{name} has only one entry; there must be at least {FEWEST_ANSWERS} to choose from")
    if len(entries) > MOST_ANSWERS:
        problem(here, f"{name} has {len(entries)} entries; at most {MOST_ANSWERS} fit")
    written = dict(mappings(entries))
    right = sum(entry.get("right") is True for entry in written.values())
    if kind in ("one", "several") and not right:
        problem(here, f'{name} has no right answer; mark it with "right: true"')
    if kind == "one" and right > 1:
        problem(here, f'{name} has {right} right answers; leave one, or make the question "kind: several"')
    if kind == "match" and len({str(entry.get("right")) for entry in written.values()}) == 1 < len(entries):
        problem(here, f"{name} all have the same right side; there must be something to choose from")
    first: dict[str, int] = {}
    side = "left" if kind == "match" else "text"
    for index, entry in written.items():
        text = entry.get(side)
        if isinstance(text, str) and text in first:
            place = (*here, index, side)
            problem(place, f'{dotted(place)}: "{text}" stands here a second time; make the two differ')
        if isinstance(text, str):
            first.setdefault(text, index)


def _texts(question: Mapping[str, Any], here: Location) -> Iterator[tuple[Location, str]]:
    """Every text in which Markdown is understood, with its place."""
    for name in ("question", "why"):
        yield (*here, name), question.get(name, "")
    for part in ("options", "items", "pairs"):
        for index, entry in mappings(question.get(part)):
            for name in ("text", "left", "why"):
                yield (*here, part, index, name), entry.get(name, "")


def _check_text(
    text: Any, here: Location, references: Collection[str], step_ids: Collection[str], problem: Report
) -> None:
    if not isinstance(text, str):
        return
    name = dotted(here)
    for note, _line in rendering.cited_ids(text):
        if note not in references:
            problem(here, f"{name}: there is no reference [^{note}]{did_you_mean(note, references)}")
    for step, _line in rendering.step_links(text):
        if step not in step_ids:
            words = f'no step of this course has the id "{step}", to which the text links'
            problem(here, f"{name}: {words}{did_you_mean(step, step_ids)}")
    for target, _line in (*rendering.figures_used(text), *rendering.image_targets(text)):
        problem(here, f'{name}: the picture "{target}" cannot stand in a question; show it in the text above the quiz')
    try:
        rendering.render_line(text, notes=list(references), step_urls=dict.fromkeys(step_ids, "/"))
    except TooComplex as error:
        problem(here, f"{name}: {error}")
