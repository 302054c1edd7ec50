"""Answering the questions of a quiz, with and without an account; what is said about an answer; when the step can be finished."""

from __future__ import annotations

import re
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses import answers, quiz
from courses.content import writing
from courses.models import Completion, QuizAnswer, QuizQuestion, Step
from courses.pages import shelf
from tests import factories
from tests.courses.quizzes import ADDRESS, CLOSE, QUESTIONS, RIGHT, answer, form_of, question_of, quiz_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(course) -> Step:
    return quiz_step(course)


@pytest.fixture(params=["with an account", "without an account"])
def reader(request, as_learner, client) -> Client:
    return as_learner if request.param == "with an account" else client


def part_of(page: str) -> str:
    """The quiz on a page, without the rest."""
    found = re.search(r'<section class="quiz".*?</section>', page, re.DOTALL)
    assert found
    return " ".join(found[0].split())


def shown(client: Client, question: object = "", again: str = "") -> str:
    return part_of(client.get(f"{ADDRESS}?question={question}{again}").text)


class TestAsking:
    def test_one_question_stands_on_a_page_and_tells_neither_answer_nor_reasons(self, client, step):
        page = client.get(f"{ADDRESS}?question=1").text
        assert "Question 1 of 4" in page and "What moves a <em>sailing</em> boat?" in page
        assert "What floats?" not in page
        for reason in ("Oars move a rowing boat.", "The wind fills the sail.", "Best answer"):
            assert reason not in page

    @pytest.mark.parametrize("uid", QUESTIONS)
    def test_each_kind_has_fields_that_work_without_a_script(self, client, step, uid):
        n = list(QUESTIONS).index(uid) + 1
        part = shown(client, n)
        assert f'action="{ADDRESS}answers/#quiz-reason"' in part and "csrfmiddlewaretoken" in part
        fields = {"sail": 'type="radio"', "float": 'type="checkbox"', "rope": "<select", "lights": "<select"}
        options = QUESTIONS[uid]["options"]
        assert part.count(fields[uid]) == len(options)
        for option in options:
            assert option.get("text", option.get("left")) in part
        for label in re.findall(r'<label for="([^"]+)"', part):
            assert part.count(f'id="{label}"') == 1

    def test_lines_to_order_and_right_sides_are_mixed_the_same_way_each_time(self, client, step):
        rope, lights = question_of(step, "rope"), question_of(step, "lights")
        assert sorted(quiz.offered(rope)) == [0, 1, 2, 3] and quiz.offered(rope) != [0, 1, 2, 3]
        assert sorted(quiz.offered(lights)) == [0, 1, 2]  # white is there once
        assert [quiz.offered(question_of(step, "rope")) for _ in range(3)] == [quiz.offered(rope)] * 3
        part = shown(client, 3)
        assert [part.index(rope["options"][place]["text"]) for place in quiz.offered(rope)] == sorted(
            part.index(option["text"]) for option in rope["options"]
        )

    def test_no_uid_offers_the_lines_in_their_right_order(self):
        for n in range(200):
            question = {"uid": f"q{n}", "kind": "order", "options": [{"text": str(i)} for i in range(3)]}
            assert quiz.offered(question) != [0, 1, 2]

    @pytest.mark.parametrize("odd", ["", "0", "5", "-1", "x", "1.0", "9" * 5000, "٢", "²", "1'--", "%00", "question"])
    def test_a_number_that_is_none_asks_the_first_question(self, reader, step, odd):
        assert "Question 1 of 4" in shown(reader, odd)

    def test_the_first_question_not_tried_comes_first(self, reader, step):
        answer(reader, step, "sail", 0)
        answer(reader, step, "rope", *RIGHT["rope"])
        assert "Question 2 of 4" in part_of(reader.get(ADDRESS).text)
        answer(reader, step, "float", 0)
        answer(reader, step, "lights", *CLOSE["lights"])
        assert "Question 1 of 4" in part_of(reader.get(ADDRESS).text)

    def test_a_quiz_without_questions_shows_its_text_as_before(self, client, course):
        factories.step(course.topics.first(), "bare", kind="quiz", body="Think about it.")
        page = client.get("/courses/harbour/steps/bare/").text
        assert "Think about it." in page and "Mark as complete" in page and 'class="quiz"' not in page

    def test_a_quiz_without_a_text_is_not_unfinished(self, client, course):
        Step.objects.filter(pk=quiz_step(course).pk).update(body="", body_html="")
        assert "still being written" not in client.get(ADDRESS).text

    def test_what_an_educator_typed_is_shown_as_text(self, client, course):
        bad = {"text": "<script>1</script>", "right": True, "why": "</section><b>x"}
        options = [bad, {"text": "b", "right": False, "why": "w"}]
        step = factories.step(course.topics.get(uid="two"), "knots", kind="quiz", fresh=False)
        QuizQuestion.objects.create(step=step, uid="bad", question="<img src=x>", options=options)
        QuizQuestion.objects.create(
            step=step,
            uid="worse",
            kind="match",
            question="Q",
            options=[{"left": "<i>l</i>", "right": "<u>r</u>", "why": ""}, {"left": "m", "right": '"s', "why": ""}],
            why="W",
        )
        writing.refresh(course, rendered=[step])
        answer(client, step, "bad", 0)
        answer(client, step, "worse", 1, 0)
        for n in (1, 2):
            for page in (shown(client, n), shown(client, n, "&again=1")):
                assert not re.search(r"<(script|b>x|img|i>l|u>)", page)
        assert "&lt;script&gt;1&lt;/script&gt;" in shown(client, 1)
        assert "&lt;u&gt;r&lt;/u&gt;" in shown(client, 2)


