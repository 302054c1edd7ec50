"""PostgreSQL behind pgbouncer in transaction mode: each transaction may get another connection, and there are fewer than ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.installation import Installation, lost_or_doubled, writing
from tests.services.conftest import database_of_its_own
from tests.services.servers import Pooler, until

CONNECTIONS = 2  # for eight threads of the site


# What is set when a connection is made has to hold for whoever is given it later.
ZONES = """
import json, threading
from django.db import connection
found = []
def look():
    with connection.cursor() as cursor:
        cursor.execute("SHOW timezone")
        found.append(cursor.fetchone()[0])
    connection.close()
threads = [threading.Thread(target=look) for _ in range(12)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps(found))
"""


@pytest.fixture
def pooler() -> Iterator[Pooler]:
    with database_of_its_own() as database:
        started = Pooler(database, connections=CONNECTIONS)
        yield started
        started.stop()


def test_people_write_at_once_and_nothing_is_lost_doubled_or_refused(pooler: Pooler, tmp_path: Path):
    site = Installation(tmp_path / "data", 6, DATABASE_URL=pooler.url)  # migrates and loads through it, too
    try:
        port = site.serve(workers=2, threads=4)
        with writing(site, [port]) as writers:
            until(
                lambda: sum(len(w.posted) + len(w.liked) + len(w.done) for w in writers) > 100, "too little was written"
            )
        assert lost_or_doubled(site, writers) == []
        assert {status for writer in writers for status in writer.statuses} <= {200, 302, 303}
        assert site.python(ZONES) == ["UTC"] * 12
        site.manage("run_maintenance", "--all")
        site.log.flush()
        assert "prepared statement" not in (tmp_path / "data.log").read_text()
    finally:
        site.close()
