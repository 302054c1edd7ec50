"""All that is measured, in one report with short settings: about ten minutes on two cores.

    python -m bench            (or `make bench`)

Each can be run by itself and for longer: `python -m bench.growth --full`, `python -m bench.memory --requests 100000`, and so on; each
says at its top what it does. Ends with 1 when one of them found something to cost more than it may.
"""

from __future__ import annotations

import subprocess
import sys
import time

SHORT = {
    "step_page": "--seconds 2 --rounds 3",
    "page_weight": "",
    "discussion": "--sizes 100 1000 --rounds 9",
    "pages": "--rounds 3",
    "growth": "--rounds 3",
    "dashboard": "--learners 5000 --completions 50000 --comments 5000",
    "memory": "--requests 10000",
}


def main() -> None:
    failed = []
    for name, options in SHORT.items():
        print(f"\n== bench.{name} {options}", flush=True)
        started = time.monotonic()
        if subprocess.run([sys.executable, "-m", f"bench.{name}", *options.split()], check=False).returncode:
            failed.append(name)
        print(f"({time.monotonic() - started:.0f} s)", flush=True)
    sys.exit(f"too much: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
