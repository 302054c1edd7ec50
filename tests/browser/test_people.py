"""Liking, muting and being told in a real browser: with JavaScript nothing reloads and the focus stays; without it all of it works."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from courses.models import Step
from discussions.models import Comment, Like
from tests import factories
from tests.browser.accessibility import broken_rules

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADDRESS = "/courses/harbour/steps/one-a/"
Visitor = Callable[..., Page]


@pytest.fixture
def comment(course) -> Comment:
    return factories.comment(Step.objects.get(slug="one-a"), factories.person("Noor"), "Words to like.")


def signed_in(page: Page, handle: str, to: str = ADDRESS) -> Page:
    page.goto(f"/accounts/login/?next={to}")
    page.get_by_label("Name you chose").fill(handle)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.locator("main").get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(f"**{to}")
    return page


def test_a_like_keeps_the_page_the_focus_and_is_said(visitor: Visitor, faults: list[str], learner, comment):
    page = signed_in(visitor(width=390), "Heron")
    page.evaluate("window.same = true")
    like = page.get_by_role("button", name="Like 1 the comment by Noor").or_(
        page.get_by_role("button", name="Like the comment by Noor")
    )
    like.focus()
    page.keyboard.press("Enter")
    expect(like).to_have_attribute("aria-pressed", "true")
    expect(like).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="You like this.")).to_be_attached()
    assert page.evaluate("window.same") and Like.objects.count() == 1
    page.keyboard.press("Enter")
    expect(like).to_have_attribute("aria-pressed", "false")
    expect(like).to_be_focused()
    assert page.evaluate("window.same") and not Like.objects.exists()
    assert faults == []


def test_without_javascript_a_like_a_mute_and_a_notification_work(visitor: Visitor, learner, comment):
    page = signed_in(visitor(javascript=False), "Heron")
    page.get_by_role("button", name="Like the comment by Noor").click()
    expect(page.get_by_role("button", name="Like 1 the comment by Noor")).to_have_attribute("aria-pressed", "true")
    page.locator(f"#acts-{comment.pk} summary").click()
    page.get_by_role("button", name="Mute Noor").click()
    expect(page.get_by_text("A comment by someone you muted. Show it")).to_be_visible()
    expect(page.get_by_text("Words to like.")).to_be_hidden()
    page.get_by_text("A comment by someone you muted. Show it").click()
    expect(page.get_by_text("Words to like.")).to_be_visible()

    mine = factories.comment(comment.step, learner, "My question.")
    factories.comment(comment.step, factories.person("Tern"), "An answer for you.", parent=mine)
    page.reload()
    page.get_by_role("link", name="Notifications 1 new").click()
    page.get_by_role("button", name="Tern replied to you").click()
    expect(page.get_by_text("An answer for you.")).to_be_visible()
    assert User.objects.get(pk=learner.pk).unread_notifications == 0


def test_a_name_is_completed_from_the_conversation_by_keyboard(visitor: Visitor, faults: list[str], learner, comment):
    factories.comment(comment.step, factories.person("salt and thyme"), parent=comment)
    page = signed_in(visitor(), "Heron")
    page.get_by_role("link", name="Reply to Noor").click()
    box = page.get_by_label("Your reply to Noor")
    expect(box).to_be_focused()
    page.keyboard.type("I agree, @")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_text(["salt and thyme", "Noor"])
    page.keyboard.type("N")
    expect(page.get_by_role("option", selected=True)).to_have_text("Noor")
    page.keyboard.press("Enter")
    expect(box).to_have_value("I agree, @Noor ")
    page.keyboard.type("and @s")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.type("alt")
    page.get_by_role("option", name="salt and thyme").click()
    expect(box).to_have_value("I agree, @Noor and @salt and thyme ")
    expect(box).to_be_focused()
    page.get_by_role("button", name="Post reply").click()
    expect(page.locator(".replies").get_by_text("I agree, @Noor and @salt and thyme")).to_be_visible()
    assert sorted(User.objects.exclude(unread_notifications=0).values_list("handle", flat=True)) == [
        "Noor",
        "salt and thyme",
    ]
    assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_ones_own_fit_and_keep_the_rules_of_accessibility(
    visitor: Visitor, faults: list[str], learner, comment, scheme: str
):
    mine = factories.comment(comment.step, learner, "My question.")
    factories.comment(comment.step, factories.person("Tern"), "An answer for you. " * 12, parent=mine)
    found = []
    page = signed_in(visitor(scheme=scheme), "Heron")
    for width in (1440, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        for path in ("/notifications/", "/notifications/settings/", "/courses/harbour/my-comments/", ADDRESS):
            page.goto(path)
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found += [f"{path} is {wide} px too wide at {width}"] if wide > 0 else []
            tall = page.locator(".masthead").evaluate("e => e.offsetHeight")
            found += [f"{path}: the masthead is {tall} px high at {width}"] if tall > 80 else []
            found += [f"{path} {broken}" for broken in broken_rules(page)] if width != 320 else []
    assert found == []
    assert faults == []
