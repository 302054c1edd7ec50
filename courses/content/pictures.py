"""Pictures: their size, and a refusal of those that could run something, fetch something or fill the memory."""

from __future__ import annotations

import io
import re
from pathlib import PurePosixPath
from xml.etree import ElementTree

from PIL import Image, ImageOps

MOST_PIXELS = 40_000_000
LONGEST_SIDE = 20_000
LARGEST_SVG = 2_000_000  # bytes

FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP"}
LONGEST_SHOWN = 1600  # pixels: twice as fine as the widest place on a page
QUALITY = 82  # of 100, for photographs
MOST_WITHOUT_LOSS = 300_000  # bytes; what was a PNG and is larger than this is a photograph after all
ORIENTATION, LIES_ON_ITS_SIDE = 0x0112, (5, 6, 7, 8)
GPS = 0x8825

_FORBIDDEN_ELEMENTS = {"script", "foreignobject", "iframe", "embed", "object", "handler", "listener", "audio", "video"}
_XHTML = "http://www.w3.org/1999/xhtml"
_LINKS = {"href", "src", "base"}
_LENGTH = re.compile(r"\s*([0-9]{1,6}(?:\.[0-9]+)?)(?:px)?\s*")
_VIEW_BOX = re.compile(r"[\s,]*(?:-?[0-9.]+[\s,]+){2}([0-9]{1,6}(?:\.[0-9]+)?)[\s,]+([0-9]{1,6}(?:\.[0-9]+)?)[\s,]*")
_DECLARATION = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_INSTRUCTION = re.compile(r"<\?(?!xml[\s?])", re.IGNORECASE)
_FETCHING = re.compile(
    r"url\(\s*[\"']?\s*(?!\s*[\"']?#)|@import|image-set|https?:|data:|javascript:|expression\(|\\", re.IGNORECASE
)
_SCRIPT_ADDRESS = re.compile(r"\s*(?:javascript|data|vbscript)\s*:", re.IGNORECASE)


class PictureError(Exception):
    """The file is not a picture we take; the message says why, to the person who gave it."""


def picture_size(name: str, data: bytes) -> tuple[int, int]:
    """Width and height in pixels, as the picture is seen. SVG, JPEG, PNG and WebP are taken. Raises PictureError."""
    ending = PurePosixPath(name).suffix.lower()
    if ending == ".svg":
        return _svg_size(data)
    if ending in FORMATS:
        return _photo_size(data, FORMATS[ending])
    raise PictureError("a picture is an SVG, JPEG, PNG or WebP file")


def made_anew(name: str, data: bytes) -> tuple[str, bytes]:
    """The picture as WebP of a size for pages, with the name it then has, turned as it is seen.

    Nothing of place, time, camera or what is hidden behind it is left. A drawing (SVG) comes back as it is.
    Raises PictureError for what is too large or cannot be read, before it is unpacked.
    """
    path = PurePosixPath(name)
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        return name, data
    try:
        with Image.open(io.BytesIO(data), formats=sorted(set(FORMATS.values()))) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            colours = image.info.get("icc_profile") if image.mode in ("RGB", "RGBA") else None
            image.draft(image.mode, (LONGEST_SHOWN, LONGEST_SHOWN))  # a large JPEG is not even read larger
            seen = ImageOps.exif_transpose(image).convert("RGBA" if image.has_transparency_data else "RGB")
            seen.info = {}
            seen.thumbnail((LONGEST_SHOWN, LONGEST_SHOWN))
            return str(path.with_suffix(".webp")), _as_webp(seen, colours, exactly=kind == "PNG")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(f"the picture has more than {MOST_PIXELS:,} pixels; save it smaller") from error
    except Exception as error:  # a broken file makes Pillow's readers raise almost anything
        raise PictureError("the file cannot be read as a picture; save it again as JPEG, PNG or WebP") from error


def _as_webp(image: Image.Image, colours: bytes | None, *, exactly: bool) -> bytes:
    """The picture's bytes; `exactly`, dot for dot, where that is not too many of them."""
    for how in ({"lossless": True}, {"quality": QUALITY})[0 if exactly else 1 :]:
        out = io.BytesIO()
        image.save(out, "WEBP", icc_profile=colours, **how)
        if out.tell() <= MOST_WITHOUT_LOSS:
            break
    return out.getvalue()


