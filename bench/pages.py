"""What each page of the site costs: queries, and milliseconds of work, for a visitor, a learner and an educator.

    python -m bench.pages [--rows 20] [--rounds 9]

Every page that somebody may open (tests/whole_site/test_query_budgets.py holds the queries), in one process, when it was asked for once
before; the quickest of some tries, since a busy machine only makes it longer. On SQLite in memory; with TEST_DATABASE_URL on that
server, in a database of its own.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "harmreduction.settings.test"
    os.environ.setdefault("DATA_DIR", tempfile.mkdtemp())
    import django

    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False)
    try:
        report(options.rows, options.rounds)
    finally:
        teardown_databases(made, verbosity=0)


def report(rows: int, rounds: int) -> None:
    from django.db import connection

    from tests import factories
    from tests.whole_site import filled_site

    learner, educator, course = factories.person("Heron"), factories.educator(), factories.small_course()
    filled_site.more_rows(course=course, learner=learner, times=rows)
    readers = filled_site.readers(learner, educator)
    print(f"{connection.vendor}: queries and milliseconds (the quickest of {rounds})")
    print(f"{'':38}" + "".join(f"{name:>16}" for name in readers))
    for name, address in filled_site.addresses().items():
        print(f"{name:38}" + "".join(f"{cost(client, address, rounds):>16}" for client in readers.values()), flush=True)


def cost(client: Any, address: str, rounds: int) -> str:
    """Like "7   2.1 ms"; "–" where the page is not this reader's."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    if client.get(address).status_code != 200:
        return "–"
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    queries = len(captured)  # the next request empties the list
    spent = []
    for _ in range(rounds):
        started = time.perf_counter()
        client.get(address)
        spent.append(time.perf_counter() - started)
    return f"{queries}  {min(spent) * 1000:6.1f} ms"


if __name__ == "__main__":
    main()
