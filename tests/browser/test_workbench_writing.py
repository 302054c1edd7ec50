"""Writing a step in a real browser: tools by keyboard, links from a list, the page beside the form, words that survive."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from courses.models import Step
from tests import factories
from tests.browser.accessibility import WCAG, broken_rules
from tests.browser.sessions import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
VTT = b"WEBVTT\n\n00:03.000 --> 00:02.000\nBackwards.\n"


@pytest.fixture
def step(course) -> Step:
    return Step.objects.get(slug="one-b")


def signed_in(page: Page, handle: str = "Ines") -> Page:
    """An educator's browser. How one signs in is tested elsewhere; here a session is enough."""
    person = factories.User.objects.filter(handle=handle).first() or factories.course_writer(handle)
    page.goto("/favicon.ico")
    log_in(page, person, page.evaluate("location.origin"))
    return page


def opened(page: Page, step: Step) -> Locator:
    page.goto(f"/admin/courses/step/{step.pk}/change/")
    return page.locator("#id_body")


def beside(page: Page) -> Locator:
    return page.frame_locator("[data-live-preview] iframe").locator("main")


def test_the_toolbar_works_by_keyboard_and_can_be_undone(visitor: Visitor, faults: list[str], step):
    page = signed_in(visitor())
    body = opened(page, step)
    body.fill("one two")
    body.press("Home")
    for _ in range(3):
        body.press("Shift+ArrowRight")
    body.press("Control+b")
    expect(body).to_have_value("**one** two")
    body.press("Control+z")
    expect(body).to_have_value("one two")
    tools = page.get_by_role("toolbar", name="Marks").first
    expect(tools).to_have_attribute("aria-controls", "id_body")
    tools.get_by_role("button", name="Bold").focus()
    page.keyboard.press("ArrowRight")
    expect(tools.get_by_role("button", name="Emphasis")).to_be_focused()
    page.keyboard.press("End")
    expect(tools.get_by_role("button", name="Figure…")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(tools.get_by_role("button", name="Bold")).to_be_focused()
    assert tools.locator("button[tabindex='0']").count() == 1
    body.press("Control+End")
    tools.get_by_role("button", name="Quote", exact=True).press("Enter")
    expect(body).to_have_value("> one two")
    expect(body).to_be_focused()
    tools.get_by_role("button", name="Quote", exact=True).click()
    expect(body).to_have_value("one two")
    tools.get_by_role("button", name="Note").click()
    page.keyboard.type("By the way.")
    expect(body).to_have_value("one two\n\n> [!note]\n> By the way.")
    assert all(box["height"] >= 24 for box in (b.bounding_box() for b in tools.get_by_role("button").all()))
    assert faults == []


def test_a_link_to_a_step_a_source_and_a_figure_are_chosen_from_lists(visitor: Visitor, faults: list[str], step):
    page = signed_in(visitor())
    body = opened(page, step)
    body.fill("See ")
    page.get_by_role("button", name="Step…").click()
    dialog = page.get_by_role("dialog", name="Link to a step")
    expect(dialog.get_by_label("Search")).to_be_focused()
    page.keyboard.type("one-a")
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("button", name="1.1")).to_be_focused()
    page.keyboard.press("Enter")
    title = Step.objects.get(slug="one-a").title
    expect(body).to_have_value(f"See [{title}](step:one-a)")
    expect(body).to_be_focused()
    page.get_by_role("button", name="Step…").click()
    page.keyboard.type("no such step")
    expect(dialog.get_by_text("No step is called like that.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(body).to_be_focused()
    page.locator("#references-group summary").click()
    page.locator("#id_references-0-uid").fill("knots")
    page.locator("#id_references-0-source").fill("The book of knots")
    page.get_by_role("button", name="Source…").click()
    page.keyboard.press("Enter")
    expect(body).to_have_value(f"See [{title}](step:one-a)[^knots]")
    page.locator("#figures-group summary").click()
    page.locator("#id_figures-0-uid").fill("bend")
    page.get_by_role("button", name="Figure…").click()
    page.keyboard.press("Enter")
    expect(body).to_have_value(f"See [{title}](step:one-a)[^knots]\n\n![](figure:bend)")
    expect(page.locator("#id_body_helptext [data-count]")).to_contain_text("4 words; reading takes")
    assert faults == []


def test_the_page_beside_the_form_follows_what_is_typed(visitor: Visitor, faults: list[str], step):
    page = signed_in(visitor(width=1440))
    body = opened(page, step)
    expect(beside(page)).to_contain_text(step.title)
    body.fill("Something *quite* new.\n\n" + "And a line.\n\n" * 80)
    expect(beside(page).locator("em")).to_have_text("quite")
    frame = page.locator("[data-live-preview] iframe")
    frame.evaluate("f => f.contentDocument.scrollingElement.scrollTop = 400")
    page.locator("#id_title").fill("Another title")
    expect(beside(page).locator("h1")).to_contain_text("Another title")
    assert frame.evaluate("f => f.contentDocument.scrollingElement.scrollTop") == 400
    assert faults == []
    body.fill("See [that](step:nowhere).")
    body.press("End")
    said = page.locator("[data-live-preview] [role=status]")
    expect(said).to_contain_text("Line 1: No step of this course")
    expect(body).to_be_focused()
    expect(beside(page).locator("h1")).to_contain_text("Another title")
    body.fill("Mended.")
    expect(beside(page).get_by_text("Mended.")).to_be_attached()
    expect(said).to_be_empty()
    page.get_by_role("button", name="Hide").click()
    expect(frame).to_be_hidden()
    step.refresh_from_db()
    assert step.body != "Mended."
    page.get_by_role("button", name="Save and continue editing").first.click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    expect(page.get_by_role("button", name="Show", exact=True)).to_be_visible()  # remembered in this tab


def test_what_was_not_saved_is_offered_and_taken_up_with_its_new_rows(visitor: Visitor, faults: list[str], step):
    page = signed_in(visitor())
    body = opened(page, step)
    body.fill("Typed for an hour.")
    page.locator("#id_optional").check()
    page.locator("#questions-group summary").click()
    page.get_by_role("button", name="Add another Reflection question").click()
    page.locator("#id_questions-0-uid").fill("why")
    page.locator("#id_questions-1-uid").fill("how")
    page.locator("#id_questions-1-text").fill("How would you?")
    page.wait_for_function(
        "() => localStorage.getItem('workbench:draft:' + location.pathname)?.includes('How would you')"
    )
    page.on("dialog", lambda dialog: dialog.accept())  # the browser asks before it leaves
    page.goto("/admin/")
    body = opened(page, step)
    expect(body).not_to_have_value("Typed for an hour.")
    expect(page.get_by_text("that were not saved; this browser kept them")).to_be_visible()
    page.get_by_role("button", name="Take them up").click()
    expect(body).to_have_value("Typed for an hour.")
    expect(page.locator("#id_optional")).to_be_checked()
    expect(page.locator("#id_questions-1-text")).to_have_value("How would you?")
    page.locator("#id_questions-0-text").fill("Why?")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    step.refresh_from_db()
    assert step.body == "Typed for an hour." and step.optional
    assert sorted(step.questions.values_list("uid", flat=True)) == ["how", "why"]
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('workbench:draft')).length") == 0
    assert faults == []


def test_a_draft_says_when_the_step_has_changed_since_and_can_be_thrown_away(visitor: Visitor, step):
    page = signed_in(visitor())
    opened(page, step).fill("Mine.")
    page.wait_for_function("() => localStorage.getItem('workbench:draft:' + location.pathname)?.includes('Mine.')")
    page.on("dialog", lambda dialog: dialog.accept())
    Step.objects.filter(pk=step.pk).update(lead="Somebody else's.")
    body = opened(page, step)
    expect(page.get_by_text("What is saved here has changed since.")).to_be_visible()
    page.get_by_role("button", name="Throw them away").click()
    expect(page.get_by_role("button", name="Throw them away")).to_be_hidden()
    expect(body).not_to_have_value("Mine.")
    opened(page, step)
    expect(page.get_by_role("button", name="Take them up")).to_be_hidden()


def test_signing_out_takes_drafts_along_and_a_shared_computer_keeps_none(visitor: Visitor, step):
    page = signed_in(visitor())
    page.on("dialog", lambda dialog: dialog.accept())
    opened(page, step).fill("Mine.")
    page.wait_for_function("() => localStorage.getItem('workbench:draft:' + location.pathname)?.includes('Mine.')")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log out")).to_be_hidden()
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('workbench:')).length") == 0

    page = signed_in(visitor())
    body = opened(page, step)
    page.evaluate("document.querySelector('[data-drafts]').dataset.shared = ''")
    page.route(
        "**/change/",
        lambda route: route.fulfill(
            response=(answer := route.fetch()), body=answer.text().replace("data-drafts", "data-drafts data-shared")
        ),
    )
    page.reload()
    body.fill("Nobody keeps this.")
    page.wait_for_timeout(1500)
    assert page.evaluate("localStorage.length") == page.evaluate(
        "Object.keys(localStorage).filter(k => !k.startsWith('workbench:')).length"
    )