class TestAnswering:
    @pytest.mark.parametrize("uid", QUESTIONS)
    @pytest.mark.parametrize("right", [True, False], ids=["right", "close"])
    def test_an_answer_is_kept_and_explained_beside_it(self, reader, learner, step, uid, right):
        given = (RIGHT if right else CLOSE)[uid]
        n = list(QUESTIONS).index(uid) + 1
        response = answer(reader, step, uid, *given)
        assert (response.status_code, response["Location"]) == (302, f"{ADDRESS}?question={n}#quiz")
        part = shown(reader, n)
        assert ("Close, but" in part) == (not right)
        assert "Wrong" not in part and "notice--stop" not in part
        rows = QuizAnswer.objects.values_list("learner", "question__uid", "answer")
        signed_in = "sessionid" in reader.cookies
        assert list(rows) == ([(learner.pk, uid, list(given))] if signed_in else [])
        assert bool(reader.cookies.get("answers")) == (not signed_in)
        assert QUESTIONS[uid].get("why", "") in part

    def test_the_reasons_of_what_was_chosen_and_of_what_is_right_are_said_and_no_others(self, reader, step):
        answer(reader, step, "sail", 0)
        part = shown(reader, 1)
        assert "Oars move a rowing boat." in part and "The wind fills the sail." in part
        assert "Luck helps everyone." not in part
        assert "Close, but there is a better answer." in part
        assert part.index("Your answer") < part.index("Best answer")

    def test_several_are_right_with_all_right_ones_and_no_other(self, reader, step):
        for given, close in (((0, 2), False), ((0,), True), ((0, 1, 2), True), ((1,), True)):
            answer(reader, step, "float", *given)
            assert ("Close, but" in shown(reader, 2)) == close

    def test_an_order_is_shown_right_with_the_place_that_was_given(self, reader, step):
        answer(reader, step, "rope", *CLOSE["rope"])
        part = shown(reader, 3)
        assert part.index("Come near") < part.index("Throw the rope") < part.index("Tie it")
        assert part.count("Your place too") == 2 and "Your place: 1" in part and "Your place: 2" in part

    def test_a_right_side_that_stands_twice_is_right_in_both_places(self, reader, step):
        answer(reader, step, "lights", 0, 1, 2, 2)
        assert "Each has found its place." in shown(reader, 4)
        answer(reader, step, "lights", 2, 1, 2, 2)
        part = shown(reader, 4)
        assert "Your answer: white" in part and "Port is red." in part and part.count("choice--close") == 1

    def test_one_may_try_again_as_often_as_one_likes_and_the_last_answer_is_kept(self, reader, step):
        for given in (0, 2, 0, 1):
            assert answer(reader, step, "sail", given).status_code == 302
        assert "That is the best answer." in shown(reader, 1)
        assert QuizAnswer.objects.count() == ("sessionid" in reader.cookies)
        asked = shown(reader, 1, "&again=1")
        assert "Check my answer" in asked and " checked" not in asked and "The wind fills the sail." not in asked

    def test_tried_questions_have_a_dot_that_says_so(self, reader, step):
        answer(reader, step, "float", 1)
        part = shown(reader, 1)
        assert part.count("tried</span>") == 1 and "Question 2, tried" in part

    def test_the_way_on_is_the_next_question_and_at_the_end_what_was_left_out(self, reader, step):
        answer(reader, step, "lights", *RIGHT["lights"])
        assert "Go to question 1" in shown(reader, 4)
        answer(reader, step, "sail", 1)
        assert "Next question" in shown(reader, 1) and f"{ADDRESS}?question=2#quiz" in shown(reader, 1)
        answer(reader, step, "float", 1)
        answer(reader, step, "rope", *RIGHT["rope"])
        assert "You have tried every question" in shown(reader, 4) and "Go to question" not in shown(reader, 4)

    def test_only_the_day_is_kept_and_nothing_about_being_right(self, as_learner, step):
        answer(as_learner, step, "sail", 1)
        assert {field.name for field in QuizAnswer._meta.get_fields()} == {
            *("id", "learner", "question", "answer", "mark", "answered_on")
        }
        assert type(QuizAnswer.objects.get().answered_on) is date

    def test_a_learner_sees_only_their_own_answers(self, as_learner, other, step):
        someone = Client()
        someone.force_login(other)
        answer(someone, step, "sail", 0)
        assert "Question 1, tried" not in shown(as_learner, 1) and "Close" not in shown(as_learner, 1)
        assert "Close" in shown(someone, 1)
        assert "Close" not in shown(Client(), 1)

    def test_nobody_is_shown_what_others_answered(self, as_learner, as_educator, step):
        answer(as_learner, step, "sail", 0)
        assert "Question 1, tried" not in shown(as_educator, 1)
        assert as_educator.get("/admin/courses/quizanswer/").status_code == 404
        assert as_educator.get("/admin/courses/quizquestion/").status_code == 404


