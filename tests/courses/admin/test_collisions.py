"""Two people at one form: the second is told before anything is saved, and neither loses a word."""

from __future__ import annotations

import pytest
from django.test import Client

from courses import arranging, history
from courses.models import Figure, ReflectionQuestion, Step, Topic
from tests import factories
from tests.courses.admin.conftest import captions, fields_of, filled, picture, send
from tests.courses.content.course_files import WELCOME, CourseFiles

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(course) -> Step:
    return Step.objects.get(slug="one-a")


@pytest.fixture
def as_other(db) -> Client:
    client = Client()
    client.force_login(factories.educator("Noor"))
    return client


def address(row) -> str:
    return f"/admin/courses/{type(row).__name__.lower()}/{row.pk}/change/"


def texts(row) -> set[str]:
    return {revision.fields["body"] for revision in history.revisions_of(row)}


def test_the_second_is_told_and_both_texts_survive(as_editor, as_other, step):
    mine = filled(as_editor, address(step)) | {"body": "What Ines wrote."}
    assert send(as_other, address(step), body="What Noor wrote.").status_code == 302
    response = as_editor.post(address(step), mine)
    assert response.status_code == 409
    assert "Somebody else changed this meanwhile" in response.text and "Noor" in response.text
    step.refresh_from_db()
    assert step.body == "What Noor wrote."
    again = fields_of(response)
    assert again["body"] == "What Ines wrote." and "theirs" not in again
    assert as_editor.post(address(step), again).status_code == 302
    step.refresh_from_db()
    assert step.body == "What Ines wrote."
    assert {"What Ines wrote.", "What Noor wrote."} <= texts(step)


def test_taking_theirs_keeps_mine_in_the_history(as_editor, as_other, step):
    mine = filled(as_editor, address(step)) | {"body": "What Ines wrote.", "title": "Her title"}
    send(as_other, address(step), body="What Noor wrote.")
    again = fields_of(as_editor.post(address(step), mine)) | {"theirs": "body"}
    assert as_editor.post(address(step), again).status_code == 302
    step = Step.objects.get(pk=step.pk)
    assert (step.body, step.title) == ("What Noor wrote.", "Her title")
    assert "What Noor wrote." in step.body_html
    assert "What Ines wrote." in texts(step)


def test_what_only_the_other_changed_is_taken_unless_one_says_otherwise(as_editor, as_other, step):
    mine = filled(as_editor, address(step)) | {"title": "Her title"}
    sent = {"figures__0__uid": "boat", "figures__0__file": picture(), "figures__0__alt": "A boat"}
    sent |= {"questions__0__uid": "why", "questions__0__text": "Why?"}
    assert send(as_other, address(step), body="![](figure:boat)", **sent).status_code == 302
    response = as_editor.post(address(step), mine)
    assert response.status_code == 409
    changes = {change.name: bool(change.mine) for change in response.context["collision"].changes}
    assert changes == {"body": False, "figures": False, "questions": False}
    again = fields_of(response) | {"theirs": list(changes)}
    assert as_editor.post(address(step), again).status_code == 302
    step = Step.objects.get(pk=step.pk)
    assert (step.title, step.body) == ("Her title", "![](figure:boat)")
    assert Figure.objects.get().alt == "A boat" and ReflectionQuestion.objects.get(retired_at=None).uid == "why"


def test_parts_of_both_that_do_not_go_together_are_said_and_nothing_is_saved(as_editor, as_other, step):
    mine = filled(as_editor, address(step)) | {"body": "What Ines wrote."}
    sent = {"figures__0__uid": "boat", "figures__0__file": picture(), "figures__0__alt": "A boat"}
    assert send(as_other, address(step), body="![](figure:boat)", **sent).status_code == 302
    again = fields_of(as_editor.post(address(step), mine)) | {"theirs": ["figures"]}
    before = history.fields_of(step)
    response = as_editor.post(address(step), again)  # her text does not show the figure
    assert response.status_code == 409 and "boat" in response.text
    assert history.fields_of(step) == before
    assert fields_of(response)["body"] == "What Ines wrote."
    assert as_editor.post(address(step), fields_of(response) | {"theirs": ["figures", "body"]}).status_code == 302


