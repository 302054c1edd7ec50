"""The questions of a quiz in the admin: written as text, checked as in files, retired when they are removed."""

from __future__ import annotations

from typing import Any

import pytest

from courses.admin.quiz import entries_to_text, text_to_entries
from courses.models import QuizAnswer, QuizQuestion, Step
from tests import factories
from tests.courses.admin.conftest import errors, fields_of, filled, send
from tests.courses.content.course_files import OTHER_TOPIC, CourseFiles
from tests.courses.content.test_quiz import QUIZ, TEXT
from tests.courses.quizzes import ADDRESS, CLOSE, QUESTIONS, answer, quiz_step

pytestmark = pytest.mark.django_db

ONE = "[ ] Oars\nwhy: Oars move a rowing boat.\n\n[x] Wind\nwhy: The wind fills the sail."
NEW = {"quiz__0__uid": "sail", "quiz__0__question": "What moves it?", "quiz__0__options": ONE}


def change(step: Step) -> str:
    return f"/admin/courses/step/{step.pk}/change/"


@pytest.fixture
def bare(course) -> Step:
    """A quiz without questions."""
    return factories.step(course.topics.get(uid="two"), "knots", kind="quiz")


@pytest.fixture
def step(course) -> Step:
    return quiz_step(course)


def test_a_quiz_is_written_and_is_on_the_page_at_once(as_editor, client, bare):
    response = send(
        as_editor,
        change(bare),
        **NEW,
        **{"quiz__1__uid": "rope", "quiz__1__kind": "order", "quiz__1__question": "What comes first?"},
        **{"quiz__1__options": "Come *near*\r\n\r\nTie it", "quiz__1__why": "So that it stays."},
        **{"quiz__2__uid": "lights", "quiz__2__kind": "match", "quiz__2__question": "Which light?"},
        **{"quiz__2__options": "Left = red\nwhy: Port.\nA = B = green", "quiz__2__why": "So."},
    )
    assert response.status_code == 302, errors(response)
    rows = list(QuizQuestion.objects.values_list("uid", "kind", "position", "options", "why"))
    assert rows == [
        (
            "sail",
            "one",
            1,
            [
                {"text": "Oars", "right": False, "why": "Oars move a rowing boat."},
                {"text": "Wind", "right": True, "why": "The wind fills the sail."},
            ],
            "",
        ),
        ("rope", "order", 2, [{"text": "Come *near*"}, {"text": "Tie it"}], "So that it stays."),
        (
            "lights",
            "match",
            3,
            [{"left": "Left", "right": "red", "why": "Port."}, {"left": "A = B", "right": "green", "why": ""}],
            "So.",
        ),
    ]
    page = client.get(f"{ADDRESS}?question=2").text
    assert "Question 2 of 3" in page and "Come <em>near</em>" in page


@pytest.mark.parametrize("uid", QUESTIONS)
def test_answers_as_text_are_the_same_answers_again(uid):
    kind, options = QUESTIONS[uid]["kind"], QUESTIONS[uid]["options"]
    assert text_to_entries(kind, entries_to_text(kind, options)) == options


def test_saving_what_is_there_is_no_edit(as_editor, step):
    before = list(QuizQuestion.objects.values())
    step.refresh_from_db()
    assert send(as_editor, change(step)).status_code == 302
    assert list(QuizQuestion.objects.values()) == before
    assert Step.objects.get(pk=step.pk).fingerprint == step.fingerprint


def test_an_edit_keeps_the_row_and_its_answers(as_editor, as_learner, step):
    answer(as_learner, step, "sail", *CLOSE["sail"])
    text = entries_to_text("one", QUESTIONS["sail"]["options"]).replace("Oars move", "An oar moves")
    assert send(as_editor, change(step), quiz__0__options=text).status_code == 302
    assert "An oar moves a rowing boat." in as_learner.get(f"{ADDRESS}?question=1").text


