"""Puts an exported course into a folder of content files, and loses nothing of what lies there.

What was edited in the files and not loaded yet, or is in conflict with the admin, stops the export: load first, choose, then export.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from django.core.files.storage import default_storage

from courses.content import checking, files, loading
from courses.content.errors import ContentErrors, Problem
from courses.content.exporting import Exported, export, of_the_course
from courses.content.folders import course_folders, digest_of, ignored
from courses.content.planning import DIGEST
from courses.models import Course


@dataclass
class Written:
    """What an export did, by path inside the course's folder."""

    folder: Path
    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def write_into(content: Path, course: Course, *, overwrite: bool = False) -> Written:
    """Bring the course's folder below `content` to what the database says; then remember it as loaded.

    Raises ContentErrors when the folder holds edits that were not loaded or are in conflict, or may be another course's, unless
    `overwrite`; and when the course has no steps, because such files could not be loaded.
    """
    exported = export(course)
    if not exported.has_steps:
        raise ContentErrors([Problem(course.slug, 1, "the course has no steps; its files are left as they are")])
    target = content / exported.folder
    there = folder_of(content, course)
    if there and not overwrite:
        _refuse_to_lose(there, course, exported)
    elif target in course_folders(content) and not overwrite:
        message = (
            f'cannot be told whose it is; mend its course.yaml so that it says "id: {course.uid}", or say --overwrite'
        )
        raise ContentErrors([Problem(f"{target.name}/course.yaml", 1, message)])
    try:
        if there and there != target:
            _rename(there, target)
        done = write(exported, target)
    except OSError as error:
        raise ContentErrors([Problem(target.name, 1, f"cannot be written: {error.strerror}")]) from error
    checked, problems = checking.check_course(files.read_course(target))
    if checked is None:
        raise ContentErrors(problems)
    loading.apply(checked)  # changes no word: it only remembers that files and database agree
    return done


def write(exported: Exported, target: Path) -> Written:
    """Write what differs, take away texts that are no longer of the course, and leave everything else in the folder alone."""
    done = Written(target)
    for path, text in exported.texts.items():
        if _put(target / path, text.encode()):
            done.written.append(path)
    for path, stored in exported.media.items():
        if _put_stored(target / path, stored):
            done.written.append(path)
    for entry in sorted(target.rglob("*"), reverse=True):
        place = PurePosixPath(entry.relative_to(target).as_posix())
        if any(map(ignored, place.parts)):
            continue
        if entry.is_file() and of_the_course(place) and place.as_posix() not in exported.texts:
            entry.unlink()
            done.removed.append(place.as_posix())
        elif entry.is_dir() and not any(entry.iterdir()):
            entry.rmdir()
    return done


def in_step(content: Path, course: Course) -> bool:
    """Whether the course's files, where it has any, say what was loaded: nothing waits in them to be loaded."""
    there = folder_of(content, course)
    return there is None or digest_of(there) == course.loaded.get(DIGEST)


def folder_of(content: Path, course: Course) -> Path | None:
    """Where the course lies now, whatever the folder is called; None where it has no files."""
    for folder in course_folders(content):
        document = next(iter(files.read_course_documents([folder])), None)
        if document and document.data and document.data.get("id") == course.uid:
            return folder
    return None


def _rename(there: Path, target: Path) -> None:
    """A course's folder is named after its address, which can be changed in the admin."""
    if target.exists():
        message = f'is the folder of this course; its address is now "{target.name}", where another folder lies'
        raise ContentErrors([Problem(f"{there.name}/course.yaml", 1, message)])
    there.rename(target)


def _refuse_to_lose(there: Path, course: Course, exported: Exported) -> None:
    if all(_holds(there / path, text.encode()) for path, text in exported.texts.items()) and all(
        _holds_stored(there / path, stored) for path, stored in exported.media.items() if (there / path).exists()
    ):
        return
    place = f"{there.name}/course.yaml"
    if digest_of(there) != course.loaded.get(DIGEST):
        message = (
            "files of this folder were edited since they were last loaded; load the course first, or say --overwrite"
        )
        raise ContentErrors([Problem(place, 1, message)])
    checked, problems = checking.check_course(files.read_course(there))
    if checked is None:
        raise ContentErrors(problems)
    conflicts = [(row, name) for row in loading.plan(checked).conflicts for name in row.conflicts]
    if conflicts:
        message = "{} was edited in the files and in the admin; choose with load_course --ours or --theirs first"
        raise ContentErrors([Problem(row.path or place, 1, message.format(name), name) for row, name in conflicts])


def _put(file: Path, content: bytes) -> bool:
    """Write a file whole or not at all; False when it is so already."""
    if _holds(file, content):
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    with _beside(file) as stream:
        stream.write(content)
    os.replace(stream.name, file)
    return True


def _put_stored(file: Path, stored: str) -> bool:
    if _holds_stored(file, stored):
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    with default_storage.open(stored) as source, _beside(file) as stream:
        shutil.copyfileobj(source, stream)
    os.replace(stream.name, file)
    return True


def _holds(file: Path, content: bytes) -> bool:
    return file.is_file() and file.read_bytes() == content


def _holds_stored(file: Path, stored: str) -> bool:
    if not file.is_file() or file.stat().st_size != default_storage.size(stored):
        return False
    with default_storage.open(stored) as source, file.open("rb") as there:
        return hashlib.file_digest(there, "sha256").digest() == hashlib.file_digest(source, "sha256").digest()


def _beside(file: Path) -> tempfile._TemporaryFileWrapper[bytes]:
    """A file in the same folder, hidden from loaders until it takes the name."""
    return tempfile.NamedTemporaryFile(dir=file.parent, prefix=".", suffix=".part", delete=False)