def test_a_part_that_the_other_took_away_is_told_and_no_error(as_editor, as_other, step):
    sent = {"references__0__uid": "who", "references__0__source": "WHO", "references__0__year": "2021"}
    assert send(as_other, address(step), body="So.[^who]", **sent).status_code == 302
    mine = filled(as_editor, address(step)) | {"title": "Hers"}
    assert send(as_other, address(step), body="None.", references__0__DELETE="on").status_code == 302
    response = as_editor.post(address(step), mine)
    assert response.status_code == 409 and "Somebody else changed this meanwhile" in response.text
    assert {change.name: bool(change.mine) for change in response.context["collision"].changes} == {
        "body": False,
        "references": False,
    }
    keeping = fields_of(response)
    assert (keeping["references-0-uid"], keeping["references-INITIAL_FORMS"]) == ("who", "0")
    assert as_editor.post(address(step), keeping | {"theirs": ["body", "references"]}).status_code == 302
    step.refresh_from_db()
    assert (step.title, step.body) == ("Hers", "None.") and not step.references.exists()


def test_a_part_that_the_other_took_away_can_be_kept(as_editor, as_other, step):
    sent = {"references__0__uid": "who", "references__0__source": "WHO", "references__0__year": "2021"}
    assert send(as_other, address(step), body="So.[^who]", **sent).status_code == 302
    mine = filled(as_editor, address(step)) | {"references-0-source": "WHO, twice", "body": "So it is.[^who]"}
    assert send(as_other, address(step), body="None.", references__0__DELETE="on").status_code == 302
    response = as_editor.post(address(step), mine)
    assert response.status_code == 409
    assert as_editor.post(address(step), fields_of(response)).status_code == 302
    step.refresh_from_db()
    assert step.body == "So it is.[^who]" and step.references.get().source == "WHO, twice"


def test_figures_and_captions_that_the_other_took_away_keep_their_files(as_editor, as_other, step):
    sent = {f"figures__{i}__{name}": value for i, uid in enumerate("ab") for name, value in a_figure(uid).items()}
    sent |= {"captions__0__language": "en", "captions__0__file": captions()}
    both = "![](figure:a)\n\n![](figure:b)"
    assert send(as_other, address(step), kind="video", body=both, **sent).status_code == 302
    figure, cues = step.figures.get(uid="b"), step.captions.get().cues
    mine = filled(as_editor, address(step)) | {"figures-1-alt": "A boat at night", "title": "Hers"}
    gone = {f"{part}__DELETE": "on" for part in ("figures__0", "figures__1", "captions__0")}
    assert send(as_other, address(step), body="None.", **gone).status_code == 302
    response = as_editor.post(address(step), mine)
    assert response.status_code == 409 and "These files" not in response.text
    assert fields_of(response)["figures-1-alt"] == "A boat at night"
    for change in ({"figures-1-alt": ""}, {}):  # also when the form comes back once more
        keeping = {"figures-1-alt": "By night", "theirs": []}
        response = as_editor.post(address(step), fields_of(response) | keeping | change)
    assert response.status_code == 302
    step = Step.objects.get(pk=step.pk)
    kept = step.figures.get(uid="b")
    assert (step.title, step.body, kept.alt) == ("Hers", both, "By night")
    assert (kept.file.name, kept.width, kept.height) == (figure.file.name, figure.width, figure.height)
    assert step.figures.count() == 2 and step.captions.get().cues == cues != []
    assert "<figure" in as_editor.get(step.get_absolute_url()).text


def a_figure(uid: str) -> dict:
    return {"uid": uid, "file": picture(f"{uid}.svg"), "alt": "A boat"}


