"""Every page at four widths, light and dark: nothing sticks out, nothing leaves the site, no rule of accessibility is broken."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.management import call_command
from PIL import Image
from playwright.sync_api import Page

from tests import factories
from tests.browser.accessibility import broken_rules

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COURSE = "/courses/drug-use-and-harm-reduction/"
PAGES = [
    "/",
    f"{COURSE}outline/",
    f"{COURSE}sources/",
    f"{COURSE}glossary/",
    f"{COURSE}resources/",
    f"{COURSE}steps/risk-environment/",
    f"{COURSE}steps/one-idea-many-voices/",
    f"{COURSE}steps/global-picture/",
    f"{COURSE}steps/prison/",
    f"{COURSE}steps/quiz-week-1/",
    "/support/",
    "/guidelines/",
    "/privacy/",
    "/accessibility/",
    "/safety/",
    "/accounts/recover/",
    "/accounts/signup/",
    "/accounts/login/",
    "/nowhere/",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_and_keep_the_rules_of_accessibility(
    visitor: Callable[..., Page], faults: list[str], transactional_db: None, scheme: str
):
    call_command("load_course", "drug-use-and-harm-reduction", verbosity=0)
    found = []
    for width in (1440, 768, 390, 320):
        page = visitor(width=width, scheme=scheme)
        for path in PAGES:
            page.goto(path)
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found += [f"{path} is {wide} px too wide at {width}"] if wide > 0 else []
            found += [f"{path} {broken}" for broken in broken_rules(page)] if width in (1440, 390) else []
    assert found == []
    assert [fault for fault in faults if "404" not in fault] == []


@pytest.mark.parametrize(
    ("system", "chosen", "is_dark"), [("light", "", False), ("light", "dark", True), ("dark", "light", False)]
)
def test_drawings_follow_the_colours_of_the_page(
    visitor: Callable[..., Page], transactional_db: None, system: str, chosen: str, is_dark: bool
):
    call_command("load_course", "drug-use-and-harm-reduction", verbosity=0)
    page = visitor(scheme=system)
    page.goto("/")
    if chosen:
        page.context.add_cookies([{"name": "scheme", "value": chosen, "url": page.url}])
    page.goto(f"{COURSE}steps/risk-environment/")
    drawing = page.locator(".prose figure img").first
    drawing.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth", arg=drawing.element_handle())

    ground = Image.open(io.BytesIO(drawing.screenshot())).convert("L").getpixel((12, 40))

    assert (ground < 80) == is_dark  # type: ignore[operator]


LONG = """\
A-word-of-a-hundred-signs-{word} and `code-{word}`.

```
{code}
```

| One | Two | Three |
|---|---|---|
| {code} | https://example.org/{word} | {code} |

> [!figures] Source.
> - 3 | {word}
"""


@pytest.mark.parametrize("width", [320, 390])
def test_no_text_makes_the_page_wider_than_the_phone(visitor: Callable[..., Page], transactional_db: None, width: int):
    words = LONG.format(word="x" * 100, code="how to install it, " * 10)
    step = factories.step(factories.topic(factories.week(factories.course())), body=words)
    factories.comment(step, body=f"```\n{'how to install it, ' * 10}\n```\n{'x' * 100}")
    page = visitor(width=width)
    page.goto(step.get_absolute_url())
    assert page.locator("pre").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= width
