"""Pages in two layers: what every reader shares, rendered once and kept under its version, and holes for what is mine.

A template marks a hole with `{% hole "app.module.function" name=value %}`. Rendered as a shared page, the template has no request
at all, so nothing of one reader can reach another; the text is cut at the holes and kept. For each reader the holes are filled by
calling the function with the request. In a page that is rendered for one reader the same tag is filled on the spot.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.module_loading import import_string
from django.utils.translation import get_language

Filler = Callable[..., str]
Chunk = str | tuple[str, dict[str, Any]]  # words as they are, or a hole: the function's dotted path and its arguments

LOW_DATA_COOKIE = "low_data"


@lru_cache(maxsize=64)
def _filler(path: str) -> Filler:
    found: Filler = import_string(path)
    return found


def fill_hole(request: HttpRequest, path: str, arguments: Mapping[str, Any]) -> str:
    """What the function at `path` gives for this reader: HTML if it says so (SafeString), else escaped."""
    return conditional_escape(_filler(path)(request, **arguments))


class Marks:
    """Writes holes into a page that is being rendered and finds them again; the mark cannot be forged by a page's words."""

    def __init__(self) -> None:
        self._fence = f"\x02{secrets.token_hex(8)}\x02"

    def mark(self, path: str, arguments: Mapping[str, Any]) -> str:
        return f"{self._fence}{json.dumps([path, arguments])}{self._fence}"

    def cut(self, text: str) -> list[Chunk]:
        """The text as a list of words and holes in turn."""
        chunks: list[Chunk] = []
        for i, piece in enumerate(text.split(self._fence)):
            if i % 2:
                path, arguments = json.loads(piece)
                chunks.append((path, arguments))
            elif piece:
                chunks.append(piece)
        return chunks


def low_data(request: HttpRequest) -> bool:
    """Whether this reader asked for pages without pictures and web font."""
    return request.COOKIES.get(LOW_DATA_COOKIE) == "1" or request.headers.get("Save-Data", "").lower() == "on"


def shared(request: HttpRequest, template: str, *, key: str, context: Callable[[], Mapping[str, Any]]) -> str:
    """The page or fragment for this reader.

    `key` must carry the version of everything that `context` looks up; `context` is called only when the shared part is not kept yet.
    """
    low = low_data(request)
    full_key = f"{template}:{key}:{get_language()}:{int(low)}"
    pages = caches["pages"]
    chunks: list[Chunk] | None = pages.get(full_key)
    if chunks is None:
        marks = Marks()
        text = get_template(template).render({**context(), "marks": marks, "low_data": low})
        chunks = marks.cut(text)
        pages.set(full_key, chunks)
    return "".join([c if isinstance(c, str) else fill_hole(request, c[0], c[1]) for c in chunks])
