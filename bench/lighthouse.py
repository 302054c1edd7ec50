"""What Google's Lighthouse says of five pages on a simulated slow telephone, as the production server serves them.

    python -m bench.lighthouse --program path/to/node_modules/.bin/lighthouse

Lighthouse is no part of the repository: `npm install lighthouse` in a folder of your own. CHROME_PATH names the browser. Ends with 1
when a page has less than 95 of 100 for performance, accessibility, best practices or SEO.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys

from bench import site

COURSE = "/courses/drug-use-and-harm-reduction/"
PAGES = {
    "landing": "/",
    "outline": f"{COURSE}outline/",
    "article": f"{COURSE}steps/risk-environment/",
    "video": f"{COURSE}steps/one-idea-many-voices/",
    "sign-up": "/accounts/signup/",
}
LEAST = 95
FLAGS = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-sync"


def scores(program: str, address: str) -> dict[str, int]:
    """Each category with its score of 100."""
    browser = os.environ.get("CHROME_PATH") or shutil.which("chromium") or shutil.which("google-chrome") or ""
    command = [program, address, "--quiet", "--output=json", "--output-path=stdout", f"--chrome-flags={FLAGS}"]
    environment = {**os.environ, "CHROME_PATH": browser}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    found = json.loads(done.stdout)["categories"]
    return {name: round((category["score"] or 0) * 100) for name, category in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=shutil.which("lighthouse"))
    options = parser.parse_args()
    if not options.program:
        sys.exit("Lighthouse is not there: npm install lighthouse, then --program node_modules/.bin/lighthouse")
    worst = 100
    with site.folder() as data:
        site.prepare(data)
        with site.serving(data) as served:
            for name, path in PAGES.items():
                found = scores(options.program, f"http://127.0.0.1:{served.port}{path}")
                print(
                    f"{name:>8}: " + ", ".join(f"{category} {score}" for category, score in found.items()), flush=True
                )
                worst = min(worst, *found.values())
    sys.exit(worst < LEAST)


if __name__ == "__main__":
    main()
