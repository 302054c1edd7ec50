"""A picture that is uploaded is made anew: nothing of where, when or with what it was taken comes along."""

from __future__ import annotations

import io
import random
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from courses.models import Figure, Step
from tests.courses.admin.conftest import errors, send

pytestmark = pytest.mark.django_db
MAKER, ARTIST, ORIENTATION, GPS = 0x010F, 0x013B, 0x0112, 0x8825


def photograph(kind: str, size: tuple[int, int] = (40, 20), trailing: bytes = b"") -> bytes:
    """A picture that says who took it, with what and where, and lies on its side."""
    image = Image.new("RGB", size, "teal")
    marks = Image.Exif()
    marks[MAKER], marks[ARTIST], marks[ORIENTATION] = "Camera of Ines", "Ines Example", 6
    marks[GPS] = {1: "N", 2: (54.0, 20.0, 0.0)}
    out = io.BytesIO()
    image.save(out, kind, exif=marks)
    return out.getvalue() + trailing


def upload(client, name: str, content: bytes):
    step = Step.objects.get(slug="one-a")
    body = "Look.\n\n![](figure:place)\n"
    return send(
        client,
        f"/admin/courses/step/{step.pk}/change/",
        body=body,
        figures__0__uid="place",
        figures__0__alt="A place",
        figures__0__file=SimpleUploadedFile(name, content, "image/jpeg"),
    )


def kept() -> tuple[Figure, Image.Image]:
    figure = Figure.objects.get()
    with figure.file.open() as stored:
        return figure, Image.open(io.BytesIO(stored.read()))


def dots(width: int, height: int) -> Image.Image:
    """What compresses badly, as photographs do."""
    return Image.frombytes("RGB", (width, height), random.Random(3).randbytes(width * height * 3))  # noqa: S311


def test_a_photograph_of_a_telephone_becomes_a_picture_for_pages(as_editor, course):
    out = io.BytesIO()
    dots(2400, 1800).save(out, "JPEG", quality=95)
    assert upload(as_editor, "From My Phone.JPG", out.getvalue()).status_code == 302
    figure, image = kept()
    assert (image.format, image.size) == ("WEBP", (1600, 1200)) == ("WEBP", (figure.width, figure.height))
    assert figure.file.name.endswith(".webp") and figure.file.size < len(out.getvalue()) / 3
    shown = re.search(r"<img[^>]*>", as_editor.get("/courses/harbour/steps/one-a/").text)
    assert shown and all(
        word in shown[0] for word in ('width="1600"', 'height="1200"', 'loading="lazy"', figure.file.url)
    )


def test_a_drawing_of_dots_stays_as_it_is_dot_for_dot_and_may_be_seen_through(as_editor, course):
    drawn = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    drawn.putpixel((7, 7), (200, 30, 60, 255))
    out = io.BytesIO()
    drawn.save(out, "PNG")
    assert upload(as_editor, "dots.png", out.getvalue()).status_code == 302
    _figure, image = kept()
    assert image.format == "WEBP" and image.getpixel((7, 7)) == (200, 30, 60, 255) and image.getpixel((0, 0))[3] == 0


def test_a_photograph_saved_as_png_is_kept_as_a_photograph(as_editor, course):
    out = io.BytesIO()
    dots(800, 600).save(out, "PNG")
    assert upload(as_editor, "photo.png", out.getvalue()).status_code == 302
    figure, _image = kept()
    assert figure.file.size < len(out.getvalue()) / 3


@pytest.mark.parametrize("name", ["p.jpg", "p.png", "p.webp"])
def test_nothing_of_the_camera_or_the_place_is_kept(as_editor, course, name):
    kind = {"p.jpg": "JPEG", "p.png": "PNG", "p.webp": "WEBP"}[name]
    assert upload(as_editor, name, photograph(kind, trailing=b"SECRET BEHIND THE PICTURE")).status_code == 302
    figure = Figure.objects.get()
    with figure.file.open() as stored:
        content = stored.read()
    for word in (b"Ines", b"Camera", b"SECRET"):
        assert word not in content
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "WEBP" and not dict(image.getexif()) and image.size == (20, 40)  # turned as it is seen
    assert (figure.width, figure.height) == (20, 40)


def test_a_picture_of_fifty_megapixels_is_refused_before_it_is_unpacked(as_editor, course):
    out = io.BytesIO()
    Image.new("1", (10_000, 5_000)).save(out, "PNG")
    found = errors(upload(as_editor, "large.png", out.getvalue()))
    assert "more than 40,000,000 pixels" in str(found["figures-0-file"])
    assert not Figure.objects.exists()


def test_what_is_no_picture_is_said_to_be_none(as_editor, course):
    found = errors(upload(as_editor, "broken.jpg", photograph("JPEG")[:60]))
    assert "cannot be read as a picture" in str(found["figures-0-file"])
