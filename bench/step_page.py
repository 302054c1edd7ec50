"""Step page of a signed-in learner with 1,000 comments on the step, as a ratio to a bare view that returns the same bytes.

    python -m bench.step_page [--seconds 4] [--rounds 5] [--comments 1000]

The bare view goes through the same middleware with the same session and user loaded. Both are asked in turn, round after round, in one
run of one server; the ratio of each round and their median are printed, for pages with and without compression.
"""

from __future__ import annotations

import argparse
import statistics
from urllib.request import Request, urlopen

from bench import load, site


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--comments", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=8)
    options = parser.parse_args()
    with site.folder() as data:
        site.prepare(data)
        from bench.people import fill

        path, cookie = fill(comments=options.comments)
        with site.serving(data) as served:
            page = urlopen(Request(f"http://127.0.0.1:{served.port}{path}", headers={"Cookie": cookie})).read()
            (data / "bench-page.html").write_bytes(page)
            print(f"{len(page):,} bytes, {options.comments:,} comments on the step, {options.connections} connections")
            for gzip in (True, False):
                ask = {"seconds": options.seconds, "connections": options.connections, "gzip": gzip}
                load.ask(served.port, path, cookie, **{**ask, "seconds": 1})
                ratios = []
                for _ in range(options.rounds):
                    bare, _times = load.ask(served.port, "/bench/bare/", cookie, **ask)
                    step, times = load.ask(served.port, path, cookie, **ask)
                    anonymous, _times = load.ask(served.port, path, "", **ask)
                    ratios.append(step / bare)
                    print(
                        f"  bare {bare:7.0f}/s   step {step:7.0f}/s   ratio {step / bare:.2f}   anonymous {anonymous / bare:.2f}"
                        f"   p50 {times[len(times) // 2] * 1000:.1f} ms   p99 {times[int(len(times) * 0.99)] * 1000:.1f} ms"
                    )
                print(f"{'gzip' if gzip else 'plain'}: median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
