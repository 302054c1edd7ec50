"""Course media from the site's own storage: in ranges, so that films can be sought, and so that no file can run as a page."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from typing import BinaryIO

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

TYPES = {
    ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp",
    ".avif": "image/avif", ".mp4": "video/mp4", ".m4a": "audio/mp4", ".mp3": "audio/mpeg", ".vtt": "text/vtt; charset=utf-8",
}  # fmt: skip
FINGERPRINTED = re.compile(r"\.[0-9a-f]{10}\.\w+$")
RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")
BLOCK = 64 * 1024  # bytes read at a time
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def _blocks(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
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
        if not default_storage.exists(name):
            raise Http404
        size = default_storage.size(name)
        file = default_storage.open(name)
    except (SuspiciousOperation, OSError, ValueError):
        raise Http404 from None
    extension = "." + name.rpartition(".")[2].lower()
    kind = TYPES.get(extension)
    try:
        span = wanted_range(request.headers.get("Range", ""), size)
    except ValueError:
        file.close()
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
    body: Iterator[bytes] = iter(()) if request.method == "HEAD" else _blocks(file, first, last - first + 1)  # type: ignore[arg-type]
    if request.method == "HEAD":
        file.close()
    response = StreamingHttpResponse(body, status=206 if span else 200, content_type=kind, headers=headers)
    return response