@pytest.mark.parametrize("javascript", [True, False])
def test_an_expired_session_loses_nothing(visitor: Visitor, faults: list[str], step, javascript):
    page = signed_in(visitor(javascript=javascript))
    opened(page, step).fill("Typed for an hour.\n\n<b>And kept.</b>")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_role("heading", name="You were logged out. Nothing is lost.")).to_be_visible()
    expect(page.get_by_role("link", name="Log in (opens in a new tab)")).to_have_attribute("target", "_blank")
    here = page.url
    other = page.context.new_page()
    signed_in(other)
    other.close()
    page.context.clear_cookies(name="csrftoken")  # as signing in changes it
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("heading", name="Nothing is lost: one more press")).to_be_visible()
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    step.refresh_from_db()
    assert step.body == "Typed for an hour.\n\n<b>And kept.</b>" and here.endswith("/change/")
    if javascript:
        assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('workbench:draft')).length") == 0


def test_a_caption_file_is_looked_at_when_it_is_chosen(visitor: Visitor, faults: list[str], step):
    page = signed_in(visitor())
    opened(page, step)
    page.locator("#captions-group summary").click()
    field = page.locator("#id_captions-0-file")
    field.set_input_files({"name": "film.vtt", "mimeType": "text/vtt", "buffer": VTT})
    expect(
        page.get_by_text("Line 3 of the file: This caption ends before it starts.").or_(
            page.get_by_text("Line 3 of the file: this caption ends before it starts")
        )
    ).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.set_input_files({"name": "film.vtt", "mimeType": "text/vtt", "buffer": VTT.replace(b"02.000", b"05.000")})
    expect(page.get_by_text("Nothing is wrong with this file.")).to_be_visible()
    # The page beside the form may have been asked for while the file was wrong.
    assert [fault for fault in faults if "422" not in fault] == []


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_form_is_accessible_and_fits(visitor: Visitor, faults: list[str], step, width, scheme):
    page = signed_in(visitor(width=width, scheme=scheme))
    opened(page, step)
    if width < 1000:
        page.get_by_role("button", name="Show", exact=True).click()
    expect(beside(page)).to_contain_text(step.title)
    assert faults == []
    assert broken_rules(page, within={"exclude": [["iframe"]]}, tags=WCAG) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_javascript_all_can_be_written(visitor: Visitor, step):
    page = signed_in(visitor(javascript=False))
    body = opened(page, step)
    expect(page.get_by_role("toolbar")).to_have_count(0)
    page.get_by_text("Steps that can be linked to").click()
    words = page.locator("[data-linkable] code").first.text_content() or ""
    assert words.endswith("(step:one-a)")
    body.fill(f"See {words}.")
    page.get_by_role("button", name="Save and continue editing").first.click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    expect(page.locator("#id_body_helptext")).to_contain_text("words; reading takes")
    step.refresh_from_db()
    assert step.body == f"See {words}."
