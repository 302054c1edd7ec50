"""Backing up and restoring on PostgreSQL: while people write, into an empty database, and nowhere else."""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg

from tests.services.conftest import database_of_its_own
from tests.services.servers import LONGEST
from tests.whole_site.test_running import manage


def test_what_comes_back_in_a_new_database_is_what_was_there_at_one_moment(tmp_path: Path):
    with database_of_its_own() as here, database_of_its_own() as there:
        site = {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": f"{here}?pool=2"}
        elsewhere = {"DATA_DIR": str(tmp_path / "elsewhere"), "DATABASE_URL": there}
        assert manage("migrate", "-v0", **site).returncode == 0
        media = tmp_path / "data" / "media" / "a.svg"
        media.parent.mkdir(parents=True)
        media.write_text("<svg/>")
        begun, stop = threading.Event(), threading.Event()
        with psycopg.connect(here, autocommit=True) as line:
            line.execute("CREATE TABLE one (n int); CREATE TABLE two (n int)")

            def write() -> None:
                while not stop.is_set():
                    with line.transaction():
                        line.execute("INSERT INTO one VALUES (1)")
                        line.execute("INSERT INTO two VALUES (1)")
                    begun.set()

            writer = threading.Thread(target=write)
            writer.start()
            try:
                assert begun.wait(LONGEST)
                made = manage("backup", str(tmp_path / "b.tar"), **site)
            finally:
                stop.set()
                writer.join()
        assert made.returncode == 0, made.stderr
        back = manage("restore", str(tmp_path / "b.tar"), **elsewhere)
        assert back.returncode == 0, back.stderr
        assert (tmp_path / "elsewhere" / "media" / "a.svg").read_text() == "<svg/>"
        with psycopg.connect(there) as line:
            one, two = (line.execute(f"SELECT COUNT(*) FROM {t}").fetchone()[0] for t in ("one", "two"))  # noqa: S608
        assert one == two > 0
        assert manage("migrate", "--check", **elsewhere).returncode == 0
        again = manage("restore", str(tmp_path / "b.tar"), **elsewhere)
        assert again.returncode != 0 and "The database has tables" in again.stderr
        other = manage("restore", str(tmp_path / "b.tar"), DATA_DIR=str(tmp_path / "sqlite"))
        assert other.returncode != 0 and "This backup is of postgresql" in other.stderr
