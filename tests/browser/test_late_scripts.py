"""A slow line: a page is written in and played before its scripts came. Nothing is lost, and what they add is there then."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from courses.models import JournalEntry, Step
from tests import factories
from tests.browser.test_journal import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
ADDRESS = "/courses/harbour/steps/one-a/"


def open_without_scripts(page: Page, address: str) -> Callable[[], None]:
    """Open a page whose scripts are on their way. Calling what this gives lets them arrive."""
    held: list[Route] | None = []

    def hold(route: Route) -> None:
        if held is None:
            route.continue_()
        else:
            held.append(route)

    def release() -> None:
        nonlocal held
        waiting, held = held or [], None
        for route in waiting:
            route.continue_()
        page.wait_for_load_state("load")

    page.route("**/*.js", hold)
    page.goto(address, wait_until="commit")
    return release


def test_words_typed_before_the_script_came_are_kept_beside_an_earlier_draft(visitor: Visitor, course, learner):
    page = visitor()
    sign_in(page, learner, ADDRESS)
    page.get_by_label("Add a comment").press_sequentially("An earlier thought")
    release = open_without_scripts(page, ADDRESS)
    page.get_by_label("Add a comment").fill("Typed early")
    release()
    box = page.get_by_label("Add a comment")
    expect(box).to_have_value("An earlier thought\n\nTyped early")
    page.goto("/privacy/")
    page.goto(ADDRESS)
    expect(box).to_have_value("An earlier thought\n\nTyped early")


def test_an_answer_written_before_the_script_came_is_saved(visitor: Visitor, course, learner):
    step: Step = factories.step(course.topics.get(uid="one"), "asked", questions=("Who decides?",))
    page = visitor()
    sign_in(page, learner, "/privacy/")
    release = open_without_scripts(page, step.get_absolute_url())
    page.get_by_label("Who decides?").fill("The mayor.")
    release()
    expect(page.get_by_text("Saved in your journal.")).to_be_visible()
    assert JournalEntry.objects.get().text == "The mayor."


def test_a_passkey_is_not_asked_for_before_the_script_came(visitor: Visitor, course, faults: list[str]):
    page = visitor()
    release = open_without_scripts(page, "/accounts/login/")
    button = page.get_by_role("button", name="Log in with a passkey")
    expect(button).to_be_disabled()
    release()
    expect(button).to_be_enabled()
    assert faults == []
