"""Files that come with a form: looked at like those of a course folder, and kept under the same kind of name."""

from __future__ import annotations

import hashlib
import io
from functools import cached_property
from typing import Any, BinaryIO, Literal

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.db.models import FileField, Model
from django.utils.translation import gettext as _

from courses.admin.preview import Preview
from courses.admin.words import sentence
from courses.content.checking_media import CheckedFile, MediaChecker
from courses.content.errors import Problem
from courses.content.keeping import keep, storage_name


class Upload:
    """An uploaded file as a `StoredFile`. Each `open` gives a stream of its own: closing the upload itself would lose it."""

    unchanged = True

    def __init__(self, file: UploadedFile[bytes]) -> None:
        self.file = file
        self.path = file.name or ""
        self.size = file.size or 0

    @cached_property
    def digest(self) -> str:
        with self.open() as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]

    def open(self) -> BinaryIO:
        if isinstance(self.file, TemporaryUploadedFile):
            return open(self.file.temporary_file_path(), "rb")
        self.file.seek(0)
        return io.BytesIO(self.file.read())


def look_at(file: Any, kind: Literal["picture", "film", "audio", "captions"]) -> CheckedFile | None:
    """What a new file is; None when none was chosen. Raises ValidationError when it may not be kept."""
    if not isinstance(file, UploadedFile):
        return None
    problems: list[Problem] = []
    checker = MediaChecker({}, problems)
    look = {
        "picture": checker.look_at_picture,
        "film": checker.look_at_film,
        "audio": checker.look_at_audio,
        "captions": checker.look_at_captions,
    }
    found = look[kind](Upload(file))
    if isinstance(found, CheckedFile):
        return found
    inside = [_("Line %(line)d of the file: %(what)s") % {"line": p.line, "what": p.message} for p in problems]
    raise ValidationError([found and sentence(found), *inside] if found else inside)


def keep_uploads(row: Model, *, course: str, preview: Preview | None) -> None:
    """Store the new files of a row under the names their bytes give them; in a preview only note them."""
    for field in row._meta.concrete_fields:
        file = getattr(row, field.name) if isinstance(field, FileField) else None
        if not file or file._committed:
            continue
        upload = Upload(file.file)
        name = storage_name(course, upload)
        if preview:
            preview.add_file(name, upload)
        else:
            keep(upload, name)
        setattr(row, field.name, name)
