"""Pages sent compressed without being compressed again: each large piece that is kept is packed once and put between the others.

Deflate allows it: a piece that ends on a whole byte and looks back at nothing before it can follow any other (RFC 1951, 3.2.3; zlib's
"sync flush"). What stands between two such pieces is packed for each reader; it may look back at the piece before it, so that little
is lost against a page that is packed as a whole.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable

LEVEL = 9  # of what is sent again and again
LEVEL_ONCE = 4  # of what is sent once (see harmreduction.compression)
LEAST = 5000  # bytes; smaller pieces are packed better, and as quickly, with their neighbours
LOOK_BACK = 4096  # bytes; more would take longer to look through and save next to nothing
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # gzip, deflate, no name, no time, no system (RFC 1952)
_END = b"\x03\x00"  # a last block with nothing in it


class Kept:
    """Words of a page that are kept, with what makes it cheap to send them again."""

    __slots__ = ("_packed", "_sent", "mark", "words")

    def __init__(self, words: bytes) -> None:
        self.words = words
        self.mark = hashlib.blake2b(words, digest_size=16).digest()
        self._packed = b""
        self._sent = False

    def packed(self) -> bytes:
        """Packed quickly for the first reader, who may stay the only one; well for the second, and kept."""
        if self._packed:
            return self._packed
        if not self._sent:
            self._sent = True
            return _packed(self.words, LEVEL_ONCE)
        self._packed = _packed(self.words, LEVEL)
        return self._packed


def _packed(words: bytes, level: int, before: bytes = b"") -> bytes:
    """The words as whole blocks of a deflate stream, which look back at nothing, or at the words right before them."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, zdict=before[-LOOK_BACK:])
    return packer.compress(words) + packer.flush(zlib.Z_SYNC_FLUSH)


def gzipped(pieces: Iterable[Kept | bytes], whole: bytes) -> bytes:
    """The pieces as a gzip file; `whole` is they without compression."""
    out, loose, before = [_HEAD], list[bytes](), b""
    for piece in pieces:
        if not isinstance(piece, Kept):
            loose.append(piece)
        elif len(piece.words) < LEAST:
            loose.append(piece.words)
        else:
            if loose:
                out.append(_packed(b"".join(loose), LEVEL_ONCE, before))
                loose.clear()
            out.append(piece.packed())
            before = piece.words
    if loose:
        out.append(_packed(b"".join(loose), LEVEL_ONCE, before))
    out += [_END, struct.pack("<II", zlib.crc32(whole), len(whole) & 0xFFFFFFFF)]
    return b"".join(out)
