"""A quiz in a real browser: answered one question after the other, tried again, finished; with and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from courses.models import QuizAnswer, Step
from tests import factories
from tests.browser.accessibility import broken_rules
from tests.courses.quizzes import ADDRESS, CLOSE, QUESTIONS, RIGHT, form_of, question_of, quiz_step

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]


@pytest.fixture
def step(course: Any) -> Step:
    return quiz_step(course)


def choose(page: Page, step: Step, uid: str, given: tuple[int, ...]) -> None:
    """Fill in the form by its labels and send it."""
    question = question_of(step, uid)
    expect(page.get_by_role("button", name="Check my answer")).to_be_visible()  # the form, not the page before it
    if question["kind"] in ("one", "several"):
        for place in given:
            page.get_by_label(re.compile(rf"^{QUESTIONS[uid]['options'][place]['text']}$")).check()
    else:
        form = form_of(question, given)
        for box in page.locator(".pairing select").all():
            box.select_option(str(form[box.get_attribute("name")]))
    page.get_by_role("button", name="Check my answer").click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_newcomer_tries_every_question_finishes_and_takes_the_answers_along(
    visitor: Visitor, faults: list[str], step: Step, javascript: bool, width: int
):
    page = visitor(javascript=javascript, width=width)
    page.goto(ADDRESS)
    for n, uid in enumerate(QUESTIONS, start=1):
        expect(page.get_by_role("heading", name=f"Question {n} of 4")).to_be_visible()
        expect(page.get_by_role("button", name="Mark as complete")).to_have_count(0)
        choose(page, step, uid, CLOSE[uid])
        expect(page.locator("#quiz").get_by_role("status")).to_contain_text("Close, but")
        page.get_by_role("link", name="Try again").click()
        choose(page, step, uid, RIGHT[uid])
        # A page without any status would pass the second line.
        expect(page.locator("#quiz").get_by_role("status")).to_be_visible()
        expect(page.locator("#quiz").get_by_role("status")).not_to_contain_text("Close, but")
        if n < 4:
            expect(page.locator("#step-bar")).to_contain_text("left to try")
            page.get_by_role("link", name="Next question").click()
    expect(page.get_by_text("You have tried every question.")).to_be_visible()
    page.get_by_role("button", name="Mark as complete").click()
    expect(page.get_by_role("button", name="Completed")).to_be_visible()
    assert not QuizAnswer.objects.exists()

    page.goto(f"/accounts/signup/?next={ADDRESS}")
    page.get_by_label("Name to show").fill("Heron")
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    page.get_by_role("button", name="Join and start").click()
    page.get_by_role("button", name="I have kept them").click()
    page.wait_for_url(re.compile(r"^(?!.*signup)"))
    assert QuizAnswer.objects.filter(learner__handle="Heron").count() == 4
    page.goto(f"{ADDRESS}?question=2")
    expect(page.locator("#quiz").get_by_role("status")).to_contain_text("Those are all that fit")
    assert faults == []


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_answer_that_is_none_comes_back_with_the_reason_and_what_was_chosen(
    visitor: Visitor, faults: list[str], step: Step, javascript: bool
):
    page = visitor(javascript=javascript)
    page.goto(f"{ADDRESS}?question=2")
    page.get_by_role("button", name="Check my answer").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose an answer first")
    expect(page.get_by_role("alert")).to_be_focused()
    page.goto(f"{ADDRESS}?question=3")
    for box in page.locator(".pairing select").all():
        box.select_option("2")
    page.get_by_role("button", name="Check my answer").click()
    expect(page.get_by_role("alert")).to_contain_text("a place of its own")
    assert [box.input_value() for box in page.locator(".pairing select").all()] == ["2"] * 4
    choose(page, step, "rope", RIGHT["rope"])
    expect(page.locator("#quiz").get_by_role("status")).to_contain_text("That is the order.")
    assert [fault for fault in faults if "422" not in fault] == []


def test_a_question_can_be_answered_by_keyboard_alone(visitor: Visitor, faults: list[str], step: Step):
    page = visitor()
    page.goto(f"{ADDRESS}?question=1#quiz")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "choice":
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#quiz").get_by_role("status")).to_have_text("That is the best answer.")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Question 1, tried")).to_be_focused()  # one goes on from the top of the quiz
    assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390, 320])
def test_questions_and_explanations_fit_and_keep_the_rules_of_accessibility(
    visitor: Visitor, faults: list[str], step: Step, width: int, scheme: str
):
    page = visitor(width=width, scheme=scheme)
    found = []
    for n, uid in enumerate(QUESTIONS, start=1):
        page.goto(f"{ADDRESS}?question={n}")
        for look in ("asked", "explained"):
            if look == "explained":
                choose(page, step, uid, CLOSE[uid])
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found += [f"{uid} {look} is {wide} px too wide"] if wide > 0 else []
            found += [f"{uid} {look} {broken}" for broken in broken_rules(page)] if width != 320 else []
    assert found == []
    assert faults == []
