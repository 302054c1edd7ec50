"""The certificate as a PDF that screen readers can read (PDF/UA-1), by typst where that is installed, in the fonts beside this file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
try:
    import typst
except ImportError:  # an extra: without it there is the page, which prints well
    typst = None  # type: ignore[assignment]


class NotPrintable(Exception):
    """None of our fonts has a letter that is to be printed."""


def available() -> bool:
    """Whether certificates can be had as PDF here."""
    return typst is not None


def pdf(certificate: Mapping[str, Any], qr: str) -> bytes:
    """The certificate on one sheet; `qr` is its code as an SVG picture. Raises NotPrintable."""
    inputs = {"certificate": json.dumps(certificate, ensure_ascii=False), "qr": qr}
    try:
        made = typst.compile(
            HERE / "certificate.typ",
            font_paths=[HERE / "fonts"],
            ignore_system_fonts=True,
            sys_inputs=inputs,
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        if "font" in str(error) or "glyph" in str(error):
            raise NotPrintable from error
        raise
    return made
