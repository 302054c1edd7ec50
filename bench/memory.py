"""Whether a worker's memory stays flat: one worker answers many requests, and its resident size is read on the way.

    python -m bench.memory [--requests 100000]

Half of the requests are a signed-in learner's step pages, half anonymous ones, over all steps of the built-in course, so that every
shared page is made and kept. The first tenth warms up; what counts is the growth from there to the end.
"""

from __future__ import annotations

import argparse
import http.client
import sys
from pathlib import Path

from bench import site


def resident(pid: int) -> float:
    """MB of memory of the largest process of a server: its worker."""
    children = [int(p) for c in Path(f"/proc/{pid}/task").glob("*/children") for p in c.read_text().split()]
    sizes = [
        int(line.split()[1]) / 1024
        for child in children or [pid]
        for line in Path(f"/proc/{child}/status").read_text().splitlines()
        if line.startswith("VmRSS")
    ]
    return max(sizes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    options = parser.parse_args()
    with site.folder() as data:
        site.prepare(data)
        from bench.people import fill
        from courses.models import Step

        _path, cookie = fill(comments=200, people=20)
        paths = [step.get_absolute_url() for step in Step.objects.select_related("course")]
        with site.serving(data, workers=1) as served:
            line = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
            sizes = []
            for n in range(options.requests):
                line.request("GET", paths[n // 2 % len(paths)], headers={"Cookie": cookie} if n % 2 else {})
                answer = line.getresponse()
                answer.read()
                if answer.status != 200:
                    sys.exit(f"unexpected answer: {answer.status}")
                if n % max(1, options.requests // 10) == 0:
                    sizes.append(resident(served.pid))
            sizes.append(resident(served.pid))
    print("MB after each tenth: " + " ".join(f"{size:.0f}" for size in sizes))
    print(f"{options.requests:,} requests: {sizes[-1] / sizes[1]:.3f} times what it was after the first tenth")


if __name__ == "__main__":
    main()
