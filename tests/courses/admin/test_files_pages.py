"""Files and admin without a terminal: a ZIP taken along, a ZIP loaded after its plan was seen, and a choice where both were edited."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from courses.content import archives
from courses.content.exporting import export
from courses.models import Course, Step
from tests.courses.content.course_files import WELCOME, CourseFiles

pytestmark = [pytest.mark.django_db, pytest.mark.real_clock]  # uploads wait for a day, and files say when they came
UPLOAD = "/admin/courses/course/upload/"


@pytest.fixture
def content(tmp_path, settings) -> Path:
    settings.CONTENT_DIR = tmp_path / "content"
    settings.DATA_DIR = tmp_path / "data"
    return settings.CONTENT_DIR


@pytest.fixture
def course_files(content) -> CourseFiles:
    made = CourseFiles(content)
    made.load()
    return made


def zipped(**texts: str) -> SimpleUploadedFile:
    """The loaded course as a ZIP, with other words in some of its files."""
    packed = io.BytesIO()
    exported = export(Course.objects.get())
    archives.pack(exported.__class__(exported.folder, {**exported.texts, **texts}, exported.media), packed)
    return SimpleUploadedFile("course.zip", packed.getvalue(), "application/zip")


def with_title(title: str) -> SimpleUploadedFile:
    return zipped(**{WELCOME: export(Course.objects.get()).texts[WELCOME].replace("title: Welcome", f"title: {title}")})


def files_page() -> str:
    return f"/admin/courses/course/{Course.objects.get().pk}/files/"


def test_a_course_can_be_taken_along_as_one_file(as_editor, course_files):
    response = as_editor.get(f"/admin/courses/course/{Course.objects.get().pk}/zip/")
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        assert "naloxone-now/course.yaml" in archive.namelist() and f"naloxone-now/{WELCOME}" in archive.namelist()
        assert archive.read("naloxone-now/media/van.svg").startswith(b"<svg")


def test_an_upload_shows_its_plan_and_loads_nothing_until_told_to(as_editor, course_files):
    response = as_editor.post(UPLOAD, {"zip": with_title("From the ZIP")}, follow=True)
    assert "renamed    step welcome: title Welcome → From the ZIP" in response.text
    assert Step.objects.get(uid="welcome").title == "Welcome"
    loaded = as_editor.post(response.request["PATH_INFO"], follow=True)
    assert "Loaded." in loaded.text
    assert Step.objects.get(uid="welcome").title == "From the ZIP"
    # The files on the server say so too: they would take it back at the next start.
    assert "title: From the ZIP" in course_files.read(WELCOME) and not course_files.plan().changes_anything
    assert as_editor.get(response.request["PATH_INFO"]).status_code == 404  # it is used up


def test_a_new_course_comes_in_as_a_zip(as_editor, course_files, content):
    upload = with_title("Welcome")
    Course.objects.all().delete()
    import shutil

    shutil.rmtree(course_files.folder)
    plan = as_editor.post(UPLOAD, {"zip": upload}, follow=True)
    assert "added      step welcome" in plan.text
    as_editor.post(plan.request["PATH_INFO"])
    assert (Step.objects.count() == 3 and not content.exists()) or not any(content.iterdir())


def test_an_upload_waits_for_files_that_were_not_loaded(as_editor, course_files):
    upload = with_title("From the ZIP")
    course_files.change(WELCOME, "minutes: 5", "minutes: 6")
    plan = as_editor.post(UPLOAD, {"zip": upload}, follow=True)
    refused = as_editor.post(plan.request["PATH_INFO"])
    assert refused.status_code == 422 and "were edited and not loaded" in refused.text
    assert Step.objects.get(uid="welcome").title == "Welcome"


@pytest.mark.parametrize(
    ("name", "content_of", "said"),
    [
        ("x.zip", b"no zip", "is not a ZIP file that can be read"),
        ("x.zip", b"", "was not chosen"),
        ("<b>.zip", b"PK", "is not a ZIP file that can be read"),
    ],
)
def test_what_is_no_course_is_said_to_be_none(as_editor, content, name, content_of, said):
    response = as_editor.post(UPLOAD, {"zip": SimpleUploadedFile(name, content_of)})
    assert response.status_code == 422 and said in response.text and "<b>.zip" not in response.text
    assert not list((content.parent / "data").rglob("*.zip"))


def test_every_mistake_in_an_uploaded_course_is_named_with_its_line(as_editor, course_files):
    response = as_editor.post(UPLOAD, {"zip": zipped(**{WELCOME: "---\nid: welcome\nkind: vidoe\n---\n"})})
    assert response.status_code == 422 and f"naloxone-now/{WELCOME}" in response.text and "line 3" in response.text
    assert Step.objects.get(uid="welcome").kind == "article"


def test_where_both_were_edited_an_educator_chooses(as_editor, course_files):
    Step.objects.filter(uid="welcome").update(title="From the admin")
    course_files.change(WELCOME, "title: Welcome", "title: From the files")
    page = as_editor.get(files_page()).text
    assert "-From the admin" in page and "+From the files" in page
    later = as_editor.post(files_page(), {"choose-welcome": ""}, follow=True)
    assert "left to choose" in later.text and Step.objects.get(uid="welcome").title == "From the admin"
    as_editor.post(files_page(), {"choose-welcome": "files"})
    assert Step.objects.get(uid="welcome").title == "From the files"
    assert "errornote" not in as_editor.get(files_page()).text


def test_what_is_left_to_choose_stands_on_the_tree_until_somebody_chose(as_editor, course_files):
    tree = f"/admin/courses/course/{Course.objects.get().pk}/tree/"
    assert "The files say something else" not in as_editor.get(tree).text
    Step.objects.filter(uid="welcome").update(title="From the admin")
    course_files.change(WELCOME, "title: Welcome", "title: From the files")
    course_files.load()
    page = as_editor.get(tree).text
    assert "1 place was edited in the files and here" in page and f'href="{files_page()}"' in page
    assert page.count("The files say something else; choose under “Files”.") == 1
    as_editor.post(files_page(), {"choose-welcome": "admin"})
    assert "edited in the files and here" not in as_editor.get(tree).text


def test_what_was_edited_in_the_admin_can_be_written_into_the_files(as_editor, course_files):
    Step.objects.filter(uid="welcome").update(title="From the admin")
    as_editor.post(files_page(), {"write": "1"})
    assert "title: From the admin" in course_files.read(WELCOME)


def test_a_course_without_files_gets_them(as_editor, content, course):
    page = f"/admin/courses/course/{course.pk}/files/"
    shown = as_editor.get(page).text
    assert "needs no files on the server" in shown and f'href="/admin/courses/course/{course.pk}/zip/"' in shown
    as_editor.post(page, {"write": "1"})
    assert (content / "harbour" / "course.yaml").is_file()


def test_learners_and_moderators_find_no_such_pages(as_learner, client, course_files):
    for person in (as_learner, client):
        for address in (UPLOAD, files_page(), f"/admin/courses/course/{Course.objects.get().pk}/zip/"):
            assert person.get(address).status_code == 302


def test_a_forged_number_is_no_upload(as_editor, content):
    assert as_editor.get(f"{UPLOAD}12345678-1234-4234-8234-123456789012/").status_code == 404
