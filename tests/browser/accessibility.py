"""The rules of accessibility, as axe looks for them in a page that is open."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def broken_rules(page: Page, *, within: Any = None, tags: list[str] | None = None) -> list[str]:
    """The name of each rule that is broken and the element that breaks it, in the page or a part of it (axe's context).

    What moves is brought to its end first: on its way from one colour to another a button is as hard to read as it looks.
    """
    page.evaluate("document.getAnimations().forEach((moving) => moving.finish())")
    options = {"runOnly": tags or [*WCAG, "best-practice"]}
    found = Axe().run(page, context=within, options=options).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]
