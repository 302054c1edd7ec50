"""The preview is the real page with what stands in the form, and nothing of it remains."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.models import Step
from tests import factories
from tests.courses.admin.conftest import SVG, captions, filled, picture, send

pytestmark = pytest.mark.django_db


def everything() -> dict[str, list[object]]:
    """All rows of the site, but for what signing in writes."""
    models = [model for model in apps.get_models() if model._meta.app_label not in ("sessions",)]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}


def stored() -> list[str]:
    def walk(folder: str) -> list[str]:
        try:
            folders, files = default_storage.listdir(folder)
        except FileNotFoundError:
            return []
        return [f"{folder}/{name}" for name in files] + [
            f for inner in folders for f in walk(f"{folder}/{inner}".lstrip("/"))
        ]

    return walk("")


def without_tokens(page: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken|submission)" value="[^"]+"', "", page)


def preview(client: Client, address: str, **changes: object) -> object:
    """Press "Preview" on the form at this address."""
    data = filled(client, address) | {name.replace("__", "-"): value for name, value in changes.items()}
    page = client.get(address).text
    button = page[page.index('value="Preview"') :]
    assert 'formtarget="_blank"' in button[: button.index(">")]
    where = button.split('formaction="')[1].split('"')[0]
    return client.post(where, {name: value for name, value in data.items() if value is not None})


def test_a_preview_is_the_real_page_and_writes_nothing(as_editor, client, course):
    step = course.steps.get(slug="one-b")
    published = client.get(step.get_absolute_url()).text
    before, files = everything(), stored()
    response = preview(
        as_editor,
        f"/admin/courses/step/{step.pk}/change/",
        title="Another title",
        slug="another-address",
        body="Not *yet* said.\n\n![](figure:new)",
        figures__0__uid="new",
        figures__0__alt="A line.",
        figures__0__file=picture(),
        questions__0__uid="q",
        questions__0__text="What if?",
    )
    assert response.status_code == 200
    for words in (
        "Preview, not saved.",
        "Another title",
        "<em>yet</em>",
        "What if?",
        "Step 1.2",
        'src="data:image/svg+xml;base64,',
    ):
        assert words in response.text
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Security-Policy"]
    assert everything() == before
    assert stored() == files
    # Nor does it remain in the pages that are kept.
    assert without_tokens(client.get(step.get_absolute_url()).text) == without_tokens(published)


def test_a_new_step_can_be_seen_before_it_is_saved(as_editor, course):
    before = everything()
    topic = course.topics.get(uid="two")
    response = preview(
        as_editor, "/admin/courses/step/add/", topic=topic.pk, title="Brand new", body="Hello.", published="on"
    )
    assert "Brand new" in response.text
    assert "Step 1.5" in response.text
    assert everything() == before


@pytest.mark.parametrize("changes", [{"title": "Another title"}, {"topic": "three"}, {"published": None}, None])
def test_the_preview_of_a_step_is_numbered_as_saving_will_number_it_and_takes_no_lock(as_editor, course, changes):
    """Another title, another topic, a draft, and a step that is new: what stands before and after it, and its own number."""
    step = course.steps.get(slug="two-a")
    address = f"/admin/courses/step/{step.pk}/change/" if changes else "/admin/courses/step/add/"
    if changes is None:
        changes = {"topic": "one", "title": "Brand new", "slug": "brand-new", "published": "on"}
    if "topic" in changes:
        changes = {**changes, "topic": course.topics.get(uid=changes["topic"]).pk}
    as_editor.get(address)
    with CaptureQueriesContext(connection) as queries:
        response = preview(as_editor, address, **changes)
    written = [q["sql"] for q in queries if re.match(r"\s*(INSERT|UPDATE|DELETE|BEGIN)", q["sql"])]
    assert response.status_code == 200 and written == [] and "FOR UPDATE" not in str(queries.captured_queries)
    assert send(as_editor, address, **changes).status_code == 302
    saved = Step.objects.get(slug=changes.get("slug", "two-a"))
    assert places(response.text)
    assert places(response.text) == places(as_editor.get(saved.get_absolute_url()).text)


def places(page: str) -> list[str]:
    """What a step's page says of its own place, and of what stands before and after it."""
    return re.findall(r'Step [\d.]+|<h1.*?</h1>|<a href="\S+" rel="(?:prev|next)">.*?</a>', page, re.DOTALL)


def test_a_draft_can_be_seen_before_it_is_saved(as_editor, course):
    topic = course.topics.get(uid="two")
    response = preview(as_editor, "/admin/courses/step/add/", topic=topic.pk, title="Brand new", published=None)
    assert "Learners do not see this step yet." in response.text


def test_a_film_step_with_new_files_shows_its_words(as_editor, course):
    files = stored()
    step = course.steps.get(slug="one-b")
    response = preview(
        as_editor,
        f"/admin/courses/step/{step.pk}/change/",
        kind="video",
        film=picture("film.mp4", b"not much of a film"),
        poster=picture("poster.svg", SVG),
        captions__0__file=captions(),
    )
    assert "The first words." in response.text
    assert "can be played after saving" in response.text
    assert 'poster="data:image/svg+xml' in response.text
    assert stored() == files


def test_what_cannot_be_shown_yet_says_why(as_editor, course):
    before = everything()
    step = course.steps.get(slug="one-b")
    response = preview(
        as_editor,
        f"/admin/courses/step/{step.pk}/change/",
        body="Go [there](step:nowhere).",
        resources__0__title="K",
        resources__0__to_step="nowhere",
    )
    assert response.status_code == 422
    assert "the form is as you left it" in response.text
    assert "<strong>Body:</strong> Line 1: No step of this course" in response.text
    assert "Resource to see also 1" in response.text
    assert everything() == before