def _photo_size(data: bytes, expected: str) -> tuple[int, int]:
    try:
        with Image.open(io.BytesIO(data), formats=sorted(set(FORMATS.values()))) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise Image.DecompressionBombError
            kind = "JPEG" if image.format == "MPO" else image.format  # telephones keep a second picture in a JPEG
            image.draft(image.mode, (1, 1))  # a JPEG is then read at an eighth of its size
            image.load()
            marks = image.getexif()
            turned = marks.get(ORIENTATION) in LIES_ON_ITS_SIDE
            tells_where = bool(marks.get_ifd(GPS))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(f"the picture has more than {MOST_PIXELS:,} pixels; save it smaller") from error
    except Exception as error:  # a broken file makes Pillow's readers raise almost anything
        raise PictureError("the file cannot be read as a picture; save it again as JPEG, PNG or WebP") from error
    if kind != expected:
        raise PictureError(f"the file is a {kind} picture, and its name says {expected}")
    if tells_where:
        raise PictureError("the photograph says where it was taken (GPS); save it without that, to protect people")
    return (height, width) if turned else (width, height)


def _svg_size(data: bytes) -> tuple[int, int]:
    if len(data) > LARGEST_SVG:
        raise PictureError(f"the SVG file has more than {LARGEST_SVG:,} bytes; make it simpler")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PictureError("the SVG file is not in UTF-8") from error
    # Before the parser sees it: entities are how a small file becomes a large one, or reads another file.
    if _DECLARATION.search(text):
        raise PictureError("the SVG file has a DOCTYPE or ENTITY; remove it")
    if _INSTRUCTION.search(text):
        raise PictureError("the SVG file names a stylesheet or another instruction (<?…?>); remove it")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 — without DOCTYPE there are no entities to expand
    except (ElementTree.ParseError, ValueError) as error:
        raise PictureError(f"the SVG file is not well-formed: {error}") from error
    if _local(root.tag) != "svg":
        raise PictureError("the file is not an SVG picture")
    for element in root.iter():
        _check_svg_element(element)
    return _size_of_root(root)


def _check_svg_element(element: ElementTree.Element) -> None:
    name = _local(element.tag)
    if name in _FORBIDDEN_ELEMENTS or _XHTML in str(element.tag):
        raise PictureError(f"the SVG file has a <{name}> element; only drawing is taken")
    for key, value in element.attrib.items():
        attribute = _local(key)
        if attribute.startswith("on"):
            raise PictureError(f"the SVG file has an event handler ({attribute}); remove it")
        if attribute in _LINKS and not value.strip().startswith("#"):
            raise PictureError("the SVG file points outside itself (href); only #names within it are taken")
        if attribute == "attributename" and (_local(value) in _LINKS or _local(value).startswith("on")):
            raise PictureError("the SVG file changes an address or a handler while it plays; remove that")
        if _SCRIPT_ADDRESS.match(value) or (_is_style(attribute, value) and _FETCHING.search(value)):
            raise PictureError(f"the SVG file fetches or runs something in {attribute}; remove it")
    if name == "style" and _FETCHING.search("".join(element.itertext())):
        raise PictureError("the SVG file fetches something in its styles (@import, url); remove it")


def _is_style(attribute: str, value: str) -> bool:
    return attribute == "style" or "\\" in value or "url" in value.lower()


def _local(name: object) -> str:
    """The name without its namespace ("{…}href" or "xlink:href"), in lower case."""
    return re.split(r"[}:]", str(name))[-1].strip().lower()


def _size_of_root(root: ElementTree.Element) -> tuple[int, int]:
    width, height = (_LENGTH.fullmatch(root.get(side, "")) for side in ("width", "height"))
    view_box = _VIEW_BOX.fullmatch(root.get("viewBox", ""))
    if width and height:
        size = float(width[1]), float(height[1])
    elif view_box:
        size = float(view_box[1]), float(view_box[2])
    else:
        raise PictureError("the SVG file has no size; give it a viewBox, or width and height in pixels")
    rounded = round(size[0]), round(size[1])
    if not all(1 <= side <= LONGEST_SIDE for side in rounded):
        raise PictureError(f"each side of the picture must be between 1 and {LONGEST_SIDE:,} pixels")
    return rounded
