"""From the bytes of a text file to text that can be stored."""

from __future__ import annotations

import re

UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class TextError(Exception):
    """The bytes are not such text; `line` says where."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        self.message = message
        super().__init__(f"{line}: {message}")


def decode(data: bytes) -> str:
    """UTF-8 as text with plain line ends. Raises TextError at the first byte that is not, and at control characters."""
    data = data.removeprefix(BYTE_ORDER_MARK)
    try:
        text = plain_line_ends(data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"is not UTF-8 (byte 0x{data[error.start]:02X}); save the file as UTF-8"
        raise TextError(line, message) from error
    if match := UNSTORABLE.search(text):
        line = text.count("\n", 0, match.start()) + 1
        raise TextError(line, f"holds a control character ({match[0]!r}); delete it")
    return text


def plain_line_ends(text: str) -> str:
    """Line ends of Windows and old Macs, and those that browsers send, as plain ones."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
