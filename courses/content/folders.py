"""Finds the course folders, and tells which have changed since they were loaded without understanding what is in them.

The server asks at each start, so this imports and reads as little as it can.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path

FORMAT_VERSION = 1  # raise it when the same files come to mean something else, so that --quick loads them again
HASHED_WHOLE = 5_000_000  # bytes; larger files (films) are told apart by size and time, which is quicker
LEFT_ALONE = ("README.md", "Thumbs.db", "desktop.ini", "__MACOSX")


def course_folders(content: Path) -> list[Path]:
    """The folders of a content folder that hold a course, by name."""
    if not content.is_dir():
        return []
    return sorted(entry for entry in content.iterdir() if not ignored(entry.name) and _is_course(entry))


def _is_course(folder: Path) -> bool:
    """It has a course.yaml; or weeks, and then checking says that course.yaml is missing."""
    if not folder.is_dir():
        return False
    return (folder / "course.yaml").is_file() or any((week / "week.yaml").is_file() for week in folder.iterdir())


def digest_of(folder: Path) -> str:
    """SHA-256 over the names and bytes of all files of a course: cheap enough for every start of the server."""
    digest = hashlib.sha256(f"{FORMAT_VERSION} {folder.name}".encode())
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not ignored(name))
        for name in sorted(name for name in names if not ignored(name)):
            path = Path(place, name)
            content = ""
            with suppress(OSError):  # gone meanwhile, or not ours to read: reading will say so
                state = path.lstat()
                content = f"{state.st_mode} {state.st_size} {state.st_mtime_ns}"
                if stat.S_ISREG(state.st_mode) and state.st_size <= HASHED_WHOLE:
                    content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"\0{path.relative_to(folder)}\0{content}".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def ignored(name: str) -> bool:
    """Hidden files, copies that editors leave, notes for people, and what Windows and Macs put beside files."""
    return name.startswith(".") or name.endswith("~") or name in LEFT_ALONE
