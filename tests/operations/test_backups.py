"""Backing up while people write, bringing back in a new place, and refusing what is damaged or would overwrite something."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import stat
import tarfile
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.once import made_once
from tests.services.servers import LONGEST
from tests.whole_site.test_running import manage

MEDIA = "courses/tiny/lamp.0123456789.svg"


def begin(root: Path) -> None:
    data = root / "data"
    (root / "content").mkdir()
    variables = {"DATA_DIR": str(data), "CONTENT_DIR": str(root / "content")}
    assert manage("migrate", "-v0", **variables).returncode == 0
    (data / "media" / "courses" / "tiny").mkdir(parents=True)
    (data / "media" / MEDIA).write_bytes(b"<svg/>" * 50_000)
    (data / "signing_key").write_text("kept apart")
    made = manage("backup", str(root / "b.tar"), "--with-keys", **variables)
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE((root / "b.tar").stat().st_mode) == 0o600


@pytest.fixture
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site with a picture and a key that another part of it made, and its backup; tests only read it."""
    return made_once(tmp_path_factory, "backed-up", begin)


@pytest.fixture
def backup(original: Path) -> Path:
    return original / "b.tar"


@pytest.fixture
def site(original: Path, tmp_path: Path) -> dict[str, str]:
    shutil.copytree(original / "data", tmp_path / "data")
    return {"DATA_DIR": str(tmp_path / "data"), "CONTENT_DIR": str(original / "content")}


@pytest.fixture
def elsewhere(tmp_path: Path, original: Path) -> dict[str, str]:
    return {"DATA_DIR": str(tmp_path / "elsewhere"), "CONTENT_DIR": str(original / "content")}


def dump(variables: dict[str, str]) -> list[str]:
    with closing(sqlite3.connect(Path(variables["DATA_DIR"]) / "db.sqlite3")) as database:
        return list(database.iterdump())


def test_what_comes_back_in_a_new_place_is_what_was_there(site, elsewhere, backup):
    back = manage("restore", str(backup), **elsewhere)
    assert back.returncode == 0, back.stderr
    assert "Brought back and compared" in back.stdout and "1 media files" in back.stdout
    assert dump(site) == dump(elsewhere)
    old, new = Path(site["DATA_DIR"]), Path(elsewhere["DATA_DIR"])
    for name in (f"media/{MEDIA}", "secret_key", "signing_key"):
        assert (old / name).read_bytes() == (new / name).read_bytes()
    assert stat.S_IMODE((new / "secret_key").stat().st_mode) == 0o600
    assert manage("migrate", "--check", **elsewhere).returncode == 0  # nothing is left to do


def test_keys_come_along_only_when_asked_for(site, elsewhere, tmp_path: Path):
    made = manage("backup", str(tmp_path / "b.tar"), **site)
    assert "keep a copy of SECRET_KEY" in made.stdout
    manage("restore", str(tmp_path / "b.tar"), **elsewhere)
    assert not (Path(elsewhere["DATA_DIR"]) / "signing_key").exists()
    with tarfile.open(tmp_path / "b.tar") as archive:
        assert not [name for name in archive.getnames() if name.startswith("keys/")]


def test_a_backup_is_of_one_moment_while_people_write(site, elsewhere, tmp_path: Path):
    """A writer adds to two tables in one transaction; a backup never has one without the other."""
    path = Path(site["DATA_DIR"]) / "db.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE one (n INTEGER)")
        database.execute("CREATE TABLE two (n INTEGER, words TEXT)")
    begun, stop = threading.Event(), threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(path, timeout=LONGEST)) as database:
            n = 0
            while not stop.is_set():
                with database:
                    database.execute("INSERT INTO one VALUES (?)", [n])
                    database.execute("INSERT INTO two VALUES (?, ?)", [n, "x" * 2000])
                n += 1
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
    assert manage("restore", str(tmp_path / "b.tar"), **elsewhere).returncode == 0
    with closing(sqlite3.connect(Path(elsewhere["DATA_DIR"]) / "db.sqlite3")) as database:
        one, two = (database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in ("one", "two"))  # noqa: S608
    assert one == two > 0


