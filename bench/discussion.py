"""What one page of a discussion costs with few comments on the step and with many: the query and the rendering, nothing kept.

    python -m bench.discussion [--many 10000]

Two steps of one database, one with 32 comments and one with many; their first pages, a page half-way down and a post are timed in turn
in one process, and the median ratios many / few are printed.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

from bench import site


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    with site.folder() as data:
        site.prepare(data)
        from bench.people import fill

        # As many roots as a page has on the small step, so that both pages show the same and only what lies below differs.
        few, cookie = fill(comments=32, slug="welcome", people=10)
        many, _cookie = fill(comments=options.many, slug="risk-environment", people=10)
        from django.test import Client

        from courses.models import Step
        from courses.pages import shelf
        from discussions import posting
        from discussions.models import Comment

        client = Client(headers={"cookie": cookie}, SERVER_NAME="127.0.0.1")
        steps = {path: Step.objects.select_related("course").get(slug=path.split("/")[-2]) for path in (few, many)}
        author = Comment.objects.exclude(author=None)[0].author
        middle = {
            path: list(Comment.objects.on(step.pk).roots().values_list("pk", flat=True).order_by("pk"))
            for path, step in steps.items()
        }

        def page(path: str) -> None:
            shelf.clear()
            assert client.get(path).status_code == 200

        def halfway(path: str) -> None:
            shelf.clear()
            assert client.get(path, {"before": middle[path][max(21, len(middle[path]) // 2)]}).status_code == 200

        def post(path: str) -> None:
            posting.post(author=author, step=steps[path], body="One more.")

        tried: list[tuple[str, Callable[[str], None]]] = [
            ("first page", page),
            ("half-way page", halfway),
            ("post", post),
        ]
        for name, act in tried:
            ratios = []
            for _ in range(options.rounds):
                spent = {}
                for path in (few, many):
                    started = time.process_time()
                    act(path)
                    spent[path] = time.process_time() - started
                ratios.append(spent[many] / spent[few])
            print(f"{name}: {options.many:,} comments cost {statistics.median(ratios):.2f} times what 32 cost")


if __name__ == "__main__":
    main()
