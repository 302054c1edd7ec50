"""Pictures: their size as people see them, and the files that are refused."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from courses.content import pictures
from courses.content.pictures import PictureError, picture_size

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 120 80"{more}>{inside}</svg>'


def svg(inside: str = "", more: str = "") -> bytes:
    return SVG.format(inside=inside, more=more).encode()


def photo(kind: str, size: tuple[int, int] = (30, 20), exif: Image.Exif | None = None) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind, exif=exif or Image.Exif())
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (svg(), (120, 80)),
        (svg(more=' width="1200" height="640.4px"'), (1200, 640)),
        (svg(more=' width="100%" height="100%"'), (120, 80)),
        (b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>\n<!-- drawn by hand -->' + svg(), (120, 80)),
        (b"<svg width='7' height='5'/>", (7, 5)),
    ],
)
def test_the_size_of_an_svg_comes_from_its_sides_or_its_view_box(data: bytes, size: tuple[int, int]) -> None:
    assert picture_size("media/x.SVG", data) == size


@pytest.mark.parametrize(
    ("name", "kind"), [("a.jpg", "JPEG"), ("a.JPEG", "JPEG"), ("a.png", "PNG"), ("a.webp", "WEBP")]
)
def test_the_size_of_a_photograph_is_read(name: str, kind: str) -> None:
    assert picture_size(name, photo(kind)) == (30, 20)


def test_a_photograph_that_lies_on_its_side_is_measured_as_it_is_shown() -> None:
    exif = Image.Exif()
    exif[pictures.ORIENTATION] = 6
    assert picture_size("a.jpg", photo("JPEG", exif=exif)) == (20, 30)


def test_a_drawing_may_use_its_own_parts() -> None:
    inside = (
        '<style>.a { fill: url(#g) }</style><defs><linearGradient id="g"/><path id="p" d="M0 0h1"/></defs>'
        '<use href="#p"/><use xlink:href="#p" fill="url(\'#g\')" style="stroke: url( #g )"/><title>Curly</title>'
    )
    assert picture_size("x.svg", svg(inside)) == (120, 80)


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<script>alert(1)</script>", "script"),
        ("<SCRIPT>alert(1)</SCRIPT>", "script"),
        ('<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>', "script"),
        ('<x:p xmlns:x="http://www.w3.org/1999/xhtml">words</x:p>', "<p>"),
        ("<foreignObject/>", "foreignobject"),
        ('<g onclick="alert(1)"/>', "onclick"),
        ('<g OnLoad="alert(1)"/>', "onload"),
        ('<a href="https://example.org"><path/></a>', "href"),
        ('<a xlink:href=" javascript:alert(1)"><path/></a>', "href"),
        ('<image href="data:image/png;base64,AA"/>', "href"),
        ('<use xlink:href="other.svg#a"/>', "href"),
        ('<g xml:base="https://example.org/"/>', "href"),
        ('<a><animate attributeName="xlink:href" values="javascript:alert(1)"/></a>', "while it plays"),
        ('<a><set attributeName="onclick" to="alert(1)"/></a>', "while it plays"),
        ('<animate attributeName="x" values="javascript:alert(1)"/>', "values"),
        ("<style>@import 'https://example.org/x.css';</style>", "styles"),
        ("<style>.a { background: url(https://example.org/x.png) }</style>", "styles"),
        ("<style>.a { background: u\\72l(https://example.org/x.png) }</style>", "styles"),
        ("<style>.a { background: image-set('x.png' 1x) }</style>", "styles"),
        ('<path style="fill: url(//example.org/x.svg#a)"/>', "style"),
        ("<path fill=\"URL( 'x.svg#a')\"/>", "fill"),
        ('<path fill="u\\72l(x.svg#a)"/>', "fill"),
    ],
)
def test_a_drawing_that_runs_or_fetches_something_is_refused(inside: str, words: str) -> None:
    with pytest.raises(PictureError) as caught:
        picture_size("x.svg", svg(inside))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + svg("<text>&b;</text>"), "DOCTYPE"),
        (b'<!doctype svg SYSTEM "file:///etc/passwd">' + svg(), "DOCTYPE"),
        (b'<?xml-stylesheet href="https://example.org/x.css"?>' + svg(), "stylesheet"),
        (('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE svg>' + SVG).encode("utf-16"), "UTF-8"),
        (svg("<g>"), "well-formed"),
        (b"", "well-formed"),
        (b"<html/>", "not an SVG"),
        (b"<svg/>", "no size"),
        (b"<svg width='10mm' height='10mm'/>", "no size"),
        (b"<svg width='0' height='10'/>", "between 1 and"),
        (b"<svg width='999999' height='10'/>", "between 1 and"),
        (b"<svg>" + b" " * pictures.LARGEST_SVG + b"</svg>", "bytes"),
    ],
)
def test_a_file_that_is_no_plain_svg_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(PictureError) as caught:
        picture_size("x.svg", data)
    assert words in str(caught.value)


def test_an_svg_nested_very_deeply_is_read_or_refused() -> None:
    assert picture_size("x.svg", svg("<g>" * 50_000 + "</g>" * 50_000)) == (120, 80)


@pytest.mark.parametrize("name", ["x.gif", "x.bmp", "x.svgz", "x.html", "x"])
def test_other_kinds_of_files_are_refused(name: str) -> None:
    with pytest.raises(PictureError, match="SVG, JPEG, PNG or WebP"):
        picture_size(name, photo("GIF"))


@pytest.mark.parametrize("data", [b"", b"nonsense", photo("PNG")[:60], photo("GIF"), b"<svg/>"])
def test_what_cannot_be_read_as_a_photograph_is_refused(data: bytes) -> None:
    with pytest.raises(PictureError, match="cannot be read"):
        picture_size("x.png", data)


def test_a_photograph_that_was_cut_off_is_refused() -> None:
    with pytest.raises(PictureError, match="cannot be read"):
        picture_size("x.jpg", photo("JPEG", (300, 200))[:-400])


def test_a_photograph_whose_name_says_another_kind_is_refused() -> None:
    with pytest.raises(PictureError, match="JPEG picture, and its name says PNG"):
        picture_size("x.png", photo("JPEG"))


@pytest.mark.parametrize("side", [7_000, 12_000, 40_000])
def test_a_small_file_that_would_fill_the_memory_is_refused(side: int) -> None:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    bomb += struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    with pytest.raises(PictureError, match="pixels"):
        picture_size("x.png", bomb)


def test_a_photograph_that_says_where_it_was_taken_is_refused() -> None:
    exif = Image.Exif()
    exif[pictures.GPS] = {1: "N", 2: (52.0, 22.0, 0.0)}
    with pytest.raises(PictureError, match="where it was taken"):
        picture_size("a.jpg", photo("JPEG", exif=exif))
