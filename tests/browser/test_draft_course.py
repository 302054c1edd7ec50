"""A reviewer without an account reads a draft course from its landing page to its last step: on a phone, without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from courses import draft_links
from courses.models import Completion
from tests.courses.drafts import ORDER, draft_course

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_reviewer_reads_a_draft_course_to_its_end_on_a_phone_without_a_script(
    visitor: Callable[..., Page], faults: list[str], transactional_db: None
):
    link = draft_links.link_to(draft_course(), days=1)
    page = visitor(javascript=False, width=390)

    def sent(request: Request) -> None:
        if "/drafts/" in request.headers.get("referer", ""):
            faults.append(f"told where it was: {request.url}, {request.headers}")

    page.on("request", sent)
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Course harbour")
    expect(page.get_by_role("note", name="Draft")).to_contain_text("nothing can be written here")
    assert fits(page)
    page.get_by_role("link", name="See the whole course").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Outline")
    assert fits(page)
    page.get_by_role("link", name="Title of one-a").click()
    for place, slug in enumerate(ORDER, start=1):
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Title of {slug}")
        expect(page.get_by_role("note", name="Draft")).to_be_visible()
        assert fits(page), slug
        assert page.locator("form").count() == 0
        if place < len(ORDER):
            page.get_by_role("navigation", name="Step navigation").locator("[rel=next]").click()
    page.get_by_role("link", name="The end").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Outline")
    page.get_by_role("link", name="Where the numbers come from").click()
    expect(page.get_by_text("UNAIDS", exact=False).first).to_be_visible()
    expect(page).to_have_url(re.compile(re.escape(link)))
    assert fits(page) and not Completion.objects.exists()
    assert faults == []
