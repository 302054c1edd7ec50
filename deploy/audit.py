"""Ask whether a locked library has a known weakness, and fail when that could not be asked.

    python -m deploy.audit            (make audit)

pip-audit alone leaves out what the advisory service does not know and still ends well. Here every library of every lock file must have
been looked up; when the service cannot be reached, or one library was left out, this ends with 2 and says so.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.txt", "requirements-production.txt", "requirements-dev.txt")
FOUND, NOT_ASKED = 1, 2


def locked(lock: Path) -> set[str]:
    """The libraries of a lock file, by their normal names; those for other systems (with a marker) too."""
    names = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", lock.read_text(), flags=re.M)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def ask(lock: Path) -> tuple[str, int]:
    """What pip-audit writes about a lock file (JSON), and how it ended."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--disable-pip",
        "--require-hashes",
        "--format",
        "json",
        "-r",
        str(lock),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if not done.stdout.strip():
        print(done.stderr.strip()[-2000:], file=sys.stderr)
    return done.stdout, done.returncode


def judged(answer: str, wanted: set[str]) -> tuple[list[str], list[str]]:
    """(weaknesses, libraries that were not looked up). Raises ValueError when the answer cannot be read."""
    found = json.loads(answer)["dependencies"]
    looked_up = {re.sub(r"[-_.]+", "-", d["name"]).lower() for d in found if "skip_reason" not in d}
    weak = [
        f"{d['name']} {d['version']}: {w['id']}"
        + (f", mended in {', '.join(w['fix_versions'])}" if w["fix_versions"] else "")
        for d in found
        for w in d.get("vulns", ())
    ]
    return weak, sorted(wanted - looked_up)


def main() -> int:
    worst = 0
    for name in LOCKS:
        lock = ROOT / name
        answer, _code = ask(lock)
        try:
            weak, left_out = judged(answer, locked(lock))
        except (ValueError, KeyError, TypeError):
            print(
                f"{name}: COULD NOT BE ASKED. The advisory service was not reached, so this says nothing about safety."
            )
            worst = max(worst, NOT_ASKED)
            continue
        for line in weak:
            print(f"{name}: {line}")
            worst = max(worst, FOUND)
        if left_out:
            print(f"{name}: NOT LOOKED UP: {', '.join(left_out)}")
            worst = max(worst, NOT_ASKED)
        if not weak and not left_out:
            print(f"{name}: {len(locked(lock))} libraries looked up, no known weakness.")
    return worst


if __name__ == "__main__":
    sys.exit(main())
