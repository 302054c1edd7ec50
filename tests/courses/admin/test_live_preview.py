"""The page beside the form: the one that would be there after saving, made without a write and without a lock."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import Step
from tests import factories
from tests.courses.admin.conftest import captions, filled, picture
from tests.courses.admin.test_preview import everything, preview, stored, without_tokens

pytestmark = pytest.mark.django_db


def live(client, step: Step | None, **changes):
    address = f"/admin/courses/step/{step.pk}/change/" if step else "/admin/courses/step/add/"
    data = filled(client, address) | {name.replace("__", "-"): value for name, value in changes.items()}
    where = address.replace("change/", "preview/live/").replace("add/", "add/preview/live/")
    return client.post(where, {name: value for name, value in data.items() if value is not None})


FULL = {
    "title": "Another title",
    "minutes": "9",
    "body": "Not *yet* said[^knots], [there](step:one-a).\n\n![](figure:new)",
    "figures__0__uid": "new",
    "figures__0__alt": "A line.",
    "figures__0__file": picture,
    "questions__0__uid": "q",
    "questions__0__text": "What if?",
    "resources__0__title": "Knots",
    "resources__0__url": "https://example.org/knots",
    "references__0__uid": "knots",
    "references__0__source": "The book of knots",
    "references__0__year": "1944",
    "references__0__claim": "It holds.",
}


def made() -> dict[str, object]:
    return {name: value() if callable(value) else value for name, value in FULL.items()}


def test_it_is_the_page_that_saving_would_make_and_nothing_is_written(as_editor, course):
    step = course.steps.get(slug="one-b")
    as_editor.get(f"/admin/courses/step/{step.pk}/change/")
    before, files = everything(), stored()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = live(as_editor, step, **made())
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    for words in (
        "Another title",
        "<em>yet</em>",
        "What if?",
        "Step 1.2",
        "The book of knots",
        "9 min",
        "data:image/svg+xml",
    ):
        assert words in response.text, words
    assert not [q["sql"] for q in queries if re.match(r"\s*(INSERT|UPDATE|DELETE|BEGIN)", q["sql"])]
    assert "FOR UPDATE" not in " ".join(q["sql"] for q in queries)
    assert everything() == before and stored() == files


def test_it_shows_the_same_as_the_preview_button(as_editor, course):
    step = course.steps.get(slug="one-b")
    address = f"/admin/courses/step/{step.pk}/change/"
    beside = live(as_editor, step, **made())
    whole = preview(as_editor, address, **made())
    main = [without_tokens(r.text).partition("<main")[2].partition("</main>")[0] for r in (beside, whole)]
    main[1] = re.sub(
        r'<div class="wrap section--tight"><aside class="notice" role="status".*?</aside></div>',
        "",
        main[1],
        flags=re.S,
    )
    assert " ".join(main[0].split()) == " ".join(main[1].split())


@pytest.mark.parametrize("kind", ["article", "video", "quiz", "discussion", "activity"])
def test_a_new_step_of_each_kind_can_be_seen(as_editor, course, kind):
    before = everything()
    more = {}
    if kind == "quiz":
        more = {
            "quiz__0__uid": "q",
            "quiz__0__question": "Which?",
            "quiz__0__options": "[x] This\nwhy: So.\n\n[ ] That\nwhy: No.",
        }
    if kind == "video":
        more = {
            "script": "The first words.",
            "film": SimpleUploadedFile("film.mp4", b"x"),
            "captions__0__file": captions(),
            "captions__0__label": "English",
        }
    response = live(
        as_editor,
        None,
        topic=course.topics.get(uid="two").pk,
        title="Brand new",
        kind=kind,
        body="Hello *you*.",
        **more,
    )
    assert response.status_code == 200, response.text
    assert "Brand new" in response.text and "<em>you</em>" in response.text
    assert ("Which?" in response.text) == (kind == "quiz")
    assert everything() == before


def test_drafts_retired_and_moved_steps_can_be_seen(as_editor, course):
    step = course.steps.get(slug="one-b")
    assert "Learners do not see this step yet." in live(as_editor, step, published=None).text
    assert live(as_editor, step, topic=course.topics.get(uid="two").pk).status_code == 200


def test_rows_that_are_to_be_removed_are_not_shown(as_editor, course):
    step = factories.step(course.topics.get(uid="one"), "asked", questions=("Why not?",))
    assert "Why not?" in live(as_editor, step).text
    assert "Why not?" not in live(as_editor, step, questions__0__DELETE="on").text


def test_what_cannot_be_shown_yet_is_said_as_a_list(as_editor, course):
    step = course.steps.get(slug="one-b")
    response = live(as_editor, step, body="Go [there](step:nowhere).", resources__0__title="K")
    assert response.status_code == 422
    assert response.text.lstrip().startswith('<ul class="refusals">')
    assert (
        "<strong>Body:</strong> Line 1: No step of this course" in response.text
        and "Resource to see also 1" in response.text
    )


def test_only_who_may_write_the_step_gets_it(client, as_editor, course):
    step = course.steps.first()
    for address in (f"/admin/courses/step/{step.pk}/preview/live/", "/admin/courses/step/add/preview/live/"):
        assert as_editor.get(address).status_code == 405
        assert client.post(address).status_code == 302
    assert as_editor.post("/admin/courses/step/999999/preview/live/", {"title": "x"}).status_code == 404
    assert as_editor.post("/admin/courses/step/x/preview/live/", {"title": "x"}).status_code == 404
    client.force_login(factories.moderator())
    assert client.post(f"/admin/courses/step/{step.pk}/preview/live/", {"title": "x"}).status_code == 403


def test_nothing_at_all_is_no_server_error(as_editor, course):
    step = course.steps.first()
    assert as_editor.post(f"/admin/courses/step/{step.pk}/preview/live/", {}).status_code == 422
    assert as_editor.post("/admin/courses/step/add/preview/live/", {"figures-TOTAL_FORMS": "99999"}).status_code == 422
