"""A course as one ZIP file: packed for taking along, unpacked with suspicion.

What an archive says about itself (names, sizes) is not believed: sizes are counted while unpacking, and nothing is written but plain
files below the folder that was given.
"""

from __future__ import annotations

import lzma
import re
import shutil
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import IO

from django.core.files.storage import default_storage

from courses.content.errors import ContentErrors, Problem
from courses.content.exporting import Exported

MOST_FILES = 5_000
LARGEST_WHOLE = 1_000_000_000  # bytes, unpacked
CHUNK = 1 << 20
WHEN = (1980, 1, 1, 0, 0, 0)  # of each file in an archive: the same course gives the same bytes
LONGEST_NAME = 255  # bytes of a file's or folder's name; file systems take no more
FOR_MACS = "__MACOSX"  # the folder into which a Mac puts what only Macs understand
# What zipfile and its decompressors raise.
UNREADABLE = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error)
ODD = re.compile(r'[\\:*?"<>|\x00-\x1f\x7f]')


def pack(exported: Exported, stream: IO[bytes]) -> None:
    """Write the course's files, inside one folder, as a ZIP into the stream."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in sorted(exported.texts.items()):
            archive.writestr(zipfile.ZipInfo(f"{exported.folder}/{path}", WHEN), text.encode(), zipfile.ZIP_DEFLATED)
        for path, stored in sorted(exported.media.items()):
            place = zipfile.ZipInfo(f"{exported.folder}/{path}", WHEN)
            with default_storage.open(stored) as source, archive.open(place, "w") as target:
                shutil.copyfileobj(source, target)


def unpack(stream: IO[bytes], name: str, into: Path) -> Path:
    """Unpack an uploaded ZIP (called `name`) below `into` and return the course's folder.

    Raises ContentErrors with every entry that may not be unpacked. Where reading fails half-way, the caller throws `into` away.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = [entry for entry in archive.infolist() if PurePosixPath(entry.filename).parts[:1] != (FOR_MACS,)]
            problems = _problems(entries, name)
            if problems:
                raise ContentErrors(problems)
            _write(archive, entries, name, into)
    except UNREADABLE as error:
        # Without places of this server.
        what = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise ContentErrors([Problem(name, 1, f"is not a ZIP file that can be read: {what}")]) from error
    return _course_folder(into, name)


def _problems(entries: list[zipfile.ZipInfo], name: str) -> list[Problem]:
    if len(entries) > MOST_FILES:
        return [Problem(name, 1, f"holds {len(entries):,} files; a course has at most {MOST_FILES:,}")]
    if (whole := sum(entry.file_size for entry in entries)) > LARGEST_WHOLE:
        return [Problem(name, 1, f"unpacks to {whole:,} bytes; a course has at most {LARGEST_WHOLE:,}")]
    problems = []
    seen: set[PurePosixPath] = set()
    files = {_place_of(entry) for entry in entries if not entry.is_dir()}
    for entry in entries:
        if what := _wrong_with(entry, seen, files):
            place = entry.filename.encode("unicode_escape").decode()[:200]
            problems.append(Problem(f"{name}/{place}", 1, what))
        seen.add(_place_of(entry))
    return problems


def _place_of(entry: zipfile.ZipInfo) -> PurePosixPath:
    """Where an entry would lie, alike for names that some computers cannot tell apart."""
    return PurePosixPath(unicodedata.normalize("NFC", entry.filename).casefold())


def _wrong_with(entry: zipfile.ZipInfo, seen: Collection[PurePosixPath], files: Collection[PurePosixPath]) -> str:
    path = PurePosixPath(entry.filename)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return "leads out of the archive; use plain paths inside it"
    if ODD.search(entry.filename):
        return 'has a sign in its name that not every computer can write; use letters, digits, "-", "_" and "."'
    if not entry.filename.isascii() and not entry.flag_bits & 0x800:
        return "has a name in an encoding that is not said; make the archive with UTF-8 names, or use plain letters"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device; put the file itself into the archive"
    if entry.flag_bits & 0x1:
        return "is protected by a password; make the archive without one"
    if any(len(part.encode()) > LONGEST_NAME for part in path.parts):
        return f"has a name of more than {LONGEST_NAME} bytes; shorten it"
    if _place_of(entry) in seen:
        return "is in the archive twice"
    if any(folder in files for folder in _place_of(entry).parents):
        return "lies in a folder that the archive has as a file too; leave one of the two out"
    return ""


def _write(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], name: str, into: Path) -> None:
    written = 0
    for entry in entries:
        target = into.joinpath(*PurePosixPath(entry.filename).parts)
        if entry.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, target.open("xb") as out:
            while chunk := source.read(CHUNK):
                written += len(chunk)
                if written > LARGEST_WHOLE:
                    raise ContentErrors([Problem(name, 1, f"unpacks to more than {LARGEST_WHOLE:,} bytes")])
                out.write(chunk)


def _course_folder(into: Path, name: str) -> Path:
    found = [file.parent for file in (*into.glob("course.yaml"), *into.glob("*/course.yaml"))]
    if len(found) != 1 or found[0] == into:
        message = "must hold one folder with a course.yaml in it; the folder's name is the course's address"
        raise ContentErrors([Problem(name, 1, message)])
    return found[0]
