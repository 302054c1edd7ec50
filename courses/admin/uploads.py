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
from courses.content.checking_media import LARGEST_PICTURE, CheckedFile, MediaChecker
from courses.content.errors import Problem
from courses.content.keeping import keep, storage_name
from courses.content.pictures import PictureError, made_anew
from courses.content.sources import StoredFile
from courses.restoring import KeptFile

Kind = Literal["picture", "film", "audio", "captions", "chapters"]


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
        if isinstance(self.file, TemporaryUploadedFile) and not isinstance(self.file.file, io.BytesIO):
            return open(self.file.temporary_file_path(), "rb")
        self.file.seek(0)
        return io.BytesIO(self.file.read())


def look_at(file: Any, kind: Kind) -> CheckedFile | None:
    """What a new file is; None when none was chosen. Raises ValidationError when it may not be kept."""
    if not isinstance(file, UploadedFile):
        return None
    if kind == "picture":
        _make_anew(file)
    return _looked_at(Upload(file), kind)


def look_at_kept(name: str, kind: Kind) -> CheckedFile:
    """What a file is that the storage has under this name. Raises ValidationError when it is there no more, or may not be kept."""
    try:
        return _looked_at(KeptFile(name), kind)
    except OSError:
        raise ValidationError(_("This file is not kept on this site any more; choose it again.")) from None


def _looked_at(file: StoredFile, kind: Kind) -> CheckedFile:
    problems: list[Problem] = []
    checker = MediaChecker({}, problems)
    look = {
        "picture": checker.look_at_picture,
        "film": checker.look_at_film,
        "audio": checker.look_at_audio,
        "captions": checker.look_at_captions,
        "chapters": checker.look_at_chapters,
    }
    found = look[kind](file)
    if isinstance(found, CheckedFile):
        return found
    inside = [_("Line %(line)d of the file: %(what)s") % {"line": p.line, "what": p.message} for p in problems]
    raise ValidationError([found and sentence(found), *inside] if found else inside)


def _make_anew(file: UploadedFile[bytes]) -> None:
    """Make an uploaded picture anew, light and without what a camera wrote behind it. What cannot be read is left to the checks."""
    upload = Upload(file)
    if upload.size > LARGEST_PICTURE:
        return
    with upload.open() as stream:
        data = stream.read()
    try:
        name, cleaned = made_anew(upload.path, data)
    except PictureError:
        return
    if cleaned != data:
        file.file = io.BytesIO(cleaned)
        file.name, file.size = name, len(cleaned)


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
