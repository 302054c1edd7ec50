"""Faults, really done, and what was lost in them. Bounded in time; servers of its own, on ports of its own.

    python -m bench.faults [--seconds 20] [killed writers sixteen …]

Each fault writes a line: what was done, how many writes were acknowledged, what clients saw, what was lost (it must be nothing). Ends
with 1 when something was lost, doubled, or did not come back.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.installation import Installation, Writer, lost_or_doubled, writing
from tests.services.servers import PostgreSQL, Redis

wrong: list[str] = []


def report(name: str, writers: list[Writer], problems: list[str], more: str = "") -> None:
    statuses: Counter[int | str] = Counter()
    for writer in writers:
        statuses += writer.statuses
    taken = sum(len(w.posted) + len(w.liked) + len(w.done) for w in writers)
    seen = ", ".join(f"{count} × {status}" for status, count in statuses.most_common())
    verdict = "nothing lost, nothing doubled" if not problems else f"{len(problems)} WRONG: {'; '.join(problems[:3])}"
    print(f"{name}: {taken} writes acknowledged ({seen}); {verdict}{'; ' + more if more else ''}", flush=True)
    wrong.extend(f"{name}: {problem}" for problem in problems)


def others_than(writers: list[Writer], *good: int | str) -> list[str]:
    statuses: Counter[int | str] = Counter()
    for writer in writers:
        statuses += writer.statuses
    return [f"{count} × {status}" for status, count in statuses.items() if status not in good]


@contextmanager
def installation(people: int, **variables: str) -> Iterator[Installation]:
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        site = Installation(Path(folder) / "data", people, **variables)
        try:
            yield site
        finally:
            site.close()


def killed(seconds: float) -> None:
    """kill -9 a web process, again and again, while people write."""
    with installation(6) as site:
        port = site.serve(workers=2, threads=2)
        kills, until = 0, time.monotonic() + seconds
        with writing(site, [port]) as writers:
            while time.monotonic() < until:
                time.sleep(8)  # granian gives up when one that it has just started dies within 5.5 s
                if pids := site.workers(port):
                    os.kill(min(pids), signal.SIGKILL)  # the oldest
                    kills += 1
        problems = lost_or_doubled(site, writers)
        if not kills:
            problems.append("no process was killed")
        report("web processes killed (SQLite)", writers, problems, f"{kills} kills")


def sixteen(seconds: float) -> None:
    """Sixteen writers on SQLite: none is told that the database is locked, no count is lost."""
    with installation(16) as site:
        port = site.serve(workers=2, threads=8)
        with writing(site, [port]) as writers:
            time.sleep(seconds)
        problems = lost_or_doubled(site, writers) + others_than(writers, 200, 302, 303)
        site.log.flush()
        if "locked" in (site.data.parent / "data.log").read_text():
            problems.append("database is locked")
        report("sixteen writers (SQLite)", writers, problems)


def postgresql(seconds: float) -> None:
    """PostgreSQL stopped and started under load: errors only while it is down, then all goes on without a restart."""
    server = PostgreSQL()
    try:
        for label, url in (("a connection for each thread", server.url), ("a pool", f"{server.url}?pool=4")):
            with installation(6, DATABASE_URL=url) as site:
                port = site.serve(workers=2, threads=2)
                with writing(site, [port]) as writers:
                    time.sleep(seconds / 3)
                    down = time.monotonic()
                    server.stop("fast")
                    time.sleep(3)
                    server.start()
                    up = time.monotonic()
                    time.sleep(max(seconds / 2, 12))
                times = [moment for w in writers for moment, status in w.times if status not in {302, 303}]
                early = [t for t in times if t < down]
                last = max(times, default=up) - up
                problems = lost_or_doubled(site, writers)
                if early or last > 10:
                    problems.append(f"errors before ({len(early)}) or long after ({last:.1f} s) it was down")
                report(
                    f"PostgreSQL stopped for 3 s, {label}",
                    writers,
                    problems,
                    f"last error {max(last, 0):.1f} s after it was back",
                )
                server._run("psql", "-h", "127.0.0.1", "-p", str(server.port), "-U", "course", "-d", "postgres", "-c",
                            "DROP DATABASE course WITH (FORCE)")  # fmt: skip
                server._run("createdb", "-h", "127.0.0.1", "-p", str(server.port), "-U", "course", "course")
    finally:
        server.remove()


def disk(seconds: float) -> None:
    """The disk is full: writes are refused, reading goes on; with room again, writing goes on and the database is whole."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        place = Path(folder) / "small"
        place.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(place)], capture_output=True)
        if mounted.returncode:
            print("disk full: NOT DONE, no file system of 48 MB could be mounted here (needs root)", flush=True)
            wrong.append("disk full: not done")
            return
        site = None
        try:
            site = Installation(place / "data", 4, PATH=os.environ["PATH"])
            site.log = open(os.devnull, "ab")  # noqa: SIM115 - the log must not lie on the full disk
            port = site.serve(workers=2, threads=2)
            ballast = place / "ballast"
            with writing(site, [port]) as writers:
                time.sleep(seconds / 4)
                with ballast.open("wb") as file:
                    try:
                        while True:
                            file.write(b"x" * 65536)
                            file.flush()
                    except OSError:
                        pass
                full = time.monotonic()
                time.sleep(seconds / 3)
                read = writers[0]._ask("GET", "/courses/harbour/steps/one-a/", None)
                ballast.unlink()
                room = time.monotonic()
                time.sleep(seconds / 3)
            while_full = [s for w in writers for t, s in w.times if full + 1 < t < room]
            after = [s for w in writers for t, s in w.times if t > room + 3]
            problems = lost_or_doubled(site, writers)
            if not [s for s in while_full if s not in {302, 303}]:
                problems.append("no write was refused: the disk was not full")
            if read != 200:
                problems.append(f"reading was answered with {read}")
            if not after or set(after) - {302, 303}:
                problems.append(f"writing did not go on: {Counter(after)}")
            report("disk full", writers, problems, f"reading meanwhile: {read}")
        finally:
            if site:
                site.close()
            subprocess.run(["umount", str(place)], check=False)


