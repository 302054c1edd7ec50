"""What a certificate's QR code holds: every printed field and a signature over them, as one long number.

A number, because a QR code packs digits closest and no reader, address bar or mail changes them. Its bytes are

    1 (this layout) · 4 bytes that name the key · 64 bytes of Ed25519 signature · the fields

and the fields a JSON list, in the order of FIELDS, compressed (raw deflate). The signature is over CONTEXT, the key's name and the
compressed fields, as they are. static/js/verify.js reads the same. Nothing here needs the database or the network.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FIELDS = ("code", "name", "course", "organisation", "issued_on", "done", "whole", "weeks", "hours", "outcomes")
CONTEXT = b"harm reduction certificate 1:"
LAYOUT = 1
MOST_DIGITS = 4_200  # a QR code holds no more that a telephone could read
MOST_FIELDS = 20_000  # characters, unpacked
_KEY_NAME, _SIGNATURE = 4, 64


class Unreadable(Exception):
    """This is no certificate's number."""


class Altered(Exception):
    """It looks like one, but none of the keys made this signature over these fields."""


def private_key(secret: str) -> Ed25519PrivateKey:
    """The signing key that follows from a long random text."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"certificate key:" + secret.encode()).digest())


def public_key(secret: str) -> str:
    """The key that anybody may have, to verify: 32 bytes in base64url."""
    raw = private_key(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _raw(public: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(public + "=" * (-len(public) % 4))
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise ValueError(f"{public!r} is no public key: it has 43 letters, digits, hyphens and underscores.")
    return raw


def _name_of(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()[:_KEY_NAME]


def pack(fields: Mapping[str, Any], secret: str) -> str:
    """The fields with their signature as a number."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    values = json.dumps([fields[name] for name in FIELDS], ensure_ascii=False, separators=(",", ":"))
    packed = packer.compress(values.encode()) + packer.flush()
    key = private_key(secret)
    name = _name_of(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    signature = key.sign(CONTEXT + name + packed)
    return str(int.from_bytes(bytes([LAYOUT]) + name + signature + packed, "big"))


def digits_in(text: str) -> str:
    """The number in an address that was scanned, or in a text that holds one. Raises Unreadable when there is none."""
    found = max(re.findall(r"[0-9]+", re.sub(r"\s+", "", text)), key=len, default="")
    if not 180 <= len(found) <= MOST_DIGITS:
        raise Unreadable
    return found


def unpack(digits: str, public_keys: Iterable[str]) -> dict[str, Any]:
    """The fields as they were signed. Raises Unreadable, or Altered when no key fits."""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
        raise Unreadable
    number = int(digits)
    whole = number.to_bytes((number.bit_length() + 7) // 8, "big")
    start = 1 + _KEY_NAME + _SIGNATURE
    if len(whole) <= start or whole[0] != LAYOUT:
        raise Unreadable
    name, signature, packed = whole[1 : 1 + _KEY_NAME], whole[1 + _KEY_NAME : start], whole[start:]
    fitting = [raw for raw in map(_raw, public_keys) if _name_of(raw) == name]
    if not any(_signed(raw, signature, CONTEXT + name + packed) for raw in fitting):
        raise Altered
    try:
        values = json.loads(zlib.decompressobj(-15).decompress(packed, MOST_FIELDS))
    except (zlib.error, ValueError) as error:
        raise Unreadable from error
    return dict(zip(FIELDS, values, strict=True))


def _signed(raw: bytes, signature: bytes, words: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, words)
    except InvalidSignature:
        return False
    return True