class TestRefusals:
    @pytest.mark.parametrize(
        ("uid", "odd", "words"),
        [
            ("sail", {"choice": []}, "Choose an answer first"),
            ("sail", {"choice": ["3"]}, "Choose an answer first"),
            ("sail", {"choice": ["-1"]}, "Choose an answer first"),
            ("sail", {"choice": ["x"]}, "Choose an answer first"),
            ("sail", {"choice": ["9" * 5000]}, "Choose an answer first"),
            ("sail", {"choice": ["٢"]}, "Choose an answer first"),
            ("sail", {"choice": ["0", "1"]}, "Choose an answer first"),
            ("sail", {"choice": ["\x00"]}, "Choose an answer first"),
            ("float", {"choice": []}, "Choose an answer first"),
            ("float", {"choice": ["7", "8"]}, "Choose an answer first"),
            ("rope", {"place-0": ""}, "a place of its own"),
            ("rope", {"place-0": "0"}, "a place of its own"),
            ("rope", {"place-0": "5"}, "a place of its own"),
            ("rope", {"place-0": "2", "place-1": "2"}, "a place of its own"),
            ("lights", {"pair-3": ""}, "Choose something for each line"),
            ("lights", {"pair-3": "3"}, "Choose something for each line"),
            ("sail", {"of": "0000"}, "was changed while you had it open"),
            ("sail", {"of": ""}, "was changed while you had it open"),
        ],
    )
    def test_what_is_no_answer_comes_back_with_the_reason(self, reader, step, uid, odd, words):
        response = answer(reader, step, uid, *RIGHT[uid], **odd)
        assert response.status_code == 422
        part = part_of(response.text)
        assert words in part and QUESTIONS[uid]["question"].split("*")[0] in part
        assert not QuizAnswer.objects.exists() and "answers" not in reader.cookies
        # The same form with nothing odd in it is taken.
        assert answer(reader, step, uid, *RIGHT[uid]).status_code == 302

    def test_what_was_chosen_is_still_chosen(self, reader, step):
        data = form_of(question_of(step, "rope"), RIGHT["rope"])
        response = reader.post(f"{ADDRESS}answers/", data | {"place-0": data["place-1"]})
        assert part_of(response.text).count(" selected>") == 4

    def test_a_refused_answer_leaves_the_one_before(self, reader, step):
        answer(reader, step, "sail", 1)
        answer(reader, step, "sail", 1, choice=["9"])
        assert "That is the best answer." in shown(reader, 1)

    @pytest.mark.parametrize("uid", ["", "nowhere", "\x00", "sail'--", "x" * 5000])
    def test_an_unknown_question_is_not_found(self, reader, step, uid):
        assert answer(reader, step, "sail", 1, question=uid).status_code == 404
        assert reader.post(f"{ADDRESS}answers/", {}).status_code == 404
        assert not QuizAnswer.objects.exists()

    def test_a_retired_question_is_neither_asked_nor_answered(self, reader, step):
        data = form_of(question_of(step, "sail"), (1,))
        QuizQuestion.objects.filter(uid="sail").update(retired_at=timezone.now())
        writing.refresh(step.course, rendered=[step])
        assert reader.post(f"{ADDRESS}answers/", data).status_code == 404
        assert "Question 1 of 3" in shown(reader, 1)

    def test_a_question_of_another_step_is_not_found(self, reader, course, step):
        quiz_step(course, "sail", slug="others")
        data = form_of(question_of(step, "float"), (0,))
        assert reader.post("/courses/harbour/steps/others/answers/", data).status_code == 404

    def test_a_draft_cannot_be_answered_by_learners(self, reader, as_educator, step):
        Step.objects.filter(pk=step.pk).update(published=False)
        assert answer(reader, step, "sail", 1).status_code == 404
        assert answer(as_educator, step, "sail", 1).status_code == 302

    def test_an_answer_needs_the_browsers_token(self, learner, step):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(learner)
        assert answer(strict, step, "sail", 1).status_code == 403
        assert not QuizAnswer.objects.exists()

    def test_looking_answers_nothing(self, reader, step):
        reader.get(f"{ADDRESS}?question=1&choice=1&of={question_of(step, 'sail')['mark']}")
        assert "tried" not in shown(reader, 1)