def cache(seconds: float) -> None:
    """Redis is stopped, hangs, and comes back: no request fails."""
    redis = Redis()
    redis.start()
    try:
        with installation(6, CACHE_URL=redis.url) as site:
            port = site.serve(workers=2, threads=2)
            with writing(site, [port]) as writers:
                for act in (redis.stop, redis.start, redis.pause, redis.go_on):
                    time.sleep(seconds / 5)
                    act()
                time.sleep(seconds / 5)
            report(
                "cache stopped, started, hung, freed",
                writers,
                lost_or_doubled(site, writers) + others_than(writers, 200, 302, 303),
            )
    finally:
        redis.stop()


def clock(seconds: float) -> None:
    """One of two processes has a clock that is a day behind: everything goes on, and duties are not put off."""
    with installation(4) as site:
        ports = [site.serve(threads=2), site.serve(threads=2, app="bench.clock_back", CLOCK_BACK="90000")]
        with writing(site, ports) as writers:
            time.sleep(seconds / 2)
        report(
            "clock set back a day in one process",
            writers,
            lost_or_doubled(site, writers) + others_than(writers, 200, 302, 303),
        )


def deploy(seconds: float) -> None:
    """Migrate, then start one process after the other again, while people write: no request fails."""
    with installation(4) as site:
        ports = [site.serve(threads=2), site.serve(threads=2)]
        with writing(site, ports) as writers:
            time.sleep(3)
            for port in ports:
                site.manage("start", "--prepare-only")
                site.stop(port)
                site.serve(port, threads=2)
            time.sleep(3)
        report(
            "migrated and restarted under load",
            writers,
            lost_or_doubled(site, writers) + others_than(writers, 200, 302, 303),
        )


FAULTS: dict[str, Callable[[float], None]] = {
    f.__name__: f for f in (killed, sixteen, postgresql, disk, cache, clock, deploy)
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faults", nargs="*", choices=[*FAULTS, []], metavar="fault", help=", ".join(FAULTS))
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    for name in options.faults or FAULTS:
        FAULTS[name](options.seconds)
    for line in wrong:
        print(f"WRONG: {line}", file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