def test_only_a_sealed_name_of_a_file_is_taken(as_editor, as_other, step):
    sent = {f"figures__0__{name}": value for name, value in a_figure("boat").items()}
    assert send(as_other, address(step), body="![](figure:boat)", **sent).status_code == 302
    name = Figure.objects.get().file.name
    assert send(as_other, address(step), body="None.", figures__0__DELETE="on").status_code == 302
    for kept in (name, "../secret.svg", f"{name}:forged"):
        row = {"figures__0__uid": "boat", "figures__0__alt": "A boat", "figures__0__kept": kept}
        response = send(as_editor, address(step), body="![](figure:boat)", **row)
        assert "file" in response.context["inline_admin_formsets"][0].formset.errors[0]
    assert not Figure.objects.exists()


def test_a_file_that_has_to_be_chosen_again_is_named(as_editor, as_other, step):
    mine = filled(as_editor, address(step)) | {"body": "![](figure:boat)"}
    mine |= {f"figures-0-{name}": value for name, value in a_figure("boat").items()}
    send(as_other, address(step), title="Noor's title")
    response = as_editor.post(address(step), mine)
    assert response.status_code == 409
    assert "These files have to be chosen again" in response.text and "boat.svg (figures: boat)" in response.text


def test_a_form_with_mistakes_meets_the_others_change_when_they_are_mended(as_editor, as_other, step):
    mine = filled(as_editor, address(step)) | {"body": "[a link](step:nowhere)"}
    send(as_other, address(step), title="Noor's title")
    response = as_editor.post(address(step), mine)
    assert response.status_code == 409 and "nowhere" in response.text
    response = as_editor.post(address(step), fields_of(response) | {"body": "Mended."})
    assert response.status_code == 409
    step.refresh_from_db()
    assert step.title == "Noor's title" and step.body != "Mended."
    assert as_editor.post(address(step), fields_of(response) | {"theirs": "title"}).status_code == 302
    step.refresh_from_db()
    assert (step.title, step.body) == ("Noor's title", "Mended.")


def test_a_third_change_while_one_chooses_is_told_as_well(as_editor, as_other, step):
    mine = filled(as_editor, address(step)) | {"body": "What Ines wrote."}
    send(as_other, address(step), body="What Noor wrote.")
    again = fields_of(as_editor.post(address(step), mine))
    send(as_other, address(step), body="What Noor wrote then.")
    assert as_editor.post(address(step), again).status_code == 409


def test_files_that_are_loaded_meanwhile_count_as_somebody(as_editor, tmp_path):
    files = CourseFiles(tmp_path)
    files.load()
    step = Step.objects.get(title="Welcome")
    mine = filled(as_editor, address(step)) | {"lead": "Her lead."}
    files.change(WELCOME, "title: Welcome", "title: Come in")
    files.load()
    response = as_editor.post(address(step), mine)
    assert response.status_code == 409 and "loaded from files" in response.text
    assert as_editor.post(address(step), fields_of(response) | {"theirs": "title"}).status_code == 302
    step.refresh_from_db()
    assert (step.title, step.lead) == ("Come in", "Her lead.")


def test_courses_weeks_and_topics_are_watched_too(as_editor, as_other, course):
    for row in (course, course.weeks.first(), Topic.objects.first()):
        mine = filled(as_editor, address(row)) | {"title": "Hers"}
        assert send(as_other, address(row), title="Noor's").status_code == 302
        response = as_editor.post(address(row), mine)
        assert response.status_code == 409
        assert as_editor.post(address(row), fields_of(response)).status_code == 302
        row.refresh_from_db()
        assert row.title == "Hers"


def test_a_neighbours_move_and_ones_own_saving_are_no_collision(as_editor, step):
    mine = filled(as_editor, address(step)) | {"title": "Hers"}
    arranging.move(row=step, direction="down")
    assert as_editor.post(address(step), mine).status_code == 302
    assert send(as_editor, address(step), title="Hers again").status_code == 302


def test_what_a_browser_would_not_send_does_no_harm(as_editor, as_other, step):
    mine = filled(as_editor, address(step)) | {"title": "Hers", "theirs": ["retired", "nonsense", "title"]}
    for number in ("", "x", "9" * 30, "999999"):
        fresh = {**mine, "seen": filled(as_editor, address(step))["seen"], "their-version": number}
        assert as_editor.post(address(step), fresh).status_code == 302
    assert as_editor.post(address(step), {**mine, "seen": "\x00 nothing"}).status_code == 409
