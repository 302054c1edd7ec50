"""A backup in one file, made while the site runs, and brought back in a new place: database, media, and the site's keys if wanted.

The archive is a plain tar: `manifest.json` says what is in it, with a checksum of each file and the number of rows of each table, all
of one moment. Restoring refuses a place where something is already, and compares what it brought back with the manifest.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, default_storage
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

FORMAT = 1
DUMP, MEDIA, KEYS, MANIFEST = "database", "media/", "keys/", "manifest.json"
MADE_AT_START = {"secret_key", "certificate_key"}  # by the settings, before a restore can begin
# What else is in DATA_DIR and not a key: made anew, or in the archive under its own name.
NOT_KEYS = ("static", "media", "backups")


class Refused(Exception):
    """The backup could not be made or brought back; the message says why and what to do."""


@dataclass
class Manifest:
    engine: str
    made_at: str
    migrations: list[str]
    rows: dict[str, int]
    with_keys: bool
    format: int = FORMAT
    files: dict[str, str] = field(default_factory=dict)  # name in the archive: SHA-256

    @classmethod
    def read(cls, archive: tarfile.TarFile) -> Manifest:
        try:
            found = archive.extractfile(MANIFEST)
            manifest = cls(**json.load(found)) if found else None
        except (KeyError, ValueError, TypeError) as error:
            raise Refused(
                "This file is no backup of a site like this: its manifest is missing or cannot be read."
            ) from error
        if manifest is None or manifest.format != FORMAT:
            raise Refused(f"This backup was made by another version of the site; this one reads format {FORMAT}.")
        return manifest


# --- making


def make(path: Path, *, with_keys: bool, with_media: bool = True) -> Manifest:
    """Write a backup to `path`, which must not exist. What is written is complete or not there at all. Raises Refused."""
    if path.exists():
        raise Refused(f"{path} exists. Name a file that does not.")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # nobody else may read it
    try:
        with os.fdopen(handle, "wb") as file, tempfile.TemporaryDirectory(dir=path.parent) as folder:
            with tarfile.open(fileobj=file, mode="w") as archive:
                dump = Path(folder) / DUMP
                rows = _dump(dump)
                manifest = Manifest(connection.vendor, timezone.now().isoformat(), _migrations(), rows, with_keys)
                _add(archive, manifest, DUMP, dump.open("rb"), dump.stat().st_size)
                for name in walk(default_storage) if with_media else ():
                    _add(archive, manifest, MEDIA + name, default_storage.open(name), default_storage.size(name))
                for key in keys() if with_keys else ():
                    name = KEYS + key.relative_to(settings.DATA_DIR).as_posix()
                    _add(archive, manifest, name, key.open("rb"), key.stat().st_size)
                words = json.dumps(asdict(manifest), indent=1).encode()
                _write(archive, MANIFEST, io.BytesIO(words), len(words))
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def _add(archive: tarfile.TarFile, manifest: Manifest, name: str, file: IO[bytes] | File[bytes], size: int) -> None:
    with file:
        counting = _Hashing(file)
        _write(archive, name, counting, size)
    manifest.files[name] = counting.digest.hexdigest()


def _write(archive: tarfile.TarFile, name: str, file: Any, size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    archive.addfile(entry, file)


class _Hashing:
    """Reads a file through, and has its checksum afterwards."""

    def __init__(self, file: IO[bytes] | File[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block: bytes = self._file.read(size)
        self.digest.update(block)
        return block


def walk(storage: Storage, folder: str = "") -> Iterator[str]:
    """Every file of the storage, by name, in order."""
    try:
        folders, files = storage.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    prefix = f"{folder}/" if folder else ""
    yield from (prefix + name for name in sorted(files))
    for inner in sorted(folders):
        yield from walk(storage, prefix + inner)


def keys() -> list[Path]:
    """What the site made for itself and cannot make again: every file of DATA_DIR that is neither database, media nor made anew."""
    database = Path(str(settings.DATABASES["default"]["NAME"])).name
    found = []
    for path in sorted(settings.DATA_DIR.rglob("*")) if settings.DATA_DIR.is_dir() else ():
        first = path.relative_to(settings.DATA_DIR).parts[0]
        if path.is_file() and first not in NOT_KEYS and not first.startswith((database, ".")) and path.suffix != ".tar":
            found.append(path)
    return found


def _migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _count(cursor: Any, tables: list[str]) -> dict[str, int]:
    found = {}
    for table in sorted(tables):
        cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - the database's own names
        found[table] = int(cursor.fetchone()[0])
    return found


def _dump(target: Path) -> dict[str, int]:
    """Write the database to a file, as it is at one moment, and give the rows of each table at that moment."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy)
        return sqlite_rows(target)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        _run(
            "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}"
        )
        return _count(cursor, connection.introspection.table_names(cursor))


