"""Pages of educators, moderators and administrators on the smallest screen: nothing sticks out, also with large words, and nothing is
too small for a finger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.models import User
from courses.models import Course
from discussions import moderation
from tests import factories
from tests.browser.accessibility import broken_rules
from tests.browser.sessions import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# WCAG 2.2: 1.4.4 twice the size, 1.4.12 with room between letters, words and lines, 2.5.8 targets of 24 px beside text.
LARGE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:root { font-size: 200% !important }
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }`);
  document.adoptedStyleSheets.push(sheet);
}"""
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
SMALL = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")]
  .filter((e) => e.checkVisibility() && !(e.matches("a") && getComputedStyle(e).display === "inline" && e.closest("p, li, dd, td")))
  .filter((e) => { const box = e.getBoundingClientRect(); return box.width && (box.width < 24 || box.height < 24) && box.right > 0; })
  .map((e) => e.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_for_staff_fit_the_smallest_screen_and_any_finger(
    visitor: Callable[..., Page], course: Course, educator: User, live_server: Any, scheme: str
):
    step = course.steps.order_by("pk")[0]
    for _ in range(2):
        comment = factories.comment(step)
        moderation.report(
            comment=comment, reporter=factories.person(), reason="spam", note="It looks like an advertisement."
        )
    page = visitor(width=320, scheme=scheme)
    log_in(page, educator, live_server.url)
    found = []
    for address in (
        "/moderation/",
        "/moderation/log/",
        f"/moderation/comments/{comment.pk}/",
        f"/educators/{course.slug}/",
        "/admin/",
        "/admin/accounts/user/",
        "/admin/discussions/comment/",
        f"/admin/courses/course/{course.pk}/tree/",
        f"/admin/courses/step/{step.pk}/change/",
    ):
        assert page.goto(address).status == 200  # type: ignore[union-attr]
        found += [f"{address} {broken}" for broken in broken_rules(page, within={"exclude": [["iframe"]]})]
        found += [f"{address} small: {target}" for target in page.evaluate(SMALL)]
        found += [f"{address} too wide"] if page.evaluate(TOO_WIDE) > 0 else []
        page.evaluate(LARGE)
        found += [f"{address} too wide with large words"] if page.evaluate(TOO_WIDE) > 0 else []
    assert found == []
