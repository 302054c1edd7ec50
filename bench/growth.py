"""Whether a page costs more on a large site: 1, 10 and 100 courses, a thousand to a million comments, a hundred to 100,000 learners.

    python -m bench.growth [--full] [--only comments]

A process for each size, with a database of its own that SQL fills, asks for each page in turn with the others; printed are the
quickest of several rounds and its ratio to the smallest size. Without --full the last size of comments and learners is left out. On
SQLite (time of the processor); with DATABASE_URL=postgresql://…/name on databases name_1, name_2… of that server (time on the wall).
Ends with 1 when a page costs more than 1.2 times.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench import site

SIZES = {
    "courses": [1, 10, 100],
    "comments": [1_000, 10_000, 100_000, 1_000_000],
    "learners": [100, 1_000, 10_000, 100_000],
}
FIRST = {name: sizes[0] for name, sizes in SIZES.items()}
MOST_TIMES = 1.2
SLUG, COURSE = "risk-environment", "/courses/drug-use-and-harm-reduction/"
STEP = f"{COURSE}steps/{SLUG}/"
# (page, reader); a page with a ! is made with nothing kept from before
PAGES = [
    *((page, reader) for reader in ("visitor", "learner") for page in (COURSE, f"{COURSE}outline/", STEP, f"!{STEP}")),
    *((page, "learner") for page in (f"!{STEP}?sort=liked", f"!{STEP}?show=unanswered", f"{COURSE}progress/")),
    *((page, "learner") for page in (f"{COURSE}my-comments/", "/notifications/", "/accounts/settings/")),
    *((page, "educator") for page in ("/moderation/", "/admin/courses/step/", "/admin/discussions/comment/")),
    *((page, "educator") for page in ("/admin/accounts/user/", "/admin/")),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--only", choices=SIZES)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        answer_questions(json.loads(options.child))
        return
    too_much = [
        line
        for name, sizes in SIZES.items()
        if options.only in (None, name)
        for line in compare(name, sizes if options.full or name == "courses" else sizes[:-1], options.rounds)
    ]
    sys.exit(int(bool(too_much)))


def compare(name: str, sizes: list[int], rounds: int) -> list[str]:
    """Print what pages cost on sites that differ in one number; give the lines of those that cost too much."""
    print(f"{name}: {', '.join(f'{size:,}' for size in sizes)}", flush=True)
    with contextlib.ExitStack() as stack:
        asked = [stack.enter_context(child({**FIRST, name: size}, number)) for number, size in enumerate(sizes, 1)]
        bad = []
        for page, reader in PAGES:
            quickest = [float("inf")] * len(sizes)
            for _ in range(rounds):
                quickest = [min(old, ask(page, reader)) for old, ask in zip(quickest, asked, strict=True)]
            ratios = [each / quickest[0] for each in quickest[1:]]
            mark = "!" if max(ratios) > MOST_TIMES else " "
            words = "  ".join(f"{ratio:5.2f}" for ratio in ratios)
            what = page.replace(COURSE, "…/").replace("!", "") + (", nothing kept" if page[0] == "!" else "")
            line = f"{mark} {reader:9}{what:58}{quickest[0] * 1000:7.1f} ms  times {words}"
            print(line, flush=True)
            bad += [line] if mark == "!" else []
    return bad


@contextlib.contextmanager
def child(size: dict[str, int], number: int) -> Iterator[Callable[[str, str], float]]:
    """A process with a site of this size; gives what asks it for a page and says how long that took."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        settings = {"DATA_DIR": folder}
        if server := os.environ.get("DATABASE_URL"):
            settings["DATABASE_URL"] = stack.enter_context(_database(server, number))
        started = subprocess.Popen(
            [sys.executable, "-m", "bench.growth", "--child", json.dumps(size)],
            env={**os.environ, **settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert started.stdin and started.stdout
        answers, questions = started.stdout, started.stdin
        assert answers.readline() == "ready\n", "the site could not be filled"

        def ask(page: str, reader: str) -> float:
            questions.write(json.dumps([page, reader]) + "\n")
            questions.flush()
            return float(answers.readline())

        try:
            yield ask
        finally:
            questions.close()
            started.wait(30)


@contextlib.contextmanager
def _database(server: str, number: int) -> Iterator[str]:
    """An empty database beside the named one, which goes afterwards."""
    import psycopg

    base, _slash, name = server.rpartition("/")
    own = f"{name.partition('?')[0]}_{number}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as line:
        line.execute(f'DROP DATABASE IF EXISTS "{own}"')
        line.execute(f'CREATE DATABASE "{own}"')
        try:
            yield f"{base}/{own}"
        finally:
            line.execute(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')


# In the process of one size


def answer_questions(size: dict[str, int]) -> None:
    site.prepare(Path(os.environ["DATA_DIR"]))
    from django.db import connection

    from courses.pages import shelf

    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    clients = fill(**size)
    print("ready", flush=True)
    for line in sys.stdin:
        page, reader = json.loads(line)
        spent: list[float] = []
        while len(spent) < 3 or (sum(spent) < 0.05 and len(spent) < 30):  # a page of a millisecond needs more tries
            if page[0] == "!":
                shelf.clear()
            started = clock()
            answer = clients[reader].get(page.removeprefix("!"))
            spent.append(clock() - started)
            assert answer.status_code == 200, (page, reader, answer.status_code)
        print(min(spent), flush=True)


def fill(*, courses: int, comments: int, learners: int) -> dict[str, Any]:
    """A site of this size, mostly by SQL, and its three readers."""
    from django.db import connection
    from django.test import Client

    from accounts.models import User
    from bench import people
    from courses.models import Completion, Course, Step, Topic, Week
    from discussions import marking, moderation
    from discussions.models import Comment, Discussion
    from tests import factories

    path, cookie = people.fill(comments=200, people=20)
    assert path == STEP
    step = Step.objects.select_related("course").get(slug=SLUG)
    learner = User.objects.order_by("pk")[0]
    for comment in Comment.objects.exclude(author=learner)[:40]:
        moderation.report(comment=comment, reporter=learner, reason="spam")
        marking.bookmark(person=learner, comment=comment, on=True)
    number = "CAST(n.i AS VARCHAR(12))"
    random = "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"
    person = User.objects.order_by("pk")[5]
    names = {"handle": f"'somebody ' || {number}", "skeleton": f"'somebody' || {number}", "passkey_id": random}
    multiply(User, person.pk, learners - 20, **names)
    root = Comment.objects.on(step.pk).roots().filter(reply_count=0).order_by("pk")[0]
    users = f"{person.pk} + n.i % 14"
    marks = {"like_count": "n.i % 7", "staff_wrote": "n.i % 4 = 0"}
    multiply(Comment, root.pk, (comments - 200) * 7 // 10, step=f"{step.pk}", author=users, **marks)
    reply = Comment.objects.filter(root__isnull=False).order_by("pk")[0]
    first = Comment.objects.roots().order_by("-pk").values_list("pk", flat=True)[0]
    answers = {"parent": f"{first} - n.i", "root": f"{first} - n.i", "ordinal": "1"}
    count = (comments - 200) * 3 // 10
    multiply(Comment, reply.pk, count, author=users, **answers)
    Comment.objects.filter(pk__lt=first, pk__gte=first - count).update(reply_count=1)
    Discussion.objects.filter(pk=step.pk).update(comment_count=comments, version=2)
    done = Completion.objects.order_by("pk")[0]
    newest = User.objects.order_by("-pk")[0].pk
    multiply(Completion, done.pk, learners - 20, learner=f"{newest} - n.i + 1")
    course, week, topic = Course.objects.get(), Week.objects.order_by("pk")[0], Topic.objects.order_by("pk")[0]
    names = {"uid": f"'copy-' || {number}", "slug": f"'copy-' || {number}"}
    multiply(Course, course.pk, courses - 1, **names)

    def copied(table: str) -> str:
        return f"(SELECT c.id FROM courses_{table} c WHERE c.uid = 'copy-' || {number})"  # noqa: S608

    multiply(Week, week.pk, courses - 1, uid=names["uid"], course=copied("course"))
    multiply(Topic, topic.pk, courses - 1, uid=names["uid"], week=copied("week"))
    for each in course.steps.all() if courses > 1 else ():
        multiply(Step, each.pk, courses - 1, course=copied("course"), topic=copied("topic"))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    here = {"SERVER_NAME": "127.0.0.1"}
    clients = {
        "visitor": Client(**here),
        "learner": Client(headers={"cookie": cookie}, **here),
        "educator": Client(**here),
    }
    clients["educator"].force_login(factories.educator())
    return clients


def multiply(model: Any, pk: int, times: int, **others: str) -> None:
    """`times` copies of a row in one statement; `others` are SQL for fields that differ, in which n.i counts from 1."""
    from django.db import connection

    if times <= 0:
        return
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    columns = ", ".join(quote(field.column) for field in fields)
    values = ", ".join(others.get(field.name, f"t.{quote(field.column)}") for field in fields)
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {times})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) {numbers} SELECT {values} FROM {table} t, n WHERE t.id = {pk}")  # noqa: S608


if __name__ == "__main__":
    main()