def sqlite_rows(path: Path) -> dict[str, int]:
    """The rows of each table of a SQLite file. Raises Refused when the file is damaged."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
        cursor = copy.cursor()
        if (said := cursor.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            raise Refused(f"The database is damaged: {said}")
        names = cursor.execute("SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'")
        return _count(cursor, [name for (name,) in names.fetchall()])


def _program(name: str) -> str:
    """A program of PostgreSQL: the newest that is installed, since an old pg_dump refuses a newer server."""
    found = (
        sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[-3]))
        if os.name == "posix"
        else []
    )
    path = str(found[-1]) if found else shutil.which(name)
    if not path:
        raise Refused(f"{name} is not installed. It comes with PostgreSQL's client programs (postgresql-client).")
    return path


def _run(name: str, *arguments: str) -> None:
    """Run a program of PostgreSQL against the site's database; the password goes through the environment, where nobody sees it."""
    told = settings.DATABASES["default"]
    host = told["HOST"] or told.get("OPTIONS", {}).get("host", "")
    given = {"PGHOST": host, "PGPORT": told["PORT"], "PGUSER": told["USER"], "PGPASSWORD": told["PASSWORD"]}
    given |= {"PGDATABASE": connection.settings_dict["NAME"], "PGSSLMODE": told.get("OPTIONS", {}).get("sslmode", "")}
    variables = {**os.environ, **{key: str(value) for key, value in given.items() if value}}
    done = subprocess.run([_program(name), *arguments], env=variables, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise Refused(f"{name} failed:\n{done.stderr.strip()}")


# --- bringing back


def restore(path: Path) -> Manifest:
    """Bring a backup back into the place that the settings name, where nothing may be yet, and compare. Raises Refused."""
    try:
        archive = tarfile.open(path)  # noqa: SIM115 - closed below; what cannot be opened is said in words
    except (OSError, tarfile.TarError) as error:
        raise Refused(f"{path} cannot be read as a backup: {error}") from error
    with archive:
        manifest = Manifest.read(archive)
        if manifest.engine != connection.vendor:
            raise Refused(
                f"This backup is of {manifest.engine}; the settings here name {connection.vendor}. Set DATABASE_URL."
            )
        _refuse_if_something_is_there(manifest)
        entries = {entry.name: entry for entry in archive if entry.isfile()}
        if missing := sorted(manifest.files.keys() - entries.keys()):
            raise Refused(f"The backup is not complete: {missing[0]} is missing, and {len(missing) - 1} more.")
        with tempfile.TemporaryDirectory() as folder:
            dump = Path(folder) / DUMP
            with dump.open("wb") as file:
                _unpack(archive, entries[DUMP], manifest, file)
            _load(dump)
        for name in manifest.files:
            if name.startswith(MEDIA):
                _restore_media(archive, entries[name], manifest)
            elif name.startswith(KEYS):
                _restore_key(archive, entries[name], manifest)
    _compare(manifest)
    return manifest


def _refuse_if_something_is_there(manifest: Manifest) -> None:
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        if path.exists() and path.stat().st_size:
            raise Refused(f"{path} exists. Restore into a new DATA_DIR, or move the file away.")
    elif connection.introspection.table_names():
        raise Refused("The database has tables. Make a new, empty one (createdb), and name it in DATABASE_URL.")
    if next(walk(default_storage), None) is not None:
        raise Refused("There are media already. Restore into a new DATA_DIR (or a new, empty bucket).")
    for name in manifest.files:
        if name.startswith(KEYS) and (there := _key_path(name)).exists() and there.name not in MADE_AT_START:
            raise Refused(f"{there} exists. Restore into a new DATA_DIR, or move the file away.")


def _key_path(name: str) -> Path:
    root: Path = settings.DATA_DIR.resolve()
    path = (root / name.removeprefix(KEYS)).resolve()
    if not path.is_relative_to(root):
        raise Refused(f"The backup would write outside DATA_DIR ({name}); it was not made by this site.")
    return path


def _unpack(archive: tarfile.TarFile, entry: tarfile.TarInfo, manifest: Manifest, target: IO[bytes]) -> None:
    source = archive.extractfile(entry)
    if source is None:
        raise Refused(f"The backup is damaged: {entry.name} cannot be read.")
    with source:
        hashing = _Hashing(source)
        shutil.copyfileobj(hashing, target, 1024 * 1024)
    if hashing.digest.hexdigest() != manifest.files[entry.name]:
        raise Refused(f"The backup is damaged: {entry.name} is not what was put in.")


def _load(dump: Path) -> None:
    if connection.vendor == "sqlite":
        sqlite_rows(dump)  # raises for a damaged file, before anything is written
        connection.close()
        target = Path(str(connection.settings_dict["NAME"]))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)  # empty, as was made sure of
        shutil.copyfile(dump, target)
        return
    name = connection.settings_dict["NAME"]
    _run(
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={name}",
        str(dump),
    )


def _restore_media(archive: tarfile.TarFile, entry: tarfile.TarInfo, manifest: Manifest) -> None:
    with tempfile.TemporaryFile() as file:
        _unpack(archive, entry, manifest, file)
        file.seek(0)
        name = entry.name.removeprefix(MEDIA)
        if default_storage.save(name, File(file)) != name:  # the storage itself refuses names that lead out of it
            raise Refused(f"{name} could not be kept under its name.")


def _restore_key(archive: tarfile.TarFile, entry: tarfile.TarInfo, manifest: Manifest) -> None:
    path = _key_path(entry.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        _unpack(archive, entry, manifest, file)


def _compare(manifest: Manifest) -> None:
    """Raise Refused when what stands in the new place is not what the manifest says."""
    with connection.cursor() as cursor:
        found = _count(cursor, connection.introspection.table_names(cursor))
    if found != manifest.rows:
        wrong = sorted(
            name for name in found.keys() | manifest.rows.keys() if found.get(name) != manifest.rows.get(name)
        )
        raise Refused(f"These tables are not as they were: {', '.join(wrong)}.")
    media = {name.removeprefix(MEDIA) for name in manifest.files if name.startswith(MEDIA)}
    if media != set(walk(default_storage)):
        raise Refused("The media are not as they were.")
