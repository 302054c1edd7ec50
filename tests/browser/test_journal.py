"""The journal and certificates in a real browser: saved as one types, kept without an account and taken along, checked on the spot."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from courses.content import writing
from courses.models import Certificate, Completion, Course, JournalEntry, ReflectionQuestion, Step
from tests import factories
from tests.browser.accessibility import broken_rules
from tests.browser.sessions import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]


@pytest.fixture
def step(course: Course) -> Step:
    return factories.step(course.topics.get(uid="one"), "asked", questions=("Who decides?", "What on Monday?"))


def expect_printed_once(page: Page) -> None:
    page.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1; }; }")
    page.locator("[data-print]:visible").click()
    assert page.evaluate("window.printed") == 1


def sign_in(page: Page, learner: User, to: str) -> None:
    """As who signed in before: the sign-in page has tests of its own."""
    page.goto("/verify/")
    log_in(page, learner, page.url.removesuffix("verify/"))
    page.goto(to)


def test_answers_save_as_one_types_and_two_tabs_lose_nothing(
    visitor: Visitor, learner: User, step: Step, faults: list[str]
):
    page = visitor()
    sign_in(page, learner, step.get_absolute_url())
    other_tab = page.context.new_page()
    other_tab.goto(step.get_absolute_url())
    page.get_by_label("Who decides?").fill("The mayor.")
    expect(page.get_by_text("Saved in your journal.")).to_be_visible()
    other_tab.get_by_label("Who decides?").fill("The board.")
    other_tab.get_by_label("What on Monday?").focus()
    expect(other_tab.get_by_text("Both are kept")).to_be_visible()
    expect(other_tab.get_by_label("Who decides?")).to_have_value(
        "The board.\n\n[Written on another device:]\nThe mayor."
    )
    assert JournalEntry.objects.get().text == "The board.\n\n[Written on another device:]\nThe mayor."
    assert faults == []


def test_without_an_account_answers_stay_in_the_browser_and_move_into_one(
    visitor: Visitor, learner: User, step: Step, faults: list[str]
):
    page = visitor(width=390)
    page.goto(step.get_absolute_url())
    page.get_by_label("Who decides?").fill("We <b>do</b>.")
    expect(page.get_by_text("Kept in this browser.")).to_be_visible()
    assert not JournalEntry.objects.exists()
    page.reload()
    expect(page.get_by_label("Who decides?")).to_have_value("We <b>do</b>.")
    page.goto("/courses/harbour/journal/")
    expect(page.get_by_text("We <b>do</b>.")).to_be_visible()
    assert broken_rules(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as Markdown").click()
    assert "> Who decides?\n\nWe <b>do</b>." in download.value.path().read_text()
    expect_printed_once(page)
    sign_in(page, learner, "/courses/harbour/journal/")
    page.get_by_role("button", name="Take them into my account").click()
    expect(page.get_by_role("heading", name="Who decides?")).to_be_visible()
    assert JournalEntry.objects.get().text == "We <b>do</b>."
    assert page.evaluate("localStorage.length") == 0
    expect(page.get_by_text("This browser keeps answers")).to_be_hidden()
    assert faults == []


@pytest.mark.parametrize("place", ["steps/asked/worksheet/", "journal/"])
def test_a_press_prints_once(visitor: Visitor, learner: User, step: Step, place: str):
    ReflectionQuestion.objects.create(
        step=step, uid="goal", kind="worksheet", title="Goal", text="What for?", position=9
    )
    writing.refresh(step.course, rendered=[step])
    JournalEntry.objects.create(person=learner, question=step.questions.get(uid="goal"), asked="Goal", text="A room.")
    page = visitor()
    page.add_init_script("window.prints = 0; window.print = () => { window.prints += 1; };")
    sign_in(page, learner, f"{step.course.get_absolute_url()}{place}")
    page.locator("[data-print]").click()
    assert page.evaluate("window.prints") == 1


def test_a_scanned_certificate_is_checked_in_the_browser_and_its_name_is_sent_nowhere(
    visitor: Visitor, learner: User, course: Course, faults: list[str]
):
    Completion.objects.bulk_create(Completion(learner=learner, step=each) for each in Step.objects.all())
    page = visitor()
    sign_in(page, learner, "/courses/harbour/certificate/")
    page.get_by_label("Name on the certificate").fill("Жанна Щербакова")
    page.get_by_role("button", name="Make my certificate").click()
    address = page.locator(".cert__verify a").get_attribute("href") or ""
    expect_printed_once(page)
    assert broken_rules(page) == []
    reader = visitor(width=390, scheme="dark")
    sent: list[str] = []
    reader.on("request", lambda asked: sent.append(f"{asked.url} {asked.post_data}"))
    reader.goto(address)
    expect(reader.get_by_text("This is what was issued.")).to_be_visible()
    expect(reader.get_by_text("Жанна Щербакова")).to_be_visible()
    expect(reader.get_by_text("no longer holds")).to_be_hidden()
    assert reader.url.endswith("/verify/") and not [each for each in sent if address[-200:] in each]
    assert broken_rules(reader) == []
    Certificate.objects.update(revoked_on="2026-11-27")
    reader.goto("about:blank")
    reader.goto(address)
    expect(reader.get_by_text("no longer holds")).to_be_visible()
    reader.goto("about:blank")
    reader.goto(f"{address[:-1]}{(int(address[-1]) + 1) % 10}")
    expect(reader.get_by_text("not as it was issued")).to_be_visible()
    assert faults == []
