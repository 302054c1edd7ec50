"""What a step page weighs on the wire: the first visit with an empty cache, and the next step after it.

    python -m bench.page_weight [--json]

The production server is started with the built-in course; Chromium opens the pages, and the bytes that came over the line are added up,
headers included. Requests that leave the site are counted too: there must be none.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
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


def measure() -> dict[str, Any]:
    with site.folder() as data:
        site.prepare(data)
        with site.serving(data) as served, sync_playwright() as playwright:
            found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
            flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
            browser = playwright.chromium.launch(executable_path=found, args=flags)
            base = f"http://127.0.0.1:{served.port}"
            page = browser.new_context(base_url=base).new_page()
            outside: list[str] = []
            page.on("request", lambda r: None if r.url.startswith((base, "data:")) else outside.append(r.url))
            result = {"first": weigh(page, FIRST), "next": weigh(page, NEXT), "video": weigh(page, VIDEO)}
            browser.close()
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
    print(f"requests that left the site: {len(result['outside'])}")


if __name__ == "__main__":
    main()
