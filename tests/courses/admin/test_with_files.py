"""The admin and the content files work on one course: what is edited here is kept when the files are loaded again."""

from __future__ import annotations

from pathlib import Path

import pytest

from courses.models import Course, Step, Topic, Week
from tests.courses.admin.conftest import errors, picture, send
from tests.courses.content.course_files import VAN, CourseFiles

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path: Path, settings) -> CourseFiles:
    folder = tmp_path / "content"
    folder.mkdir()
    settings.CONTENT_DIR = folder
    files = CourseFiles(folder)
    files.load()
    return files


def change(row: object) -> str:
    return f"/admin/courses/{type(row).__name__.lower()}/{row.pk}/change/"  # type: ignore[attr-defined]


def rows() -> list[object]:
    return [row for model in (Course, Week, Topic, Step) for row in model.objects.all()]


def test_what_the_files_made_passes_the_checks_and_saving_it_is_no_edit(as_editor, files):
    before = {type(row).__name__ + row.uid: row.loaded for row in rows()}
    words = dict(Step.objects.values_list("uid", "fingerprint"))
    for row in rows():
        response = send(as_editor, change(row))
        assert response.status_code == 302, errors(response)
    assert {type(row).__name__ + row.uid: row.loaded for row in rows()} == before
    assert dict(Step.objects.values_list("uid", "fingerprint")) == words
    plan = files.load()
    assert list(plan.lines()) == ["nothing to do"]


def test_charts_and_glossary_that_only_files_can_write_outlast_saving(as_editor, files):
    chart = "charts:\n  - {id: kits, kind: bars, title: Kits, unit: kits, source: who-2014, rows: [{label: North, value: 2}]}\n"
    files.change("01-first-week/01-what-it-is/01-welcome.md", "references:\n", f"{chart}references:\n")
    files.change("01-first-week/01-what-it-is/01-welcome.md", "It works.[^", "![](chart:kits)\n\nNaloxone works.[^")
    files.write("glossary.yaml", "terms:\n  - {id: naloxone, term: Naloxone, meaning: A medicine.}\n")
    files.load()
    for row in rows():
        response = send(as_editor, change(row))
        assert response.status_code == 302, errors(response)
    step = Step.objects.get(uid="welcome")
    assert "<b>2</b>" in step.body_html and 'class="term"' in step.body_html
    assert list(files.load().lines()) == ["nothing to do"]

    gone = send(as_editor, change(step), body="No chart any more.[^who-2014]\n\n![](figure:van)")
    assert gone.status_code == 200 and "kits" in str(errors(gone)) and "is never shown" in str(errors(gone))


def test_an_edit_stays_when_the_files_are_loaded_again(as_editor, files):
    step = Step.objects.get(uid="welcome")
    response = send(as_editor, change(step), title="Come in", questions__0__text="Where do you keep it?")
    assert response.status_code == 302, errors(response)
    as_editor.post(f"/admin/courses/step/{step.pk}/move/", {"direction": "down"})
    plan = files.load()
    assert not plan.changes_anything
    step.refresh_from_db()
    assert (step.title, step.questions.get().text) == ("Come in", "Where do you keep it?")
    assert list(step.topic.steps.values_list("uid", flat=True)) == ["film", "welcome"]


def test_a_step_made_in_the_admin_is_none_of_the_files_business(as_editor, files):
    topic = Topic.objects.get(uid="using-it")
    assert send(as_editor, "/admin/courses/step/add/", topic=topic.pk, title="Made here").status_code == 302
    assert not files.load().changes_anything
    assert Step.objects.get(uid="made-here").retired_at is None


def test_the_same_picture_from_a_form_is_the_same_file(as_editor, files):
    step = Step.objects.get(uid="welcome")
    name = step.figures.get().file.name
    assert send(as_editor, change(step), figures__0__file=picture("van.svg", VAN)).status_code == 302
    assert step.figures.get().file.name == name
    assert not files.load().changes_anything
