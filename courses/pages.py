"""Pages in two layers: what every reader shares, rendered once and kept under its version, and holes for what is mine.

A template marks a hole with `{% hole "app.module.function" name=value %}`, and words that only some readers see with
`{% either "app.module.function" key %}…{% otherwise %}…{% endeither %}`. Rendered as a shared page, the template has no request at all,
so nothing of one reader can reach another; the text is cut at the marks and kept. For each reader the holes are filled by calling
the function with the request; an `either` asks whether the key is in the set that the function gives, once for a request. In a page
that is rendered for one reader the same tags are filled on the spot.

What readers of whom the same is true get alike is kept as bytes too, and compressed (courses.packing), so that most of a page is not
put together again. A page knows a mark of what it says, by which a browser that has it already is told so (304).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from accounts.preferences import low_data as low_data
from courses.packing import Kept, gzipped


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


@dataclass(frozen=True, slots=True)
class Page:
    """A page or fragment for one reader: its bytes in pieces, and the keys of the shared pages that it was made of."""

    pieces: list[Kept | bytes]
    keys: list[str]

    @property
    def content(self) -> bytes:
        return b"".join([piece.words if type(piece) is Kept else piece for piece in self.pieces])  # type: ignore[misc]

    def __html__(self) -> str:
        return self.content.decode()

    # The same each time but for a number in it: the masked token of a form, and the number that makes sending it twice harmless.
    _NUMBERED = re.compile(rb'name="(?:csrfmiddlewaretoken|submission)" value="[\w-]*"')

    def mark(self, request: HttpRequest) -> str:
        """A weak ETag: another one as soon as the page says something else to this reader, or its forms would not be taken any more."""
        parts = [key.encode() for key in self.keys]
        parts += [piece.mark if type(piece) is Kept else self._NUMBERED.sub(b"", piece) for piece in self.pieces]  # type: ignore[arg-type]
        return etag(request, b"\0".join(parts))


def etag(request: HttpRequest, said: bytes) -> str:
    """A weak ETag of what a page says, and of the secret of the browser's forms, which stands in it in another shape each time."""
    found = hashlib.blake2b(said, digest_size=15, key=settings.SECRET_KEY.encode()[:64])
    found.update(request.META.get("CSRF_COOKIE", "").encode())
    return f'W/"{found.hexdigest()}"'


class PageResponse(HttpResponse):
    """A page with its ETag, which knows how to be sent compressed without being compressed as a whole."""

    def __init__(self, request: HttpRequest, page: Page, *, status: int = 200) -> None:
        super().__init__(page.content, status=status)
        self._pieces = page.pieces
        if status == 200:
            self.headers["ETag"] = page.mark(request)

    def gzipped(self) -> bytes:
        return gzipped(self._pieces, self.content)


class Section:
    """What stands between two holes of a shared page: words, and choices between words."""

    __slots__ = ("asked", "chunks", "fixed")

    def __init__(self, chunks: tuple[Chunk, ...]) -> None:
        asked: dict[str, set[Any]] = {}
        _note_keys(chunks, asked)
        self.asked = tuple((path, frozenset(keys)) for path, keys in asked.items())
        self.chunks = chunks
        self.fixed = () if asked else tuple(_joined(chunks))

    def for_reader(self, request: HttpRequest) -> tuple[Kept | Hole, ...]:
        """The section as it is for every reader of whom the same is true as of this one."""
        if not self.asked:
            return self.fixed
        state = tuple([_those_in(_set_of(request, path), keys) for path, keys in self.asked])
        made = shelf.variant(self, state)
        if made is None:
            made = tuple(_joined(_chosen(self.chunks, request)))
            shelf.put_variant(self, state, made)
        return made


def _note_keys(chunks: tuple[Chunk, ...], asked: dict[str, set[Any]]) -> None:
    for chunk in chunks:
        if type(chunk) is Either:
            asked.setdefault(chunk.path, set()).add(chunk.key)
            _note_keys(chunk.yes, asked)
            _note_keys(chunk.no, asked)


def _those_in(found: Container[Any], keys: frozenset[Any]) -> frozenset[Any]:
    return keys & found if type(found) is frozenset else frozenset([key for key in keys if key in found])


