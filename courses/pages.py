"""Pages in two layers: what every reader shares, rendered once and kept under its version, and holes for what is mine.

A template marks a hole with `{% hole "app.module.function" name=value %}`, and words that only some readers see with
`{% either "app.module.function" key %}…{% otherwise %}…{% endeither %}`. Rendered as a shared page, the template has no request at all,
so nothing of one reader can reach another; the text is cut at the marks and kept. For each reader the holes are filled by calling
the function with the request; an `either` asks whether the key is in the set that the function gives, once for a request. In a page
that is rendered for one reader the same tags are filled on the spot.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.module_loading import import_string
from django.utils.translation import get_language

LOW_DATA_COOKIE = "low_data"


@dataclass(frozen=True, slots=True)
class Hole:
    """What one reader gets here: the function's dotted path, and its arguments besides the request."""

    path: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Either:
    """One of two pieces, by whether the key is in what the function at `path` gives for the reader."""

    path: str
    key: Any
    yes: tuple[Chunk, ...]
    no: tuple[Chunk, ...]


Chunk = str | Hole | Either


@lru_cache(maxsize=64)
def _function(path: str) -> Callable[..., Any]:
    found: Callable[..., Any] = import_string(path)
    return found


def fill_hole(request: HttpRequest, path: str, arguments: Mapping[str, Any]) -> str:
    """What the function at `path` gives for this reader: HTML if it says so (SafeString), else escaped."""
    return conditional_escape(_function(path)(request, **arguments))


def is_in(request: HttpRequest, path: str, key: Any) -> bool:
    """Whether the key is in the set that the function at `path` gives for this reader; asked once for a request."""
    return key in _set_of(request, path)


def _set_of(request: HttpRequest, path: str) -> Container[Any]:
    known: dict[str, Container[Any]] = request.__dict__.setdefault("_sets", {})
    if path not in known:
        known[path] = _function(path)(request)
    return known[path]


class Marks:
    """Writes marks into a page that is being rendered and finds them again; a mark cannot be forged by a page's words."""

    def __init__(self) -> None:
        self._fence = f"\x02{secrets.token_hex(8)}\x02"
        self._marked: list[Hole | Either] = []

    def _mark(self, what: Hole | Either) -> str:
        self._marked.append(what)
        return f"{self._fence}{len(self._marked) - 1}{self._fence}"

    def hole(self, path: str, arguments: Mapping[str, Any]) -> str:
        return self._mark(Hole(path, arguments))

    def either(self, path: str, key: Any, yes: str, no: str) -> str:
        return self._mark(Either(path, key, self.cut(yes), self.cut(no)))

    def cut(self, text: str) -> tuple[Chunk, ...]:
        """The text as words and marks in turn."""
        pieces = text.split(self._fence)
        return tuple(self._marked[int(p)] if i % 2 else p for i, p in enumerate(pieces) if i % 2 or p)


class Shelf:
    """The shared pages of this process, the longest unused thrown out first. Keys carry versions, so nothing grows stale."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, tuple[Chunk, ...]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> tuple[Chunk, ...] | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: str, page: tuple[Chunk, ...]) -> None:
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > settings.PAGES_KEPT:
                self._pages.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()


shelf = Shelf()


def low_data(request: HttpRequest) -> bool:
    """Whether this reader asked for pages without pictures and web font."""
    return request.COOKIES.get(LOW_DATA_COOKIE) == "1" or request.headers.get("Save-Data", "").lower() == "on"


def shared(request: HttpRequest, template: str, *, key: str | None, context: Callable[[], Mapping[str, Any]]) -> str:
    """The page or fragment for this reader.

    `key` must carry the version of everything that `context` looks up, and is None for a page that must not be kept; `context` is
    called only when the shared part is not there yet.
    """
    low = low_data(request)
    full_key = key and f"{template}:{key}:{get_language()}:{low}"
    page = shelf.get(full_key) if full_key else None
    if page is None:
        marks = Marks()
        page = marks.cut(get_template(template).render({**context(), "marks": marks, "low_data": low}))
        if full_key:
            shelf.put(full_key, page)
    out: list[str] = []
    _fill(page, request, out)
    return "".join(out)


def _fill(chunks: tuple[Chunk, ...], request: HttpRequest, out: list[str]) -> None:
    for chunk in chunks:
        if type(chunk) is str:
            out.append(chunk)
        elif type(chunk) is Either:
            _fill(chunk.yes if chunk.key in _set_of(request, chunk.path) else chunk.no, request, out)
        elif type(chunk) is Hole:
            out.append(fill_hole(request, chunk.path, chunk.arguments))
