"""Step page of signed-in learners with 1,000 comments on the step, as a ratio to a bare view that returns the same bytes.

    python -m bench.step_page [--seconds 4] [--rounds 5] [--comments 1000] [--learners 8] [--connections 8]

The bare view goes through the same middleware with the same session and user loaded. Both are asked in turn, round after round, in one
run of one server, by learners who each finished other steps and like other comments; printed are the ratio of each round and the
median, for pages with and without compression.
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
    parser.add_argument("--learners", type=int, default=8)
    parser.add_argument("--connections", type=int, default=8)
    options = parser.parse_args()
    with site.folder() as data:
        site.prepare(data)
        from bench.people import differing, fill

        path, cookie = fill(comments=options.comments)
        cookies = differing(options.learners)
        with site.serving(data) as served:
            page = urlopen(Request(f"http://127.0.0.1:{served.port}{path}", headers={"Cookie": cookie})).read()
            (data / "bench-page.html").write_bytes(page)
            print(f"{len(page):,} bytes, {options.comments:,} comments on the step, {options.connections} connections")
            for gzip in (True, False):
                ask = {"seconds": options.seconds, "connections": options.connections, "gzip": gzip}
                load.ask(served.port, path, *cookies, **{**ask, "seconds": 1})
                ratios, without_account = [], []
                for _ in range(options.rounds):
                    bare, _times = load.ask(served.port, "/bench/bare/", *cookies, **ask)
                    step, times = load.ask(served.port, path, *cookies, **ask)
                    anonymous, _times = load.ask(served.port, path, **ask)
                    ratios.append(step / bare)
                    without_account.append(anonymous / bare)
                    print(
                        f"  bare {bare:7.0f}/s   step {step:7.0f}/s   ratio {step / bare:.2f}   anonymous {anonymous / bare:.2f}"
                        f"   p50 {times[len(times) // 2] * 1000:.1f} ms   p99 {times[int(len(times) * 0.99)] * 1000:.1f} ms"
                    )
                print(
                    f"{'gzip' if gzip else 'plain'}: median ratio {statistics.median(ratios):.2f}, "
                    f"without an account {statistics.median(without_account):.2f}"
                )


if __name__ == "__main__":
    main()