class TestFinishing:
    def finish(self, client: Client) -> None:
        assert client.post(f"{ADDRESS}done/", {"done": "1"}).status_code == 302

    def test_the_step_can_be_finished_when_every_question_was_tried(self, reader, step):
        left = {
            "sail": "4 questions left",
            "float": "3 questions left",
            "rope": "2 questions left",
            "lights": "1 question left",
        }
        for uid, words in left.items():
            page = reader.get(ADDRESS).text
            assert words in page and "Mark as complete" not in page
            self.finish(reader)
            page = reader.get(ADDRESS).text
            assert f"{words} to try" in page.split('id="content"')[1].split("step-head")[0]  # said as a message too
            assert "Completed" not in page and "0 of 7 steps done" in page
            answer(reader, step, uid, *CLOSE[uid])
        assert "Mark as complete" in reader.get(ADDRESS).text
        self.finish(reader)
        page = reader.get(ADDRESS).text
        assert "Completed" in page and "1 of 7 steps done" in page and "left to try" not in page

    def test_a_step_that_was_finished_before_stays_finished(self, as_learner, learner, step):
        Completion.objects.create(learner=learner, step=step, fingerprint=step.fingerprint)
        assert "Completed" in as_learner.get(ADDRESS).text
        self.finish(as_learner)
        assert Completion.objects.count() == 1
        as_learner.post(f"{ADDRESS}done/", {"done": "0"})
        assert not Completion.objects.exists()
        assert "4 questions left to try" in as_learner.get(ADDRESS).text

    def test_a_retired_question_is_not_waited_for(self, as_learner, step):
        for uid in ("sail", "float", "rope"):
            answer(as_learner, step, uid, *CLOSE[uid])
        QuizQuestion.objects.filter(uid="lights").update(retired_at=timezone.now())
        writing.refresh(step.course, rendered=[step])
        self.finish(as_learner)
        assert Completion.objects.exists()

    def test_other_steps_ask_for_no_answers(self, reader, step):
        reader.post("/courses/harbour/steps/one-a/done/", {"done": "1"})
        assert "Completed" in reader.get("/courses/harbour/steps/one-a/").text


