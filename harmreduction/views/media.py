"""Course media from the site's own storage: in ranges, so that films can be sought, and so that no file can run as a page."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from typing import IO

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

TYPES = {
    ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp",
    ".avif": "image/avif", ".mp4": "video/mp4", ".m4a": "audio/mp4", ".mp3": "audio/mpeg", ".vtt": "text/vtt; charset=utf-8",
}  # fmt: skip
TEXTS, LARGEST_TEXT = {".svg", ".vtt"}, 2_000_000  # bytes
FINGERPRINTED = re.compile(r"\.[0-9a-f]{10}\.\w+$")
RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")
BLOCK = 64 * 1024  # bytes read at a time
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def _blocks(name: str, start: int, length: int) -> Iterator[bytes]:
    """The bytes of a range. Raises OSError, before the first block, where there is no file to read."""
    if hasattr(default_storage, "blocks"):  # a bucket (harmreduction.storages)
        found: Iterator[bytes] = default_storage.blocks(name, start, length)
        return found
    return _blocks_of(default_storage.open(name), start, length)


def _blocks_of(file: IO[bytes], start: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while length > 0 and (block := file.read(min(BLOCK, length))):
            length -= len(block)
            yield block


def wanted_range(header: str, size: int) -> tuple[int, int] | None:
    """(first, last) byte of a single range, or None where the whole file is meant (RFC 9110, 14.1.2).

    Raises ValueError where the range lies outside the file.
    """
    match = RANGE.match(header.strip())
    if not match or match.group() == "bytes=-":
        return None
    start, end = match.groups()
    first = int(start) if start else max(0, size - int(end))
    last = min(int(end), size - 1) if start and end else size - 1
    if first > last or first >= size:
        raise ValueError
    return first, last


@require_safe
def serve(request: HttpRequest, name: str) -> HttpResponseBase:
    """A file of the storage. What is not a picture, film, sound or caption is offered for download only."""
    try:
        size = default_storage.size(name)
    except (SuspiciousOperation, OSError, ValueError):
        raise Http404 from None
    extension = "." + name.rpartition(".")[2].lower()
    kind = TYPES.get(extension)
    try:
        span = wanted_range(request.headers.get("Range", ""), size)
    except ValueError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = span or (0, size - 1)
    headers = {
        "Content-Length": str(last - first + 1),
        "Accept-Ranges": "bytes",
        "Content-Security-Policy": SANDBOX,
        "Cache-Control": "public, max-age=31536000, immutable"
        if FINGERPRINTED.search(name)
        else "public, max-age=3600",
    }
    if span:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    if kind is None:
        headers["Content-Disposition"] = "attachment"
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    try:
        body = iter(()) if request.method == "HEAD" or not size else _blocks(name, first, last - first + 1)
    except OSError:
        raise Http404 from None
    if extension in TEXTS and not span and request.method == "GET" and size <= LARGEST_TEXT:
        # In one piece, so that it is compressed.
        return HttpResponse(b"".join(body), content_type=kind, headers=headers)
    return StreamingHttpResponse(body, status=206 if span else 200, content_type=kind, headers=headers)
