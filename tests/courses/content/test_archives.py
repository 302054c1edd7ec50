"""A course as one ZIP: packed and unpacked it is the same, and an archive that means harm is refused with the place."""

from __future__ import annotations

import io
import random
import shutil
import stat
import zipfile
from typing import Any

import pytest

from courses.content import archives, checking, files, loading
from courses.content.errors import ContentErrors
from courses.content.exporting import export
from courses.models import Course
from tests.courses.content.course_files import WELCOME, CourseFiles

pytestmark = pytest.mark.django_db
COURSE = ("naloxone/course.yaml", "id: naloxone\n")


def zipped(*entries: tuple[str, str]) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries:
            archive.writestr(name, text)
    packed.seek(0)
    return packed


def refused(packed: io.BytesIO, into: Any) -> str:
    with pytest.raises(ContentErrors) as caught:
        archives.unpack(packed, "course.zip", into)
    assert not [path for path in into.rglob("*") if path.is_file() and path.name == "evil"]
    return "\n".join(map(str, caught.value.problems))


def test_a_packed_course_unpacks_to_one_that_changes_nothing(tmp_path):
    CourseFiles(tmp_path / "content").load()
    packed, again = io.BytesIO(), io.BytesIO()
    archives.pack(export(Course.objects.get()), packed)
    archives.pack(export(Course.objects.get()), again)
    assert packed.getvalue() == again.getvalue()
    folder = archives.unpack(packed, "naloxone.zip", tmp_path / "unpacked")
    course, problems = checking.check_course(files.read_course(folder))
    assert course and not problems and not loading.plan(course).changes_anything


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil", "leads out of the archive"),
        ("naloxone/../../evil", "leads out of the archive"),
        ("/tmp/evil", "leads out of the archive"),  # noqa: S108 - the point
        ("naloxone\\..\\evil", "not every computer can write"),
        ("C:evil", "not every computer can write"),
        ("naloxone/ev\nil", "not every computer can write"),
        ("naloxone/COURSE.yaml", "twice"),
        ("naloxone/./course.yaml", "twice"),
        ("naloxone//course.yaml", "twice"),
        ("naloxone/course.yaml/evil", "lies in a folder that the archive has as a file too"),
        (f"naloxone/{'é' * 130}", "more than 255 bytes"),
    ],
)
def test_a_name_that_leads_astray_is_refused_with_its_place(tmp_path, name, reason):
    packed = zipped(COURSE)
    with zipfile.ZipFile(packed, "a") as archive:
        entry = zipfile.ZipInfo("x")
        entry.filename = name  # as it is, without zipfile's own tidying
        archive.writestr(entry, "evil")
    packed.seek(0)
    said = refused(packed, tmp_path)
    assert reason in said and "course.zip/" in said


def test_a_link_is_refused(tmp_path):
    packed = zipped(COURSE)
    with zipfile.ZipFile(packed, "a") as archive:
        link = zipfile.ZipInfo("naloxone/evil")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    packed.seek(0)
    assert "link" in refused(packed, tmp_path)


def test_a_bomb_is_refused_by_what_it_says(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_WHOLE", 1_000_000)
    assert "unpacks to" in refused(zipped(COURSE, ("naloxone/evil", "0" * 2_000_000)), tmp_path)


def test_a_bomb_that_lies_about_its_size_is_refused_while_unpacking(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_WHOLE", 1_000_000)
    monkeypatch.setattr(archives, "_problems", lambda entries, name: [])
    assert "unpacks to more" in refused(zipped(COURSE, ("naloxone/large", "0" * 3_000_000)), tmp_path)


def test_a_hundred_thousand_files_are_refused(tmp_path):
    packed = zipped(COURSE, *((f"naloxone/{n}", "") for n in range(100_000)))
    assert "100,001 files" in refused(packed, tmp_path)
    assert not any(tmp_path.iterdir())


def test_a_name_in_an_unsaid_encoding_is_refused(tmp_path):
    packed = zipped(COURSE, ("naloxone/media/caf\u00e9.svg", "<svg/>"))
    spoiled = packed.getvalue().replace("caf\u00e9".encode(), b"caf\x82\x82")
    # Without the mark for UTF-8, in both the entry and the directory.
    spoiled = bytearray(spoiled)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := spoiled.find(mark, at + 1)) != -1:
            spoiled[at + offset + 1] &= ~0x08
    assert "encoding" in refused(io.BytesIO(bytes(spoiled)), tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip at all", zipped(COURSE).getvalue()[:-40]])
def test_what_is_no_zip_is_said_to_be_none(tmp_path, content):
    assert "is not a ZIP file that can be read" in refused(io.BytesIO(content), tmp_path)


def test_bytes_that_were_spoiled_on_the_way_are_noticed(tmp_path):
    content = bytearray(zipped(("naloxone/course.yaml", "id: naloxone\n" * 50)).getvalue())
    content[60] ^= 0xFF
    assert "is not a ZIP file that can be read" in refused(io.BytesIO(bytes(content)), tmp_path)


def test_whatever_is_spoiled_on_the_way_is_said_and_never_an_error_of_the_server(tmp_path):
    files = CourseFiles(tmp_path / "content")
    content = zipped(*((f"naloxone/{n}.md", files.read(WELCOME) * n) for n in range(1, 6)), COURSE).getvalue()
    chance = random.Random(7)  # noqa: S311 - no secret
    refusals = []
    for number in range(200):
        spoiled = bytearray(content)
        for _ in range(3):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        into = tmp_path / str(number)
        into.mkdir()
        try:
            archives.unpack(io.BytesIO(bytes(spoiled)), "course.zip", into)
        except ContentErrors as error:
            refusals.append(str(error))
        shutil.rmtree(into)
    assert len(refusals) > 50
    assert not [words for words in refusals if str(tmp_path) in words]


def test_what_macs_and_windows_put_beside_files_is_passed_over(tmp_path):
    CourseFiles(tmp_path / "content").load()
    packed = io.BytesIO()
    archives.pack(export(Course.objects.get()), packed)
    with zipfile.ZipFile(packed, "a") as archive:
        for place in ("naloxone-now/.DS_Store", "naloxone-now/01-first-week/Thumbs.db", "naloxone-now/desktop.ini"):
            archive.writestr(place, b"\0")
        odd = zipfile.ZipInfo("x")
        odd.filename = "__MACOSX/naloxone-now/._Icon\r"
        archive.writestr(odd, b"\0")
    folder = archives.unpack(packed, "naloxone.zip", tmp_path / "unpacked")
    course, problems = checking.check_course(files.read_course(folder))
    assert course and not problems and not loading.plan(course).changes_anything


@pytest.mark.parametrize(
    "entries", [[("course.yaml", "id: x")], [("a/b/course.yaml", "")], [COURSE, ("other/course.yaml", "")], []]
)
def test_an_archive_holds_one_course_in_its_folder(tmp_path, entries):
    assert "one folder with a course.yaml" in refused(zipped(*entries), tmp_path)
