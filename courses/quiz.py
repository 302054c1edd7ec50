"""Asking and explaining: what an answer to a question is, how it is read from a form, and what is said about it. Knows no reader.

A question is an entry of `Step.page["quiz"]` (see content.writing). An answer is a tuple of places in its options, from 0:
one, several: what was chosen; order: the items in the order that was given; match: for each left side in turn, the pair whose right
side was given. In a form the items and the right sides stand in an order that does not tell the answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import Step

Question = Mapping[str, Any]
Answer = tuple[int, ...]


class Unanswered(Exception):
    """What was sent is no answer; the message says to its writer what is missing."""


@dataclass(frozen=True)
class Sent:
    """An answer that could not be taken, to be shown again with the reason."""

    question: str
    data: QueryDict
    reason: str


def questions_of(step: Step) -> list[Question]:
    """The questions of a quiz in order; none on a step of another kind."""
    return step.page.get("quiz", []) if step.kind == Step.Kind.QUIZ else []


def left_words(left: int) -> str:
    """Says how many questions are not tried yet, in place of the button that finishes the step."""
    words = ngettext("%(n)d question left to try", "%(n)d questions left to try", left)
    return words % {"n": left}


def offered(question: Question) -> list[int]:
    """The options in the order in which a form offers them. Of right sides that are the same only the first is there."""
    options = question["options"]
    places = list(range(len(options)))
    if question["kind"] == "match":
        sides = [option["right"] for option in options]
        places = [place for place in places if sides.index(sides[place]) == place]
    elif question["kind"] != "order":
        return places
    mixed = sorted(places, key=lambda place: hashlib.sha256(f"{question['uid']}/{place}".encode()).digest())
    # Two could only ever stand the other way round, which tells as much as the right way.
    return mixed if mixed != places or len(places) == 2 else mixed[1:] + mixed[:1]


def read(question: Question, data: QueryDict) -> Answer:
    """The answer in a form that was sent. Raises Unanswered."""
    if data.get("of") != question["mark"]:
        raise Unanswered(_("This question was changed while you had it open. Please look at it again."))
    places = offered(question)
    match question["kind"]:
        case "one" | "several":
            chosen = sorted({*_numbers(data.getlist("choice"), below=len(places))})
            if not chosen or (question["kind"] == "one" and len(chosen) > 1):
                raise Unanswered(_("Choose an answer first, whichever comes nearest."))
            return tuple(chosen)
        case "order":
            wanted = _numbers([data.get(f"place-{n}", "") for n in range(len(places))], below=len(places) + 1)
            if sorted(wanted) != list(range(1, len(places) + 1)):
                raise Unanswered(_("Give each line a place of its own, from first to last."))
            return tuple(places[wanted.index(n)] for n in range(1, len(places) + 1))
        case _:
            sides = [data.get(f"pair-{n}", "") for n in range(len(question["options"]))]
            given = _numbers(sides, below=len(places))
            if len(given) < len(sides):
                raise Unanswered(_("Choose something for each line first, whichever comes nearest."))
            return tuple(places[n] for n in given)


def _numbers(values: Iterable[str], *, below: int) -> list[int]:
    """The whole numbers from 0 up among some values; what is none is left out."""
    return [int(v) for v in values if v.isascii() and v.isdigit() and len(v) < 3 and int(v) < below]


def fits(question: Question, answer: Answer, mark: str) -> bool:
    """Whether the answer was chosen from the options that the question has now."""
    return mark == question["mark"] and all(place < len(question["options"]) for place in answer)


def is_right(question: Question, answer: Answer) -> bool:
    """All right options and no other; the right order; every left side with its right side."""
    options = question["options"]
    match question["kind"]:
        case "one" | "several":
            return {*answer} == {place for place, option in enumerate(options) if option["right"]}
        case "order":
            return answer == tuple(range(len(options)))
        case _:
            return all(
                options[place]["right"] == option["right"] for place, option in zip(answer, options, strict=True)
            )


def form_rows(question: Question, data: QueryDict) -> list[dict[str, Any]]:
    """What a form asks; `data` is what was sent before, to be shown as it was chosen."""
    options, places = question["options"], offered(question)
    match question["kind"]:
        case "one" | "several":
            chosen = data.getlist("choice")
            return [{"value": n, "html": options[n]["text"], "chosen": str(n) in chosen} for n in places]
        case "order":
            return [
                {
                    "name": f"place-{n}",
                    "html": options[place]["text"],
                    "choices": [_choice(k, str(k), data.get(f"place-{n}")) for k in range(1, len(places) + 1)],
                }
                for n, place in enumerate(places)
            ]
        case _:
            return [
                {
                    "name": f"pair-{n}",
                    "html": option["left"],
                    "choices": [
                        _choice(k, options[place]["right"], data.get(f"pair-{n}")) for k, place in enumerate(places)
                    ],
                }
                for n, option in enumerate(options)
            ]


def _choice(value: int, words: str, chosen: str | None) -> dict[str, Any]:
    return {"value": value, "words": words, "chosen": str(value) == chosen}


def explained_rows(question: Question, answer: Answer) -> list[dict[str, Any]]:
    """What is said about an answer: on each option whether it was chosen and is right, and why where that is of use."""
    options = question["options"]
    match question["kind"]:
        case "one" | "several":
            return [
                {**option, "chosen": place in answer, "shown": place in answer or option["right"]}
                for place, option in enumerate(options)
            ]
        case "order":
            return [
                {**option, "place": place + 1, "given": answer.index(place) + 1, "right": answer[place] == place}
                for place, option in enumerate(options)
            ]
        case _:
            return [
                {
                    **option,
                    "words": option["right"],
                    "given": options[place]["right"],
                    "right": options[place]["right"] == option["right"],
                }
                for place, option in zip(answer, options, strict=True)
            ]
