"""A step page stays light: measured on the wire, on the production server, by the benchmark that anyone can run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from harmreduction.static_bundle import squeezed

FIRST_VISIT, LATER_VISIT = 120_000, 25_000  # bytes
WORDS_AND_LOOKS = 25_000  # of the heaviest step of the built-in course: HTML and CSS, compressed
WITH_COMMENTS = 37_000  # the same with a whole page of comments, for somebody who is signed in
ROOT = Path(__file__).parents[2]


@pytest.mark.browser
def test_a_step_page_weighs_little_at_first_and_less_later():
    run = subprocess.run(
        [sys.executable, "-m", "bench.page_weight", "--json"], capture_output=True, text=True, check=True
    )
    weight = json.loads(run.stdout.splitlines()[-1])
    assert sum(weight["first"].values()) <= FIRST_VISIT
    assert sum(weight["next"].values()) <= LATER_VISIT
    assert sum(weight["video"].values()) <= LATER_VISIT
    assert weight["outside"] == []
    assert weight["text"]["steps"] > 40
    assert weight["text"]["bytes"] <= WORDS_AND_LOOKS
    assert weight["text"]["bytes with a page of comments, signed in"] <= WITH_COMMENTS


# As the browser understood them; custom properties and conditions are given back as they were written, space and all.
RULES = """words => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(words);
  return [...sheet.cssRules].map(rule => rule.cssText.replace(/([:,]) +/g, "$1"));
}"""


@pytest.mark.browser
def test_the_squeezed_stylesheet_says_what_its_parts_say(page):
    words = b"\n".join((ROOT / "static" / part).read_bytes() for part in settings.STYLESHEET_BUNDLE[1])
    less = squeezed(words)
    assert len(less) < len(words) * 0.9
    found = page.evaluate(RULES, words.decode())
    assert len(found) > 5 and page.evaluate(RULES, less.decode()) == found
