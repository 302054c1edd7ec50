"""The educators' page with very many learners: how long it takes when numbers are kept, against one that has few.

Fills a database of its own with people, completions and comments (SQLite in memory, or on the server that TEST_DATABASE_URL names),
keeps the numbers, and asks for the page.
`python -m bench.dashboard --learners 100000 --completions 5000000 --comments 500000 [--explain]`
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import tempfile
import time
from typing import Any


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--learners", type=int, default=20_000)
    arguments.add_argument("--completions", type=int, default=500_000)
    arguments.add_argument("--comments", type=int, default=50_000)
    arguments.add_argument("--explain", action="store_true", help="show the plans of what waits for an answer")
    asked = arguments.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harmreduction.settings.test")
    os.environ.setdefault("DATA_DIR", tempfile.mkdtemp())
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    # A database of its own, which goes afterwards, on the engine that the settings name.
    made = setup_databases(verbosity=0, interactive=False)
    try:
        report(asked)
    finally:
        teardown_databases(made, verbosity=0)


def report(asked: Any) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    from courses import reports
    from discussions import talking
    from discussions.models import Comment
    from tests import factories

    client = Client()
    client.force_login(factories.educator())
    course = factories.small_course()
    address = reverse("educators", args=[course.slug])
    few = seconds(lambda: client.get(address))
    each = max(1, asked.completions // asked.learners)
    topic = course.topics.last()
    for n in range(2 * each - course.steps.count()):
        factories.step(topic, f"more-{n}", questions=("What would help?",) if n % 4 == 0 else (), fresh=False)
    factories.ready(course)
    filling = seconds(lambda: fill(asked), times=1)
    print(f"{connection.vendor}: {rows_of()}; filled in {filling:.0f} s")
    counting = seconds(lambda: call_command("rebuild_reports", verbosity=0), times=1)
    print(f"counting anew: {counting:.1f} s, {memory():.0f} MB of memory at most")
    parts = {
        "what was learned": lambda: reports.look(course, reports.learning(course)[0], reports.Span()),
        "what was said": lambda: talking.totals(talking.talking(course)[0], reports.Span()),
        "waiting, newest": lambda: talking.unanswered(course, "newest"),
        "waiting, most liked": lambda: talking.unanswered(course, "liked"),
        "answers to questions": lambda: talking.answers_to_questions(talking.talking(course)[0]),
    }
    for name, part in parts.items():
        print(f"  {name}: {seconds(part) * 1000:.0f} ms")
    many = seconds(lambda: client.get(address))
    liked = seconds(lambda: client.get(f"{address}?questions=liked"))
    print(
        f"the page: {few * 1000:.0f} ms with nobody, {many * 1000:.0f} ms with all of them, {liked * 1000:.0f} ms by likes"
    )
    # The hardest case: very much waits, and nearly none of it is a question, so that all of it is looked through.
    Comment.objects.filter(body__contains="?", pk__gt=20).update(body="What I think of it.")
    for order in ("newest", "liked"):
        taken = seconds(lambda order=order: client.get(f"{address}?questions={order}"))
        print(f"the page, {order}, with five questions among all that waits: {taken * 1000:.0f} ms")
    if asked.explain:
        for order in ("newest", "liked"):
            print(
                talking.waiting(course, order)[: talking.LISTED].explain(
                    **({"analyze": True} if on_postgresql() else {})
                )
            )


def memory() -> float:
    """The most that this process has used so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def seconds(what: Any, times: int = 7) -> float:
    """The median of several runs."""
    taken = []
    for _ in range(times):
        before = time.perf_counter()
        what()
        taken.append(time.perf_counter() - before)
    return statistics.median(taken)


def rows_of() -> str:
    from accounts.models import User
    from courses.models import Completion
    from discussions.models import Comment

    counts = (("people", User), ("completions", Completion), ("comments", Comment))
    return ", ".join(f"{model._default_manager.count()} {name}" for name, model in counts)


def on_postgresql() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"


SERIES = "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {many})"


def insert(model: Any, source: str, many: int = 1, **given: str) -> None:
    """One statement that makes rows from a `source`, in which `series` counts from 1 to `many`: SQL for the columns that are given, the
    fields' defaults for the others."""
    from django.db import connection

    columns, values, params = [], [], []
    for field in model._meta.concrete_fields:
        if field.name in given:
            values.append(given[field.name])
        elif field.primary_key:
            continue
        else:
            values.append("%s")
            default = field.get_db_prep_save(field.get_default(), connection)
            params.append("" if default is None and not field.null else default)
        columns.append(f'"{field.column}"')
    into = f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)})'
    sql = f"{into} {SERIES.format(many=many)} SELECT {', '.join(values)} FROM {source}"  # noqa: S608 - SQL of our own
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def fill(asked: Any) -> None:
    """People, what they finished (few all of it, most some of it), and what they said: a quarter of it answered, the rest waiting,
    every other of those a question."""
    from django.db import connection

    from accounts.models import User
    from courses.models import Completion
    from discussions.models import Comment

    def days(of: str) -> str:
        return (
            f"(DATE '2026-01-05' + ({of})::int)" if on_postgresql() else f"date('2026-01-05', '+' || ({of}) || ' days')"
        )

    def moment(of: str) -> str:
        return f"{days(of)}::timestamptz" if on_postgresql() else f"({days(of)} || ' 12:00:00')"

    uuid = "gen_random_uuid()" if on_postgresql() else "lower(hex(randomblob(16)))"
    people = {"handle": "'learner ' || n", "skeleton": "'learner' || n", "passkey_id": uuid}
    insert(User, "series", asked.learners, **people)
    each = max(1, asked.completions // asked.learners)
    with connection.cursor() as cursor:
        for name, table, order in (
            ("people", "accounts_user WHERE NOT is_staff", "id"),
            ("steps", "courses_step", "topic_id, position"),
        ):
            places = f"row_number() OVER (ORDER BY {order}) - 1 AS place"
            cursor.execute(f"CREATE TEMP TABLE bench_{name} AS SELECT id, {places} FROM {table}")  # noqa: S608
            cursor.execute(f"CREATE UNIQUE INDEX bench_place_{name} ON bench_{name} (place)")
    insert(
        Completion,
        f"bench_people p JOIN bench_steps s ON s.place <= (p.place * 7919) %% {2 * each - 1}",
        learner="p.id",
        step="s.id",
        completed_on=days("p.place %% 280 + s.place"),
    )
    # Of four: a comment, the reply to it, a comment that answers a question of the step where it has one, a question that waits.
    insert(
        Comment,
        f"series JOIN bench_people p ON p.place = n %% {asked.learners} JOIN bench_steps s ON s.place = (n / 4) %% {2 * each}"
        " LEFT JOIN courses_reflectionquestion q ON q.step_id = s.id AND n %% 4 = 3",
        many=asked.comments,
        id="n",
        step="s.id",
        author="p.id",
        body="CASE n %% 4 WHEN 0 THEN 'Why is that so?' ELSE 'What I think of it.' END",
        parent="CASE n %% 4 WHEN 2 THEN n - 1 END",
        root="CASE n %% 4 WHEN 2 THEN n - 1 END",
        ordinal="CASE n %% 4 WHEN 2 THEN 1 ELSE 0 END",
        reply_count="CASE n %% 4 WHEN 1 THEN 1 ELSE 0 END",
        question="q.id",
        like_count="(n * 31) %% 17",
        latest="n",
        created_at=moment("n %% 300"),
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