def _chosen(chunks: tuple[Chunk, ...], request: HttpRequest) -> Iterator[str | Hole]:
    """Words and holes, each choice made for this reader."""
    for chunk in chunks:
        if type(chunk) is Either:
            yield from _chosen(chunk.yes if chunk.key in _set_of(request, chunk.path) else chunk.no, request)
        else:
            yield chunk  # type: ignore[misc]


def _joined(chunks: Iterable[Chunk]) -> Iterator[Kept | Hole]:
    """Words that follow each other as one piece."""
    words: list[str] = []
    for chunk in chunks:
        if isinstance(chunk, str):
            words.append(chunk)
            continue
        if words:
            yield Kept("".join(words).encode())
            words = []
        yield chunk  # type: ignore[misc]
    if words:
        yield Kept("".join(words).encode())


def _sections(chunks: tuple[Chunk, ...]) -> tuple[Section | Hole, ...]:
    parts: list[Section | Hole] = []
    between: list[Chunk] = []
    for chunk in chunks:
        if type(chunk) is Hole:
            parts += [Section(tuple(between)), chunk] if between else [chunk]
            between = []
        else:
            between.append(chunk)
    return tuple([*parts, Section(tuple(between))] if between else parts)


SharedPage = tuple[Section | Hole, ...]
State = tuple[frozenset[Any], ...]


class Shelf:
    """The shared pages of this process, the longest unused thrown out first, and of their sections what readers got of whom the same is
    true (never who they are). Keys carry versions, so nothing grows stale."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, SharedPage] = OrderedDict()
        self._variants: OrderedDict[tuple[Section, State], tuple[Kept | Hole, ...]] = OrderedDict()
        self._bytes = 0  # of the variants
        self._lock = Lock()

    def get(self, key: str) -> SharedPage | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: str, page: SharedPage) -> None:
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > settings.PAGES_KEPT:
                self._pages.popitem(last=False)

    def variant(self, section: Section, state: State) -> tuple[Kept | Hole, ...] | None:
        with self._lock:
            found = self._variants.get((section, state))
            if found is not None:
                self._variants.move_to_end((section, state))
            return found

    def put_variant(self, section: Section, state: State, made: tuple[Kept | Hole, ...]) -> None:
        with self._lock:
            if (section, state) not in self._variants:  # another thread may have been quicker
                self._bytes += _size(made)
            self._variants[section, state] = made
            while self._bytes > settings.PAGE_BYTES_KEPT:
                self._bytes -= _size(self._variants.popitem(last=False)[1])

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._variants.clear()
            self._bytes = 0


def _size(made: tuple[Kept | Hole, ...]) -> int:
    return sum(len(piece.words) for piece in made if type(piece) is Kept)


shelf = Shelf()


def shared(
    request: HttpRequest, template: str, *, key: str, context: Callable[[], Mapping[str, Any]], keep: bool = True
) -> Page:
    """The page or fragment for this reader.

    `key` must carry the version of everything that `context` looks up; `context` is called only when the shared part is not there yet.
    With `keep` false it is made each time: for what must not be kept.
    """
    low = low_data(request)
    full_key = f"{template}:{key}:{get_language()}:{low}"
    page = shelf.get(full_key) if keep else None
    filled = Page([], [full_key])
    if page is None:
        marks = Marks()
        with timezone.override(UTC):  # not the zone of the reader who happens to come first
            chunks = marks.cut(get_template(template).render({**context(), "marks": marks, "low_data": low}))
        if not keep:
            for chunk in _chosen(chunks, request):
                _add(chunk, request, filled)
            return filled
        page = _sections(chunks)
        shelf.put(full_key, page)
    for part in page:
        if type(part) is Hole:
            _add(part, request, filled)
        else:
            for piece in part.for_reader(request):  # type: ignore[union-attr]
                _add(piece, request, filled)
    return filled


def _add(piece: Kept | Hole | str, request: HttpRequest, to: Page) -> None:
    if not isinstance(piece, Hole):
        to.pieces.append(piece.encode() if isinstance(piece, str) else piece)
        return
    found = _function(piece.path)(request, **piece.arguments)
    if type(found) is Page:
        to.pieces.extend(found.pieces)
        to.keys.extend(found.keys)
    elif found:
        to.pieces.append(conditional_escape(found).encode())
