"""Questions of each kind as the loader would write them, and forms as a browser would send their answers."""

from __future__ import annotations

from typing import Any

from django.test import Client

from courses import quiz
from courses.content import writing
from courses.models import Course, QuizQuestion, Step
from tests import factories

ADDRESS = "/courses/harbour/steps/knots/"

QUESTIONS: dict[str, dict[str, Any]] = {
    "sail": {
        "kind": "one",
        "question": "What moves a *sailing* boat?",
        "options": [
            {"text": "Oars", "right": False, "why": "Oars move a rowing boat."},
            {"text": "Wind", "right": True, "why": "The wind fills the sail."},
            {"text": "Luck", "right": False, "why": "Luck helps everyone."},
        ],
    },
    "float": {
        "kind": "several",
        "question": "What floats?",
        "options": [
            {"text": "Cork", "right": True, "why": "Cork is light."},
            {"text": "Iron", "right": False, "why": "Iron by itself sinks."},
            {"text": "Ice", "right": True, "why": "Ice is lighter than water."},
        ],
    },
    "rope": {
        "kind": "order",
        "question": "How is a boat made fast?",
        "options": [{"text": "Come near"}, {"text": "Throw the rope"}, {"text": "Tie it"}, {"text": "Step ashore"}],
        "why": "Nobody steps ashore from a boat that is loose.",
    },
    "lights": {
        "kind": "match",
        "question": "Which light is where?",
        "options": [
            {"left": "Left side", "right": "red", "why": "Port is red."},
            {"left": "Right side", "right": "green", "why": ""},
            {"left": "Behind", "right": "white", "why": ""},
            {"left": "On the mast", "right": "white", "why": ""},
        ],
        "why": "So that others see where you are going.",
    },
}


def ask(step: Step, *uids: str) -> Step:
    """Put questions of the kinds above into a step and bring its page up to date."""
    for position, uid in enumerate(uids or QUESTIONS, start=1):
        QuizQuestion.objects.create(step=step, uid=uid, position=position, **QUESTIONS[uid])
    writing.refresh(step.course, rendered=[step])
    return step


def quiz_step(course: Course, *uids: str, slug: str = "knots") -> Step:
    """A quiz with one question of each kind, or only those named."""
    return ask(factories.step(course.topics.get(uid="two"), slug, kind="quiz", fresh=False), *uids)


def form_of(question: quiz.Question, answer: quiz.Answer) -> dict[str, Any]:
    """What a browser sends when this answer is chosen."""
    places = quiz.offered(question)
    data: dict[str, Any] = {"question": question["uid"], "of": question["mark"]}
    match question["kind"]:
        case "order":
            return data | {f"place-{n}": answer.index(place) + 1 for n, place in enumerate(places)}
        case "match":
            sides = [question["options"][place]["right"] for place in places]
            return data | {
                f"pair-{n}": sides.index(question["options"][place]["right"]) for n, place in enumerate(answer)
            }
        case _:
            return data | {"choice": list(answer)}


def question_of(step: Step, uid: str) -> dict[str, Any]:
    step.refresh_from_db(fields=["page"])
    return next(question for question in step.page["quiz"] if question["uid"] == uid)


def answer(client: Client, step: Step, uid: str, *given: int, **changes: Any) -> Any:
    """Send an answer; `changes` replace fields of the form."""
    return client.post(f"{step.get_absolute_url()}answers/", form_of(question_of(step, uid), given) | changes)


RIGHT = {"sail": (1,), "float": (0, 2), "rope": (0, 1, 2, 3), "lights": (0, 1, 2, 2)}
CLOSE = {"sail": (0,), "float": (0, 1), "rope": (1, 0, 2, 3), "lights": (1, 0, 2, 2)}
