"""The workbench in a real browser: edit, preview, publish, restore; two educators at one form; files and admin at one step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from courses import history, publishing
from courses.models import Course, Step
from tests import factories
from tests.browser.accessibility import WCAG, broken_rules
from tests.browser.sessions import log_in
from tests.courses.content.course_files import WELCOME, CourseFiles

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]


@pytest.fixture
def at_work(visitor: Visitor, live_server) -> Callable[..., Page]:
    """A browser in which this educator is signed in already."""

    def opened(handle: str, **how) -> Page:
        page = visitor(**how)
        log_in(page, factories.educator(handle), live_server.url)
        return page

    return opened


def form_of(row) -> str:
    return f"/admin/courses/{type(row).__name__.lower()}/{row.pk}/change/"


def save(page: Page, button: str = "Save and continue editing") -> None:
    page.get_by_role("button", name=button, exact=True).first.click()


def test_an_educator_edits_previews_publishes_and_restores(at_work, visitor, faults, course):
    step = Step.objects.get(slug="one-a")
    publishing.unpublish(rows=[step])
    page = at_work("Noor", width=390)
    page.goto(form_of(step))
    page.locator("#id_body").fill("Words that went **wrong**.")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Preview", exact=True).first.click()
    expect(opened.value.get_by_text("Words that went wrong.")).to_be_visible()
    opened.value.close()
    save(page, "Save and publish")
    expect(page.locator(".messagelist .success")).to_contain_text("was changed successfully")
    reader = visitor()
    reader.goto(step.get_absolute_url())
    expect(reader.get_by_text("Words that went wrong.")).to_be_visible()
    page.goto(form_of(step))
    page.locator(".object-tools").get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="History of", exact=False).first).to_be_visible()
    page.get_by_role("link", name="As it was before that").last.click()
    expect(page.locator("ins", has_text="plain").first).to_be_visible()
    assert faults == []
    assert broken_rules(page, within="#content-main", tags=WCAG) == []
    faults.clear()  # axe styles elements, and asks for stylesheets beside the page
    page.get_by_role("button", name="Restore what is ticked").click()
    expect(page.locator(".messagelist .success")).to_contain_text("Restored")
    reader.goto(step.get_absolute_url())
    expect(reader.get_by_text("Some plain words.")).to_be_visible()
    step.refresh_from_db()
    assert step.published and "Words that went **wrong**." in {r.fields["body"] for r in history.revisions_of(step)}
    assert faults == []


def test_two_educators_collide_without_javascript_and_both_texts_survive(at_work, course):
    step = Step.objects.get(slug="one-a")
    first, second = at_work("Noor", javascript=False), at_work("Ines", javascript=False)
    for page in (first, second):
        page.goto(form_of(step))
    first.locator("#id_body").fill("What Noor wrote.")
    first.locator("#id_lead").fill("Noor's lead.")
    save(first)
    expect(first.locator(".messagelist .success")).to_be_visible()
    second.locator("#id_body").fill("What Ines wrote.")
    save(second)
    expect(second.get_by_role("heading", name="Somebody else changed this meanwhile")).to_be_visible()
    step.refresh_from_db()
    assert step.body == "What Noor wrote."
    expect(second.locator("#id_body")).to_have_value("What Ines wrote.")
    expect(second.get_by_role("checkbox", name="Take theirs: lead")).to_be_checked()
    expect(second.get_by_role("checkbox", name="Take theirs: body")).not_to_be_checked()
    save(second)
    expect(second.locator(".messagelist .success")).to_be_visible()
    step.refresh_from_db()
    assert (step.body, step.lead) == ("What Ines wrote.", "Noor's lead.")
    second.goto(f"/admin/courses/step/{step.pk}/history/")
    expect(second.locator("table.versions")).to_contain_text("Noor")
    assert "What Noor wrote." in {r.fields["body"] for r in history.revisions_of(step)}


def test_files_and_admin_meet_at_one_step_and_the_page_resolves_it(at_work, tmp_path: Path, settings):
    settings.CONTENT_DIR, settings.DATA_DIR = tmp_path / "content", tmp_path / "data"
    files = CourseFiles(settings.CONTENT_DIR)
    files.load()
    step, course = Step.objects.get(title="Welcome"), Course.objects.get()
    page = at_work("Noor", javascript=False)
    page.goto(form_of(step))
    page.locator("#id_title").fill("Welcome, says Noor")
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    files.change(WELCOME, "title: Welcome", "title: Welcome, says git")
    page.goto(f"/admin/courses/course/{course.pk}/files/")
    expect(page.locator(".difference").first).to_contain_text("Welcome, says git")
    page.get_by_label("Take what the files say").first.check()
    page.get_by_role("button", name="Load it").click()
    expect(page.locator(".messagelist .success")).to_contain_text("Loaded.")
    step.refresh_from_db()
    assert step.title == "Welcome, says git"
    titles = [revision.fields["title"] for revision in history.revisions_of(step)]
    assert titles == ["Welcome, says git", "Welcome, says Noor", "Welcome"]
    assert [history.revisions_of(step).first().source, history.revisions_of(step)[1].author.handle] == ["files", "Noor"]


@pytest.mark.parametrize("width", [390, 320])
def test_the_roles_of_a_course_fit_a_phone(at_work, course, width):
    factories.helper(course, "educator", "Somebody with a long name")
    page = at_work("Noor", width=width)
    page.goto(form_of(course))
    roles = page.locator("#roles-group")
    for field in (
        page.locator("#id_roles-0-handle"),
        page.locator("#id_roles-0-role"),
        page.locator("#id_roles-0-DELETE"),
    ):
        field.scroll_into_view_if_needed()
        box = field.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= width
    assert roles.evaluate("group => group.scrollWidth <= group.clientWidth")
