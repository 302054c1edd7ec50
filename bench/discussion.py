"""What a discussion costs with few comments on a step and with many: pages in every order and view, nothing kept, and writing.

    python -m bench.discussion [--sizes 100 1000 10000]

Steps of one database, each with another number of comments, are read and written in turn in one process. Printed are the median ratios
to the smallest and the number of queries of a page for somebody who is signed in. Ends with 1 when something costs more than 1.2 times
what it costs on the smallest, or a page more than 7 queries.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable

from bench import site

SORTS = ("newest", "oldest", "liked", "replied")
WRITES = ("post", "reply with a name", "like", "follow")
MARKS = ("like", "follow")  # quick, and undone by the next one, so that more of them can be tried
MOST_TIMES, MOST_QUERIES = 1.2, 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=31)
    options = parser.parse_args()
    with site.folder() as data:
        site.prepare(data)
        sys.exit(measure(sorted(options.sizes), options.rounds))


def measure(sizes: list[int], rounds: int) -> int:
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.models import User
    from bench.people import fill
    from courses.models import Step
    from courses.pages import shelf
    from discussions import marking, posting
    from discussions.models import Comment
    from discussions.wanted import Wanted, place_of

    settings.WRITE_LIMITS = False  # who writes here pauses for nobody
    slugs = list(Step.objects.filter(kind="article").order_by("pk").values_list("slug", flat=True)[: len(sizes)])
    made = {size: fill(comments=size, slug=slug, people=20) for size, slug in zip(sizes, slugs, strict=True)}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(headers={"cookie": made[sizes[0]][1]}, SERVER_NAME="127.0.0.1")
    paths = {size: path for size, (path, _cookie) in made.items()}
    steps = {size: Step.objects.select_related("course").get(slug=path.split("/")[-2]) for size, path in paths.items()}
    author = Comment.objects.exclude(author=None)[0].author
    middle = {}
    for size, step in steps.items():
        roots = Comment.objects.on(step.pk).roots()
        middle[size] = {sort: roots.order_by(*Wanted(sort=sort).order)[roots.count() // 2] for sort in SORTS}

    roots = {
        size: Comment.objects.on(step.pk).roots().select_related("author").order_by("pk")[0]
        for size, step in steps.items()
    }
    stranger = User.objects.create(handle="a passer-by")
    on = dict.fromkeys(sizes, True)

    def reply(size: int) -> None:
        words = f"As @{roots[size].author} said."
        posting.post(author=stranger, step=steps[size], body=words, parent=roots[size])

    def mark(verb: Callable[..., None]) -> Callable[[int], None]:
        def press(size: int) -> None:
            verb(person=stranger, comment=roots[size], on=on[size])
            on[size] = not on[size]

        return press

    def page(size: int, **query: object) -> None:
        shelf.clear()
        assert client.get(paths[size], query).status_code == 200

    def half_way(sort: str) -> Callable[[int], None]:
        return lambda size: page(size, sort=sort, after="-".join(map(str, place_of(middle[size][sort], sort))))

    tried: dict[str, Callable[[int], object]] = {
        "first page": page,
        **{
            f"first page, {sort}": lambda size, sort=sort: page(size, sort=sort)
            for sort in ("oldest", "liked", "replied")
        },  # type: ignore[misc]
        **{f"half-way, {sort}": half_way(sort) for sort in SORTS},
        "educators": lambda size: page(size, show="educators"),
        "unanswered": lambda size: page(size, show="unanswered"),
        "following": lambda size: page(size, show="following"),
        "mine": lambda size: page(size, show="mine"),
        "unread": lambda size: page(size, show="unread"),
        "post": lambda size: posting.post(author=author, step=steps[size], body="One more."),
        "reply with a name": reply,
        "like": mark(marking.like),
        "follow": mark(marking.follow),
    }
    faults = 0
    for name, act in tried.items():
        act(sizes[0])
        counted = {}
        spent: dict[int, list[float]] = {size: [] for size in sizes}
        for _ in range(rounds * 8 if name in MARKS else rounds):
            for size in sizes:
                started = time.process_time()
                act(size)
                spent[size].append(time.process_time() - started)
        if name not in WRITES:
            for size in sizes:
                with CaptureQueriesContext(connection) as captured:
                    act(size)
                counted[size] = len(captured)
        base = statistics.median(spent[sizes[0]])
        ratios = {size: statistics.median(spent[size]) / base for size in sizes[1:]}
        bad = max(ratios.values(), default=1) > MOST_TIMES or max(counted.values(), default=0) > MOST_QUERIES
        faults += bad
        words = ", ".join(f"{size:,}: {ratio:.2f} times" for size, ratio in ratios.items())
        queries = f"; {max(counted.values())} queries at most" if counted else ""
        print(
            f"{'!' if bad else ' '} {name}: {base * 1000:.1f} ms with {sizes[0]:,} comments; {words}{queries}",
            flush=True,
        )
    return int(faults > 0)


if __name__ == "__main__":
    main()