BANNER = re.compile(r'<div class="wrap section--tight"><aside class="notice" role="status".*?</aside></div>', re.S)


def main_of(page: str) -> str:
    """What stands on a page, but for the words of a preview about itself."""
    return " ".join(BANNER.sub("", page).partition("<main")[2].partition("</main>")[0].split())


ELSEWHERE = {
    "course": {
        "tagline": "Said in other words.",
        "description": "Not *yet* said.",
        "faq": "Is it free?\nIt *is*.",
        "outcomes": "You know why.",
        "contributors": "Ada\nWrites",
        "slug": "another-address",
    },
    "week": {},
    "topic": {"lead": "What it is about.", "week": "second"},
}


@pytest.mark.parametrize("model", ["course", "week", "topic"])
def test_courses_weeks_and_topics_are_seen_as_saving_will_show_them_and_nothing_is_written(
    as_editor, client, course, model
):
    row = course if model == "course" else getattr(course, f"{model}s").first()
    address = f"/admin/courses/{model}/{row.pk}/change/"
    changes = {"title": "Quite another title", **ELSEWHERE[model]}
    if model == "topic":
        changes["week"] = course.weeks.get(uid=changes["week"]).pk
    as_editor.get(address)
    before = everything()
    with CaptureQueriesContext(connection) as queries:
        response = preview(as_editor, address, **changes)
    written = [q["sql"] for q in queries if re.match(r"\s*(INSERT|UPDATE|DELETE|BEGIN)", q["sql"])]
    assert written == [] and "FOR UPDATE" not in str(queries.captured_queries)
    assert everything() == before
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    assert "Quite another title" in response.text and "Preview, not saved." in response.text
    assert send(as_editor, address, **changes).status_code == 302
    course.refresh_from_db()
    assert main_of(response.text) == main_of(client.get(course.get_absolute_url()).text)


def test_a_new_course_with_its_picture_can_be_seen_before_it_is_saved(as_editor, course):
    before, files = everything(), stored()
    new = {"title": "Brand new", "description": "Hello *you*.", "picture": picture(), "picture_alt": "A line."}
    response = preview(as_editor, "/admin/courses/course/add/", **new)
    assert response.status_code == 200
    for words in ("Brand new", "<em>you</em>", 'src="data:image/svg+xml;base64,', 'alt="A line."', 'width="40"'):
        assert words in response.text, words
    assert everything() == before and stored() == files


def test_a_week_or_topic_without_published_steps_says_why_it_is_not_on_the_page(as_editor, course):
    before = everything()
    week = course.weeks.first()
    response = preview(as_editor, "/admin/courses/week/add/", course=course.pk, title="Brand new")
    assert response.status_code == 200 and "learners see a week as soon as a step in it is published" in response.text
    response = preview(as_editor, "/admin/courses/topic/add/", week=week.pk, title="Brand new")
    assert response.status_code == 200 and "learners see a topic as soon as a step in it is published" in response.text
    response = preview(as_editor, f"/admin/courses/week/{week.pk}/change/", title="Renamed")
    assert "Renamed" in response.text and "as soon as a step" not in response.text
    assert everything() == before


@pytest.mark.parametrize("model", ["course", "week", "topic"])
def test_a_course_week_or_topic_that_cannot_be_shown_yet_says_why(as_editor, course, model):
    before = everything()
    row = course if model == "course" else getattr(course, f"{model}s").first()
    response = preview(as_editor, f"/admin/courses/{model}/{row.pk}/change/", title="")
    assert response.status_code == 422
    assert "the form is as you left it" in response.text and "<strong>Title:</strong>" in response.text
    assert everything() == before


@pytest.mark.parametrize("model", ["course", "week", "topic"])
def test_only_who_may_write_a_course_gets_its_previews(client, as_editor, course, model):
    row = course if model == "course" else getattr(course, f"{model}s").first()
    address, other = f"/admin/courses/{model}/{row.pk}/preview/", factories.small_course("lighthouse")
    assert client.post(address).status_code == 302
    client.force_login(factories.moderator())
    assert client.post(address, {"title": "x"}).status_code == 403
    client.force_login(factories.helper(other))
    assert client.post(address, {"title": "x"}).status_code == 404
    for nothing in ("999999", "x"):
        assert as_editor.post(f"/admin/courses/{model}/{nothing}/preview/", {"title": "x"}).status_code == 404
    assert as_editor.post(address, {}).status_code == 422


def test_a_preview_is_posted_and_never_fetched(as_editor, course):
    step = course.steps.first()
    for address in (
        *(f"/admin/courses/step/{step.pk}/preview/", "/admin/courses/step/add/preview/"),
        *(f"/admin/courses/course/{course.pk}/preview/", "/admin/courses/course/add/preview/"),
    ):
        assert as_editor.get(address).status_code == 405


def test_a_preview_needs_the_form_s_token(editor, course):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    step = course.steps.first()
    assert client.post(f"/admin/courses/step/{step.pk}/preview/", {"title": "x"}).status_code == 403
    assert client.post(f"/admin/courses/step/{step.pk}/move/", {"direction": "up"}).status_code == 403


def test_a_preview_leaves_nothing_for_the_next_reader_of_the_number_it_had(as_editor, client, course):
    topic = course.topics.get(uid="two")
    preview(as_editor, "/admin/courses/step/add/", topic=topic.pk, title="Brand new", slug="first-idea")
    made = factories.step(topic, "second-idea")
    assert "first-idea" not in client.get(made.get_absolute_url()).text
    assert Step.objects.get(pk=made.pk).slug == "second-idea"
