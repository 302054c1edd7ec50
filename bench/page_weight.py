"""What a step page weighs on the wire: the first visit with an empty cache, and the next step after it.

    python -m bench.page_weight [--json]

The production server is started with the built-in course; Chromium opens the pages, and the bytes that came over the line are added up,
headers included. Requests that leave the site are counted too: there must be none. Then every step's HTML and stylesheets alone,
compressed: the heaviest as a visitor gets it, and the same with a whole page of comments, for somebody who is signed in.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import shutil
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bench import site

FIRST = "/courses/drug-use-and-harm-reduction/steps/risk-environment/"
NEXT = "/courses/drug-use-and-harm-reduction/steps/global-picture/"
VIDEO = "/courses/drug-use-and-harm-reduction/steps/one-idea-many-voices/"


def weigh(page: Any, address: str) -> dict[str, int]:
    """Bytes on the wire of one visit, by kind of thing, pictures that come into view as one scrolls included."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    kinds: dict[str, str] = {}
    cached: set[str] = set()
    weight: dict[str, int] = {}
    session.on("Network.responseReceived", lambda e: kinds.__setitem__(e["requestId"], e["type"]))
    session.on("Network.requestServedFromCache", lambda e: cached.add(e["requestId"]))

    def finished(event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"], "Other")
        if event["requestId"] not in cached:
            weight[kind] = weight.get(kind, 0) + int(event["encodedDataLength"])

    session.on("Network.loadingFinished", finished)
    page.goto(address)
    page.evaluate("for (const picture of document.images) picture.loading = 'eager'")
    page.wait_for_load_state("networkidle")
    session.detach()
    return weight


def in_a_browser(base: str) -> tuple[dict[str, Any], list[str]]:
    """The weights of visits by kind of thing, and the addresses of other sites that were asked for."""
    with sync_playwright() as playwright:
        found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        page = browser.new_context(base_url=base).new_page()
        outside: list[str] = []
        page.on("request", lambda r: None if r.url.startswith((base, "data:")) else outside.append(r.url))
        result: dict[str, Any] = {"first": weigh(page, FIRST), "next": weigh(page, NEXT), "video": weigh(page, VIDEO)}
        browser.close()
    return result, outside


def words_and_looks(base: str, path: str, cookie: str = "", take: str = "gzip") -> int:
    """Compressed bytes of a page and of the stylesheets it names."""

    def fetch(address: str) -> tuple[bytes, bool]:
        request = urllib.request.Request(base + address, headers={"Accept-Encoding": take, "Cookie": cookie})
        with urllib.request.urlopen(request) as answer:
            return answer.read(), answer.headers["Content-Encoding"] == "gzip"

    page, packed = fetch(path)
    text = (gzip.decompress(page) if packed else page).decode()
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
    return len(page) + sum(len(fetch(sheet)[0]) for sheet in sheets)


def fill_with_talk(slug: str) -> str:
    """A whole page of comments, each in other words, half of them answered, on a step; gives a learner's cookie."""
    from bench import people
    from courses.content import rendering
    from discussions.models import Comment

    _path, cookie = people.fill(comments=60, slug=slug, people=40)
    dice = random.Random(7)  # noqa: S311 - for text, not for secrets
    files = sorted((Path(__file__).parents[1] / "content").rglob("*.md"))
    known = re.findall(r"[A-Za-z]{2,}", " ".join(file.read_text() for file in files))
    for comment in Comment.objects.all():
        comment.body = " ".join(dice.choices(known, k=dice.choice((15, 30, 45))))
        comment.body_html = rendering.render_comment(comment.body)
        comment.save()
    return cookie


def measure() -> dict[str, Any]:
    with site.folder() as data:
        site.prepare(data)
        from courses.models import Step

        steps = {step.get_absolute_url(): step.slug for step in Step.objects.select_related("course")}
        with site.serving(data) as served:
            base = f"http://127.0.0.1:{served.port}"
            result, outside = in_a_browser(base)
            weights = {path: words_and_looks(base, path) for path in steps}
            heaviest = max(weights, key=lambda path: weights[path])
            result["text"] = {"steps": len(weights), "heaviest": heaviest, "bytes": weights[heaviest]}
            result["text"]["bytes with brotli"] = words_and_looks(base, heaviest, take="gzip, br")
            cookie = fill_with_talk(steps[heaviest])
            result["text"]["bytes with a page of comments, signed in"] = words_and_looks(base, heaviest, cookie)
    return {**result, "outside": outside}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure()
    if options.json:
        print(json.dumps(result))
        return
    for name in ("first", "next", "video"):
        parts = ", ".join(f"{kind} {size / 1000:.1f}" for kind, size in result[name].items())
        print(f"{name:>6}: {sum(result[name].values()) / 1000:6.1f} kB on the wire ({parts})")
    for name, value in result["text"].items():
        print(f"HTML and CSS, compressed: {name}: {value}")
    print(f"requests that left the site: {len(result['outside'])}")


if __name__ == "__main__":
    main()