class TestChanges:
    def test_an_answer_to_other_options_counts_as_tried_and_is_not_explained(self, reader, step):
        answer(reader, step, "sail", 0)
        question = QuizQuestion.objects.get(uid="sail")
        question.options = [*question.options[1:], question.options[0]]
        question.save()
        writing.refresh(step.course, rendered=[step])
        part = shown(reader, 1)
        assert "changed after you answered" in part and "Question 1, tried" in part
        assert "Close" not in part and "Check my answer" in part
        assert "3 questions left" in reader.get(ADDRESS).text

    def test_a_better_reason_leaves_the_answer(self, reader, step):
        answer(reader, step, "sail", 0)
        question = QuizQuestion.objects.get(uid="sail")
        question.options[0]["why"] = "Oars are for rowing."
        question.save()
        writing.refresh(step.course, rendered=[step])
        assert "Oars are for rowing." in shown(reader, 1)


class TestTheCookie:
    def test_without_an_account_answers_stay_in_the_browser(self, client, step):
        answer(client, step, "sail", 0)
        assert not QuizAnswer.objects.exists() and "sessionid" not in client.cookies
        cookie = client.cookies["answers"]
        assert cookie["httponly"] and cookie["samesite"] == "Lax"

    @pytest.mark.parametrize("value", ["", "nonsense", "AAAA:forged", "é", "AAAAAAAAAAAAAAAAAA==:x"])
    def test_a_forged_or_spoilt_cookie_counts_as_none(self, client, step, value):
        client.cookies["answers"] = value
        assert "Question 1 of 4" in shown(client) and "tried" not in shown(client)
        assert answer(client, step, "sail", 0).status_code == 302
        assert "Question 1, tried" in shown(client, 1)

    def test_the_progress_cookie_is_no_answers_cookie(self, client, step):
        client.post("/courses/harbour/steps/one-a/done/", {"done": "1"})
        client.cookies["answers"] = client.cookies["progress"].value
        assert "tried" not in shown(client)

    def test_answers_that_do_not_fit_their_question_are_not_explained(self, client, step):
        question = question_of(step, "sail")
        response = HttpResponse()
        given = answers.Given((9, 8), question["mark"], date(2026, 11, 22))
        answers._into_cookie(response, {question["pk"]: given, 999: given}, secure=False)
        client.cookies["answers"] = response.cookies["answers"].value
        assert "changed after you answered" in shown(client, 1)

    def test_a_full_cookie_is_said_and_loses_nothing(self, client, step, monkeypatch):
        monkeypatch.setattr(answers, "COOKIE_ANSWERS", 1)
        answer(client, step, "sail", 0)
        answer(client, step, "float", 0)
        page = client.get(ADDRESS).text
        assert "Join under any name to keep more" in page
        assert "Question 1, tried" in page and "Question 2, tried" not in page
        answer(client, step, "sail", 1)
        assert "That is the best answer." in shown(client, 1)

    def test_as_many_answers_as_promised_fit_beside_the_finished_steps(self, rf):
        many = {
            pk: answers.Given(tuple(range(10)), "ffff", date(2026, 11, 22))
            for pk in range(10**9, 10**9 + answers.COOKIE_ANSWERS)
        }
        response = HttpResponse()
        answers._into_cookie(response, many, secure=True)
        assert len(response.cookies["answers"].OutputString()) < 2400
        request = rf.get("/")
        request.COOKIES["answers"] = response.cookies["answers"].value
        assert answers.from_cookie(request) == many


