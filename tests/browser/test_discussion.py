"""Two people talk under a step: one at a desk, one on a phone, one without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from courses.models import Step
from discussions.models import Comment
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
ADDRESS = "/courses/harbour/steps/one-a/"


@pytest.fixture(autouse=True)
def _no_pauses(settings: Any) -> None:
    settings.WRITE_LIMITS = False


@pytest.fixture
def step(transactional_db: Any) -> Step:
    return factories.small_course().steps.get(slug="one-a")


def sign_in(page: Page, handle: str) -> Page:
    factories.person(handle)
    page.goto(f"/accounts/login/?next={ADDRESS}")
    page.fill("[name=login]", handle)
    page.fill("[name=password]", factories.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**{ADDRESS}*")
    return page


def write(page: Page, words: str, box: str = "composer") -> None:
    page.fill(f"#{box}-text", words)
    page.locator(f"#{box} .btn--main").click()


def test_two_people_talk_without_a_new_page(step, visitor, faults):
    desk, phone = sign_in(visitor(), "Heron"), sign_in(visitor(width=390), "Wren")
    desk.evaluate("window.stayed = true")
    write(desk, "Does anyone open at *night*?")
    comment = desk.locator(".comment", has_text="Does anyone open at night?")
    expect(comment).to_be_focused()
    expect(desk.locator("#composer-text")).to_have_value("")
    expect(desk.locator("[role=status]").first).to_contain_text("Posted.")
    expect(desk.locator("#discussion-count")).to_have_text("1")
    assert desk.evaluate("window.stayed")

    phone.reload()
    first = Comment.objects.get()
    phone.evaluate("window.stayed = true")
    phone.locator(f"#acts-{first.pk} a", has_text="Reply").click()
    expect(phone.locator(f"#composer-{first.pk}-text")).to_be_focused()
    write(phone, "We do, until two.", f"composer-{first.pk}")
    reply = phone.locator(f"#replies-{first.pk} .comment")
    expect(reply).to_be_focused()
    expect(reply).to_contain_text("We do, until two.")
    expect(phone.locator(f"#composer-{first.pk}")).to_have_count(0)
    assert phone.evaluate("window.stayed") and phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # And one without a script, who answers the answer on a page of its own.
    bare = sign_in(visitor(javascript=False), "Finch")
    bare.locator(f"#replies-{first.pk} a", has_text="Reply").first.click()
    second = Comment.objects.get(root=first)
    write(
        bare, "Good to know.", f"composer-{second.pk}" if bare.locator(f"#composer-{second.pk}").count() else "composer"
    )
    bare.wait_for_url("**#c-*")
    expect(bare.locator(f"#replies-{first.pk} .comment").nth(1)).to_contain_text("in reply to Wren")
    assert faults == []


def test_what_is_refused_keeps_its_words_and_the_focus_goes_to_the_reason(step, visitor, faults):
    page = sign_in(visitor(), "Heron")
    write(page, "Ring me on 07700 900123.")
    asked = page.locator("#composer [role=alert]")
    expect(asked).to_be_focused()
    expect(asked.locator("mark")).to_have_text("07700 900123")
    expect(page.locator("#composer-text")).to_have_value("Ring me on 07700 900123.")
    assert not Comment.objects.exists()
    page.locator("#composer button[name=anyway]").click()
    expect(page.locator(".comment", has_text="07700 900123")).to_be_visible()
    assert Comment.objects.count() == 1
    assert [f for f in faults if "422" not in f] == []


def test_a_draft_outlives_a_lost_connection_and_a_new_page(step, visitor):
    page = sign_in(visitor(), "Heron")
    page.fill("#composer-text", "Half a thought")
    expect(page.locator("#composer-help")).to_contain_text("1,986 characters left")
    page.reload()
    expect(page.locator("#composer-text")).to_have_value("Half a thought")
    page.context.set_offline(True)
    page.locator("#composer .btn--main").click()
    page.wait_for_timeout(500)
    page.context.set_offline(False)
    page.goto(ADDRESS)
    expect(page.locator("#composer-text")).to_have_value("Half a thought")
    page.locator("#composer .btn--main").click()
    expect(page.locator(".comment", has_text="Half a thought")).to_be_visible()
    page.reload()
    expect(page.locator("#composer-text")).to_have_value("")
    assert Comment.objects.count() == 1


def test_more_comments_are_added_below_and_the_reading_goes_on(step, visitor, faults):
    author = factories.person("Wren")
    for i in range(45):
        factories.comment(step, author, f"Number {i}.")
    page = visitor()
    page.goto(f"{ADDRESS}#discussion")
    for shown in (40, 45):
        page.locator("#pager [rel=next]").click()
        expect(page.locator("#comments > .comment")).to_have_count(shown)
    expect(page.locator("#comments > .comment").nth(40)).to_be_focused()
    expect(page.locator("#pager [rel=next]")).to_have_count(0)
    oldest = Comment.objects.order_by("pk").first()
    page.goto(f"{ADDRESS}comments/{oldest.pk}/")
    expect(page.locator(f"#c-{oldest.pk}")).to_be_focused()
    expect(page.locator(f"#c-{oldest.pk}")).to_be_in_viewport()
    assert faults == []
