"""The main job in a real browser: a newcomer learns, joins, talks and goes on; an educator edits. With and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

import pypdfium2
import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from accounts.models import Invitation
from courses.models import Completion
from tests import factories
from tests.browser.sessions import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COURSE = "/courses/drug-use-and-harm-reduction/"
Visitor = Callable[..., Page]


@pytest.fixture
def real_course(transactional_db: None) -> None:
    call_command("load_course", "drug-use-and-harm-reduction", verbosity=0)


def mark_complete(page: Page) -> None:
    page.get_by_role("button", name="Mark as complete").click()
    expect(page.get_by_role("button", name="Completed")).to_be_visible()


def join(page: Page, handle: str) -> None:
    page.get_by_label("Name to show").fill(handle)
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    page.get_by_role("button", name="Join and start").click()
    expect(page.locator(".codes li")).to_have_count(8)
    page.get_by_role("button", name="I have kept them").click()
    page.wait_for_url(re.compile(r"^(?!.*(signup|recovery-codes))"))


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_newcomer_reads_finishes_joins_talks_and_goes_on(
    visitor: Visitor, faults: list[str], real_course: None, javascript: bool, width: int
):
    page = visitor(javascript=javascript, width=width)
    page.goto("/")
    page.get_by_role("link", name="Start the course").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome: three weeks, one question")
    mark_complete(page)
    assert not Completion.objects.exists()

    page.locator("#discussion").get_by_role("link", name="Join under any name").click()
    join(page, "Heron")
    expect(page.get_by_role("button", name="Completed")).to_be_visible()
    assert Completion.objects.get().learner.handle == "Heron"

    page.get_by_label("Add a comment").fill("I work at a *reception desk*.")
    page.get_by_role("button", name="Post comment").click()
    comment = page.locator(".comment", has_text="reception desk")
    expect(comment.locator("em")).to_have_text("reception desk")
    expect(page.get_by_label("Add a comment")).to_have_value("")

    other = visitor(javascript=javascript, width=width)
    other.goto(f"{COURSE}steps/welcome/")
    other.get_by_role("link", name="Log in").last.click()
    other.get_by_role("link", name="New here?").click()
    join(other, "salt and thyme")
    other.goto(f"{COURSE}steps/welcome/")
    other.get_by_role("link", name="Reply to Heron").click()
    other.get_by_label("Your reply").fill("Then you see everyone first.")
    other.get_by_role("button", name="Post reply").click()
    expect(other.locator(".replies .comment", has_text="Then you see everyone first.")).to_be_visible()

    page.reload()
    expect(page.locator(".replies .comment", has_text="salt and thyme")).to_contain_text("Then you see everyone first.")
    page.locator("#step-bar").get_by_role("link").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Topic 1 in two minutes: what is harm reduction?")
    page.goto(f"{COURSE}outline/")
    expect(page.get_by_text(re.compile(r"1 of \d+ steps done"))).to_be_visible()
    expect(page.locator(".resume__title")).to_contain_text("1.2")
    assert faults == []


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_educator_makes_an_account_edits_a_step_and_the_page_shows_it(
    visitor: Visitor, faults: list[str], real_course: None, javascript: bool
):
    page = visitor(javascript=javascript)
    page.goto(f"/accounts/educator/{Invitation.issue()}/")
    page.get_by_label("Name to show").fill("Noor")
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    page.get_by_role("button", name="I have kept them").click()
    page.get_by_role("link", name="Connect an authenticator app").click()
    page.get_by_label("The six digits").fill(factories.code_of(page.locator("code.key").inner_text()))
    page.get_by_role("button", name="Connect the app").click()
    page.wait_for_url("**/admin/")
    page.locator("#content-main").get_by_role("link", name="Steps", exact=True).first.click()
    page.locator("#result_list").get_by_role("link", name="Welcome: three weeks, one question", exact=True).click()
    page.locator("[name=title]").fill("Welcome, wherever you are")
    page.locator("[name=lead]").fill("A new first sentence.")
    page.locator("input[name=_save]").first.click()
    page.wait_for_url("**/admin/courses/step/**")
    reader = visitor(javascript=javascript)
    reader.goto(f"{COURSE}steps/welcome/")
    expect(reader.get_by_role("heading", level=1)).to_have_text("Welcome, wherever you are")
    expect(reader.locator(".lede")).to_have_text("A new first sentence.")
    assert faults == []


def test_words_that_were_not_posted_are_still_there_after_a_reload(visitor: Visitor, course, faults: list[str]):
    factories.person("Heron")
    page = visitor()
    page.goto("/accounts/login/?next=/courses/harbour/steps/one-a/")
    page.get_by_label("Name you chose").fill("Heron")
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_label("Add a comment").press_sequentially("Half a thought")
    page.reload()
    expect(page.get_by_label("Add a comment")).to_have_value("Half a thought")
    assert faults == []


def test_the_whole_way_can_be_gone_by_keyboard_alone(visitor: Visitor, course, faults: list[str]):
    page = visitor()
    page.goto("/courses/harbour/steps/one-a/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "done":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Completed")).to_be_visible()
    assert faults == []


def test_leaving_quickly_leaves_no_way_back_to_the_page(visitor: Visitor, course, settings):
    settings.QUICK_EXIT_URL = "/privacy/"
    page = visitor()
    page.goto("/support/")
    page.goto("/courses/harbour/steps/one-a/")
    page.get_by_role("link", name="Leave").click()
    page.wait_for_url("**/privacy/")
    page.go_back()
    page.wait_for_url("**/support/")


def test_leaving_quickly_works_in_a_browser_that_keeps_nothing(visitor: Visitor, course, settings):
    settings.QUICK_EXIT_URL = "/privacy/"
    page = visitor()
    page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('refused', 'SecurityError'); } })"
    )
    page.goto("/support/")
    page.get_by_role("link", name="Leave").click()
    page.wait_for_url("**/privacy/")


def test_the_outline_of_a_small_screen_opens_without_a_script(visitor: Visitor, course):
    page = visitor(javascript=False, width=390)
    page.goto("/courses/harbour/steps/one-a/")
    expect(page.locator("#outline")).to_be_hidden()
    page.get_by_role("link", name="Outline").click()
    expect(page.locator("#outline")).to_be_visible()
    page.locator("#outline").get_by_role("link", name="Close").click()
    expect(page.locator("#outline")).to_be_hidden()


def test_a_certificate_is_printed_on_one_sheet(visitor: Visitor, live_server, course):
    learner = factories.person("Heron")
    for step in course.steps.all():
        Completion.objects.create(learner=learner, step=step, fingerprint=step.fingerprint)
    page = visitor(scheme="dark")
    log_in(page, learner, live_server.url)
    page.goto("/courses/harbour/certificate/")
    page.get_by_label("Name on the certificate").fill("Marisol Example")
    page.get_by_role("button", name="Make my certificate").click()
    expect(page.locator(".cert")).to_contain_text("Marisol Example")

    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))

    try:
        assert len(document) == 1
        assert "Marisol Example" in document[0].get_textpage().get_text_bounded()
    finally:
        document.close()
