"""Keeps a course's pictures, films and caption files in the site's storage, under names that follow from their bytes.

The same bytes have the same name, so keeping a file twice does nothing, and a page never shows another file than the one it was made
with.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.text import slugify

from courses.content.errors import ContentErrors, Problem
from courses.content.sources import StoredFile

LONGEST_NAME = 100  # what the database's file fields hold
HASH_DIGITS = 10


def storage_name(course: str, file: StoredFile) -> str:
    """courses/<id of the course>/<stem>.<start of the bytes' hash>.<ending>, shortened where the database could not hold it."""
    path = PurePosixPath(file.path)
    ending = f".{file.digest[:HASH_DIGITS]}{path.suffix.lower()}"
    folder = f"courses/{course[:60]}/"
    stem = slugify(path.stem) or "file"
    return folder + stem[: LONGEST_NAME - len(folder) - len(ending)] + ending


def keep(file: StoredFile, name: str) -> None:
    """Store a file under its name unless it is there. Raises ContentErrors when it changed since it was looked at."""
    if default_storage.exists(name):
        if default_storage.size(name) == file.size:
            return
        default_storage.delete(name)  # left behind half-written
    changed = ContentErrors([Problem(file.path, 1, "changed while it was being loaded; load the course again")])
    try:
        stream = file.open()
    except OSError as error:
        raise changed from error
    with stream:
        saved = default_storage.save(name, File(stream))
    if not file.unchanged or default_storage.size(saved) != file.size:
        default_storage.delete(saved)
        raise changed
    if saved != name:  # another loader was quicker, and the storage gave this copy a name of its own
        default_storage.delete(saved)