def test_a_question_that_is_removed_is_retired_and_its_id_brings_it_back(as_editor, as_learner, step):
    answer(as_learner, step, "sail", *CLOSE["sail"])
    row = QuizQuestion.objects.get(uid="sail")
    assert send(as_editor, change(step), quiz__0__DELETE="on").status_code == 302
    row.refresh_from_db()
    assert row.retired_at and QuizAnswer.objects.exists()
    assert "Question 1 of 3" in as_learner.get(ADDRESS).text
    back = {name.replace("0", "3", 1): value for name, value in NEW.items()}
    assert send(as_editor, change(step), **back).status_code == 302
    row.refresh_from_db()
    assert row.retired_at is None and row.question == "What moves it?"


WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "no right answer": ("options", {"options": ONE.replace("[x]", "[ ]")}, "Has no right answer; mark it with [x]"),
    "two right answers": ("options", {"options": ONE.replace("[ ]", "[x]")}, "make the question “Several answers”"),
    "no explanation": (
        "options",
        {"options": ONE.replace("why: Oars move a rowing boat.\n", "")},
        "Answer 1, why: is empty",
    ),
    "one answer": ("options", {"options": "[x] Wind\nwhy: So."}, "only one entry"),
    "too many answers": (
        "options",
        {"options": "\n".join(f"[x] {n}\nwhy: So." for n in range(11)), "kind": "several"},
        "11",
    ),
    "no answers": ("options", {"options": ""}, "required"),
    "words without a sign": ("options", {"options": f"Oars\n{ONE}"}, "Line 1: write “[x] text”"),
    "a reason first": ("options", {"options": f"why: So.\n{ONE}"}, "Line 1: write “[x] text”"),
    "signs in an order": ("options", {"kind": "order", "why": "So."}, "Line 1: the lines of an order"),
    "no sign in a match": (
        "options",
        {"kind": "match", "why": "So.", "options": "A = B\nC"},
        "Line 2: write “left = right”",
    ),
    "no reason of an order": ("why", {"kind": "order", "options": "A\nB"}, "say why this is the answer"),
    "a reason of its own": ("why", {"why": "So."}, "an explanation in each of its options"),
    "the same twice": ("options", {"kind": "order", "why": "So.", "options": "A\nB\nA"}, "stands here a second time"),
    "a long answer": (
        "options",
        {"options": ONE.replace("Oars\n", f"{'x' * 301}\n")},
        "Answer 1, text: has 301 characters",
    ),
    "a long question": ("question", {"question": "x" * 601}, "600"),
    "a complex reason": ("options", {"options": ONE.replace("Oars move", "[" * 1100)}, "square brackets"),
    "an unknown step": ("question", {"question": "See [this](step:two-z)?"}, "No step of this course has the id"),
    "an unknown reference": ("options", {"options": ONE.replace("boat.", "boat.[^x]")}, "there is no reference [^x]"),
    "no id": ("uid", {"uid": ""}, "required"),
    "an odd id": ("uid", {"uid": "Sail On"}, "lower-case"),
    "an odd kind": ("kind", {"kind": "opera"}, "valid choice"),
    "a control character": (
        "options",
        {"options": ONE.replace("Wind", "Wi\x07nd")},
        "Line 4 holds a control character",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_stands_at_its_field_and_what_was_typed_stays(as_editor, bare, case):
    field, data, words = WRONG[case]
    sent = NEW | {f"quiz__0__{name}": value for name, value in data.items()}
    response = send(as_editor, change(bare), **sent)
    found = errors(response)
    assert list(found) == [f"quiz-0-{field}"], found
    assert words in " ".join(found[f"quiz-0-{field}"])
    assert "quiz.0" not in " ".join(found[f"quiz-0-{field}"])
    shown = fields_of(response)
    for name, value in sent.items():
        if case != "an odd kind":
            assert shown[name.replace("__", "-")].replace("\r\n", "\n") == value
    assert not QuizQuestion.objects.exists()


def test_two_questions_with_one_id_are_refused(as_editor, bare):
    twice = NEW | {name.replace("0", "1", 1): value for name, value in NEW.items()}
    assert "quiz-1-uid" in errors(send(as_editor, change(bare), **twice))


def test_questions_of_a_step_that_is_no_quiz_are_refused_at_its_kind(as_editor, course, step):
    found = errors(send(as_editor, change(course.steps.get(slug="one-a")), **NEW))
    assert list(found) == ["kind"] and "Only a quiz has quiz questions" in found["kind"][0]
    assert "kind" in errors(send(as_editor, change(step), kind="article"))


def test_the_preview_asks_the_first_question_and_writes_nothing(as_editor, bare):
    response = send(as_editor, change(bare))
    assert response.status_code == 302
    data = filled(as_editor, change(bare)) | {name.replace("__", "-"): value for name, value in NEW.items()}
    response = as_editor.post(f"/admin/courses/step/{bare.pk}/preview/", data | {"quiz-TOTAL_FORMS": "1"})
    assert response.status_code == 200 and "What moves it?" in response.text and "Question 1 of 1" in response.text
    assert not QuizQuestion.objects.exists()


@pytest.mark.parametrize(
    "odd",
    [
        {"quiz-TOTAL_FORMS": ""},
        {"quiz-TOTAL_FORMS": "999999"},
        {"quiz-0-id": "999999", "quiz-INITIAL_FORMS": "1", "quiz-TOTAL_FORMS": "1"},
        {"quiz-0-uid": "x" * 500, "quiz-0-options": "[x"},
        {"quiz-0-uid": "x", "quiz-0-kind": "", "quiz-0-options": "\x00"},
        {"quiz-0-uid": "x", "quiz-0-kind": "match", "quiz-0-options": " = \n = "},
        {"quiz-0-uid": "x", "quiz-0-kind": "order", "quiz-0-options": "\ud83d\n" * 50},
        {"quiz-0-position": "9" * 30, "quiz-0-uid": "x"},
    ],
)
def test_odd_input_is_never_a_server_error(as_editor, bare, odd):
    data = filled(as_editor, change(bare)) | odd
    data = {name: value.encode("utf-8", "ignore").decode() for name, value in data.items()}
    assert as_editor.post(change(bare), data).status_code in (200, 302)
    assert as_editor.post(f"/admin/courses/step/{bare.pk}/preview/", data).status_code in (200, 302, 422)


def test_what_files_made_passes_the_checks_and_both_sides_meet(as_editor, tmp_path, settings):
    folder = tmp_path / "content"
    folder.mkdir()
    settings.CONTENT_DIR = folder
    files = CourseFiles(folder)
    files.write(QUIZ, TEXT)
    files.load()
    step = Step.objects.get(uid="quiz")
    response = send(as_editor, change(step))
    assert response.status_code == 302, errors(response)
    assert list(files.load().lines()) == ["nothing to do"]
    assert send(as_editor, change(step), quiz__0__question="Who can give it?").status_code == 302
    assert not files.load().changes_anything
    files.change(f"{OTHER_TOPIC}/02-quiz.md", "question: What helps?", "question: What is of help?")
    assert [row.conflicts for row in files.load().conflicts] == [["quiz"]]


def test_who_may_only_look_sees_the_questions_and_cannot_write_them(step):
    from django.contrib.auth.models import Permission
    from django.test import Client

    person = factories.person("Guest", is_staff=True)
    person.user_permissions.add(*Permission.objects.filter(codename__in=["view_step", "view_topic", "view_week"]))
    client = Client()
    client.force_login(person)
    assert "What floats?" in client.get(change(step)).text
    assert client.post(change(step), {"quiz-TOTAL_FORMS": "0", "quiz-INITIAL_FORMS": "0"}).status_code == 403