class TestComingAlong:
    @time_machine.travel("2026-11-25T23:59:59Z", tick=False)
    def test_joining_carries_the_browsers_answers_into_the_account(self, client, step):
        for uid in ("sail", "rope"):
            answer(client, step, uid, *CLOSE[uid])
        before = {n: shown(client, n).partition('<p class="quiz__question">')[2] for n in (1, 3)}
        client.post("/accounts/signup/", {"username": "Tern", "password1": factories.PASSWORD})
        assert set(QuizAnswer.objects.values_list("learner__handle", "question__uid")) == {
            ("Tern", "sail"),
            ("Tern", "rope"),
        }
        assert client.cookies["answers"].value == ""
        assert "2 quiz questions came along" in client.get(ADDRESS).text
        assert {n: shown(client, n).partition('<p class="quiz__question">')[2] for n in (1, 3)} == before
        assert QuizAnswer.objects.earliest("pk").answered_on == date(2026, 11, 25)

    def test_signing_in_doubles_nothing_and_the_accounts_own_answer_wins(self, client, learner, step):
        sail = QuizQuestion.objects.get(uid="sail")
        mark = question_of(step, "sail")["mark"]
        QuizAnswer.objects.create(learner=learner, question=sail, answer=[1], mark=mark)
        for uid in ("sail", "float"):
            answer(client, step, uid, *CLOSE[uid])
        client.post("/accounts/login/", {"login": "heron", "password": factories.PASSWORD})
        rows = QuizAnswer.objects.filter(learner=learner).values_list("question__uid", "answer")
        assert sorted(rows) == [("float", [0, 1]), ("sail", [1])]
        assert "That is the best answer." in shown(client, 1)

    def test_answers_to_questions_that_are_nowhere_are_left_behind(self, client, step):
        response = HttpResponse()
        given = answers.Given((0,), "0000", date(2026, 11, 22))
        answers._into_cookie(response, {10**9: given}, secure=False)
        client.cookies["answers"] = response.cookies["answers"].value
        assert (
            client.post("/accounts/signup/", {"username": "Tern", "password1": factories.PASSWORD}).status_code == 302
        )
        assert not QuizAnswer.objects.exists()

    def test_deleting_an_account_deletes_its_answers(self, as_learner, learner, step):
        answer(as_learner, step, "sail", 0)
        learner.delete()
        assert not QuizAnswer.objects.exists() and QuizQuestion.objects.count() == 4


def test_twenty_questions_cost_what_one_costs(as_learner, learner, course):
    step = quiz_step(course, "sail")
    factories.comment(step)
    answer(as_learner, step, "sail", 0)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_learner.get(ADDRESS).status_code == 200
        return len(captured)

    shelf.clear()
    cold, warm = queries(), queries()
    for n in range(19):
        more = QuizQuestion.objects.create(step=step, uid=f"more-{n}", position=n + 2, **QUESTIONS["sail"])
        QuizAnswer.objects.create(learner=learner, question=more, answer=[1], mark="0000")
    writing.refresh(course, rendered=[step])
    shelf.clear()
    assert (queries(), queries()) == (cold, warm)
    assert cold <= 7 and warm <= 5


def test_the_shared_page_is_kept_once_and_carries_no_answer_to_another(as_learner, step):
    answer(as_learner, step, "sail", 0)
    answer(as_learner, step, "float", 1)
    shelf.clear()
    pages = [as_learner.get(f"{ADDRESS}?question={n}").text for n in (1, 2, 3)]
    kept = "".join(str(page) for page in shelf._pages.values())
    assert "Close, but" in pages[0] and "Close, but" not in kept and "tried</span>" not in kept
    stranger = Client().get(ADDRESS).text
    assert "Close, but" not in stranger and "tried</span>" not in stranger and "4 questions left" in stranger