def test_nothing_is_overwritten(site, backup):
    again = manage("backup", str(backup), **site)
    assert again.returncode != 0 and "exists. Name a file that does not." in again.stderr
    before = dump(site)
    back = manage("restore", str(backup), **site)
    assert back.returncode != 0 and "Restore into a new DATA_DIR" in back.stderr
    assert dump(site) == before


def test_media_that_are_there_are_not_mixed_with_others(elsewhere, backup):
    other = Path(elsewhere["DATA_DIR"]) / "media" / "other.svg"
    other.parent.mkdir(parents=True)
    other.write_text("x")
    back = manage("restore", str(backup), **elsewhere)
    assert back.returncode != 0 and "There are media already" in back.stderr


OTHER_VERSION = b'{"format": 99, "engine": "sqlite", "made_at": "", "migrations": [], "rows": {}, "with_keys": false}'


def spoiled(path: Path, name: str, words: bytes | None, target: Path) -> Path:
    """A copy of an archive in which one file is other, or missing."""
    with tarfile.open(path) as old, tarfile.open(target, "w") as new:
        for entry in old:
            found = old.extractfile(entry).read()
            if entry.name == name and words is None:
                continue
            if entry.name == name:
                found = words
                entry.size = len(words)
            new.addfile(entry, io.BytesIO(found))
    return target


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("database", b"other", "The backup is damaged: database"),
        ("database", None, "is not complete: database"),
        (f"media/{MEDIA}", b"other", "The backup is damaged: media/"),
        ("manifest.json", None, "is no backup"),
        ("manifest.json", b"{}", "is no backup"),
        ("manifest.json", OTHER_VERSION, "another version"),
    ],
)
def test_what_is_damaged_is_refused_in_words(name, words, said, elsewhere, backup, tmp_path: Path):
    back = manage("restore", str(spoiled(backup, name, words, tmp_path / "bad.tar")), **elsewhere)
    assert back.returncode != 0 and said in back.stderr and "Traceback" not in back.stderr
    if name == "database":
        assert not (Path(elsewhere["DATA_DIR"]) / "db.sqlite3").exists()


def test_a_file_that_leads_out_of_the_folder_is_refused(elsewhere, backup, tmp_path: Path):
    with tarfile.open(backup) as old, tarfile.open(tmp_path / "bad.tar", "w") as new:
        for entry in old:
            words = old.extractfile(entry).read()
            if entry.name == "manifest.json":
                words = json.dumps(json.loads(words)).replace("keys/signing_key", "keys/../../escaped").encode()
            entry.name = entry.name.replace("keys/signing_key", "keys/../../escaped")
            entry.size = len(words)
            new.addfile(entry, io.BytesIO(words))
    back = manage("restore", str(tmp_path / "bad.tar"), **elsewhere)
    assert back.returncode != 0 and "outside DATA_DIR" in back.stderr
    assert not (tmp_path.parent / "escaped").exists() and not (tmp_path / "escaped").exists()


@pytest.mark.parametrize("words", [b"", b"not a tar at all"])
def test_what_is_no_backup_is_said(words, elsewhere, tmp_path: Path):
    (tmp_path / "x.tar").write_bytes(words)
    back = manage("restore", str(tmp_path / "x.tar"), **elsewhere)
    assert back.returncode != 0 and "Traceback" not in back.stderr and "backup" in back.stderr


def test_a_backup_that_cannot_be_finished_leaves_nothing_behind(site, tmp_path: Path):
    (Path(site["DATA_DIR"]) / "db.sqlite3").write_bytes(b"SQLite format 3\0 and then nothing that makes sense" * 100)
    made = manage("backup", str(tmp_path / "out" / "b.tar"), **site)
    assert made.returncode != 0
    assert list((tmp_path / "out").iterdir()) == []
