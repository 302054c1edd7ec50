"""An educator who is no administrator makes a course from nothing, edits it, and the site shows it."""

from __future__ import annotations

import re

import pytest

from courses import arranging
from courses.content.parts import MOST_FIGURES, MOST_NOTES
from courses.models import Course, Figure, OldSlug, Reference, Resource, Step
from tests import factories
from tests.courses.admin.conftest import captions, errors, fields_of, filled, picture, send

pytestmark = pytest.mark.django_db

ADD = "/admin/courses/{}/add/"


def change(row: object) -> str:
    return f"/admin/courses/{type(row).__name__.lower()}/{row.pk}/change/"  # type: ignore[attr-defined]


def test_a_course_is_made_from_nothing(as_editor, client):
    response = send(as_editor, ADD.format("course"), title="Boats & weather", outcomes="Row.\nSail.", _publish="1")
    course = Course.objects.get()
    assert response["Location"] == f"/admin/courses/course/{course.pk}/tree/"
    assert (course.uid, course.slug, course.position) == ("boats-weather", "boats-weather", 1)
    assert course.outcomes == ["Row.", "Sail."]
    assert send(as_editor, ADD.format("week"), course=course.pk, title="Knots").status_code == 302
    week = course.weeks.get()
    assert send(as_editor, ADD.format("topic"), week=week.pk, title="Bends").status_code == 302
    topic = course.topics.get()
    response = send(
        as_editor,
        ADD.format("step"),
        topic=topic.pk,
        title="The sheet bend",
        lead="It joins two ropes.",
        minutes=7,
        body="## Why\n\nIt *holds*[^ashley].\n\n![](figure:bend)",
        figures__0__uid="bend",
        figures__0__file=picture(),
        figures__0__alt="Two ropes, joined.",
        questions__0__uid="when",
        questions__0__text="When did you last tie one?",
        resources__0__title="The knots people",
        resources__0__url="https://example.org/knots",
        references__0__uid="ashley",
        references__0__source="The book of knots",
        references__0__year=1944,
        _publish="1",
    )
    assert response.status_code == 302, errors(response)
    step = Step.objects.get()
    assert (step.uid, step.slug, step.course, step.position) == ("the-sheet-bend", "the-sheet-bend", course, 1)
    figure = step.figures.get()
    assert (figure.width, figure.height, figure.position) == (40, 30, 1)
    page = client.get("/courses/boats-weather/steps/the-sheet-bend/").text
    for words in (
        "Step 1.1",
        "<em>holds</em>",
        "Two ropes, joined.",
        "When did you last",
        "The knots people",
        "The book of knots",
    ):
        assert words in page
    assert figure.file.url in page
    assert step.loaded == course.loaded == week.loaded == topic.loaded == {}


def test_an_edit_is_on_the_page_at_once(as_editor, client, course):
    step = course.steps.get(slug="one-a")
    assert "Some <strong>plain</strong> words." in client.get(step.get_absolute_url()).text
    assert send(as_editor, change(step), body="Quite *other* words.").status_code == 302
    page = client.get(step.get_absolute_url()).text
    assert "Quite <em>other</em> words." in page
    assert "<strong>plain</strong>" not in page


def test_saving_what_is_there_changes_no_words(as_editor, course):
    step = factories.step(course.topics.get(uid="one"), "noted", body="First.\n\n  Indented.\n", questions=("Why?",))
    before = Step.objects.get(pk=step.pk)
    assert send(as_editor, change(step)).status_code == 302
    after = Step.objects.get(pk=step.pk)
    for name in ("fingerprint", "body", "page", "position", "slug", "title"):
        assert getattr(after, name) == getattr(before, name)


def test_the_admin_leaves_what_the_loader_remembers(as_editor, course):
    step = course.steps.get(slug="one-a")
    for row in (course, step.topic.week, step.topic, step):
        type(row).objects.filter(pk=row.pk).update(loaded={"title": "As in the files"})
        assert send(as_editor, change(row), title="Another title").status_code == 302
        row.refresh_from_db()
        assert (row.title, row.loaded) == ("Another title", {"title": "As in the files"})


def test_a_new_address_keeps_the_old_one_and_mends_links(as_editor, client, course):
    target, linking = course.steps.get(slug="two-b"), course.steps.get(slug="one-a")
    assert send(as_editor, change(linking), body="Go [on](step:two-b).").status_code == 302
    assert send(as_editor, change(target), slug="further").status_code == 302
    assert '<a href="/courses/harbour/steps/further/">on</a>' in client.get(linking.get_absolute_url()).text
    response = client.get("/courses/harbour/steps/two-b/")
    assert (response.status_code, response["Location"]) == (301, "/courses/harbour/steps/further/")
    # Another step takes the address: then it is that step's, and no old one any more.
    assert send(as_editor, change(linking), slug="two-b").status_code == 302
    assert list(OldSlug.objects.values_list("slug", flat=True)) == ["one-a"]
    assert client.get("/courses/harbour/steps/two-b/").status_code == 200
    # And back again.
    assert send(as_editor, change(linking), slug="one-a").status_code == 302
    assert list(OldSlug.objects.values_list("slug", flat=True)) == ["two-b"]


def test_under_a_new_address_the_discussion_posts_there(as_editor, as_learner, course):
    step = course.steps.get(slug="one-a")
    as_learner.get(step.get_absolute_url())
    assert send(as_editor, change(step), slug="moved").status_code == 302
    page = as_learner.get("/courses/harbour/steps/moved/").text
    assert "/courses/harbour/steps/moved/comments/" in page
    assert "/courses/harbour/steps/one-a/comments/" not in page


def test_a_step_with_as_many_parts_as_it_may_have_can_be_saved(as_editor, course):
    step = course.steps.get(slug="one-a")
    references = [Reference(step=step, uid=f"r{n}", source="A book", year=2000, position=n) for n in range(MOST_NOTES)]
    Reference.objects.bulk_create(references)
    figures = [Figure(step=step, uid=f"f{n}", file="a.svg", alt="A line.", position=n) for n in range(MOST_FIGURES)]
    Figure.objects.bulk_create(figures)
    body = "\n\n".join(f"![](figure:{figure.uid})" for figure in figures)
    response = send(as_editor, change(step), title="Well founded", body=body)
    assert response.status_code == 302, errors(response)


def test_a_retired_step_says_so_and_can_be_edited(as_editor, course):
    step = course.steps.get(slug="one-a")
    arranging.retire(steps=[step])
    page = as_editor.get(change(step)).text
    assert "This step is retired" in page
    assert "viewsitelink" not in page
    assert send(as_editor, change(step), title="Out of use").status_code == 302
    assert Step.objects.get(pk=step.pk).retired_at


def test_a_course_under_a_new_address_has_links_that_lead_there(as_editor, client, course):
    linking = course.steps.get(slug="one-a")
    send(as_editor, change(linking), body="Go [on](step:two-b).")
    assert send(as_editor, change(course), slug="port").status_code == 302
    assert '<a href="/courses/port/steps/two-b/">on</a>' in client.get("/courses/port/steps/one-a/").text


def test_the_permanent_id_stays_whatever_is_sent(as_editor, course):
    step = factories.step(course.topics.get(uid="one"), "asked", questions=("Why?",))
    for row in (course, step.topic.week, step.topic, step):
        uid = row.uid
        assert send(as_editor, change(row), uid="forged", questions__0__uid="forged").status_code == 302
        row.refresh_from_db()
        assert row.uid == uid
    assert step.questions.get().uid == "q1"


def test_an_id_made_from_a_title_that_is_taken_gets_a_number(as_editor, course):
    topic = course.topics.get(uid="one")
    for _ in range(3):
        assert send(as_editor, ADD.format("step"), topic=topic.pk, title="One a").status_code == 302
    assert list(topic.steps.values_list("uid", "slug")) == [
        ("one-a", "one-a"),
        ("one-b", "one-b"),
        ("one-a-2", "one-a-2"),
        ("one-a-3", "one-a-3"),
        ("one-a-4", "one-a-4"),
    ]


def test_a_title_without_latin_letters_asks_for_an_id(as_editor, course):
    response = send(as_editor, ADD.format("step"), topic=course.topics.first().pk, title="Налоксон")
    assert errors(response).keys() == {"uid", "slug"}
    assert fields_of(response)["title"] == "Налоксон"


def test_a_step_moves_within_its_course_only(as_editor, client, course):
    other = factories.small_course("lighthouse")
    step = course.steps.get(slug="one-a")
    response = send(as_editor, change(step), topic=other.topics.first().pk)
    assert "topic" in errors(response)
    assert send(as_editor, change(step), topic=course.topics.get(uid="three").pk).status_code == 302
    assert "Step 2.3" in client.get(step.get_absolute_url()).text  # behind the others there


def test_what_is_new_begins_as_a_draft(as_editor, client, course):
    topic = course.topics.get(uid="one")
    assert send(as_editor, ADD.format("step"), topic=topic.pk, title="Half written").status_code == 302
    assert send(as_editor, ADD.format("course"), title="Boats").status_code == 302
    assert not Step.objects.get(slug="half-written").published and not Course.objects.get(slug="boats").published
    assert client.get("/courses/boats/").status_code == 404
    assert client.get("/courses/harbour/steps/half-written/").status_code == 404


@pytest.mark.parametrize("model", ["course", "week", "topic", "step"])
def test_a_new_form_begins_at_its_title_and_not_at_a_button(as_editor, course, model):
    page = as_editor.get(ADD.format(model)).text
    field = re.search(r"<(?:input|textarea)[^>]* autofocus[^>]*>", page)
    assert field and 'name="title"' in field[0] and "admin/js/change_form.js" not in page
    row = course if model == "course" else getattr(course, f"{model}s").first()
    assert " autofocus" not in as_editor.get(f"/admin/courses/{model}/{row.pk}/change/").text


def test_files_that_have_to_be_chosen_again_are_named(as_editor, course):
    response = send(as_editor, ADD.format("course"), title="Boats", picture=picture("boats.svg"))
    assert "picture_alt" in errors(response)
    assert "These files have to be chosen again" in response.text and "boats.svg (picture)" in response.text
    address = change(course.steps.get(slug="one-a"))
    response = send(as_editor, address, figures__0__file=picture("knot.svg"), figures__0__uid="knot")
    assert "figures-0-alt" in errors(response)
    assert "knot.svg (figures: knot)" in response.text
    assert "have to be chosen again, because" not in send(as_editor, address, title="").text


def test_a_draft_is_seen_by_those_who_may_use_the_admin_only(as_editor, as_learner, client, course):
    topic = course.topics.get(uid="one")
    assert send(as_editor, ADD.format("step"), topic=topic.pk, title="Not yet", published=None).status_code == 302
    address = "/courses/harbour/steps/not-yet/"
    assert as_editor.get(address).status_code == 200
    assert as_learner.get(address).status_code == client.get(address).status_code == 404


def test_a_question_that_is_removed_is_retired_and_its_id_brings_it_back(as_editor, client, course):
    step = factories.step(course.topics.get(uid="one"), "asked", questions=("Why?", "How?"))
    assert send(as_editor, change(step), questions__0__DELETE="on").status_code == 302
    assert step.questions.get(uid="q1").retired_at
    assert "Why?" not in client.get(step.get_absolute_url()).text
    assert "Why?" not in as_editor.get(change(step)).text
    again = send(as_editor, change(step), questions__1__uid="q1", questions__1__text="Why then?")
    assert again.status_code == 302
    question = step.questions.get(uid="q1")
    assert (question.text, question.retired_at) == ("Why then?", None)
    assert step.questions.count() == 2
    assert "Why then?" in client.get(step.get_absolute_url()).text


def test_parts_are_added_changed_removed_and_put_in_order(as_editor, course):
    step = course.steps.get(slug="one-a")
    for n, title in enumerate(("First", "Second", "Third")):
        data = {f"resources__{n}__title": title, f"resources__{n}__url": f"https://example.org/{n}"}
        assert send(as_editor, change(step), **data).status_code == 302
    assert list(step.resources.values_list("title", "position")) == [("First", 1), ("Second", 2), ("Third", 3)]
    assert send(as_editor, change(step), resources__2__position=0, resources__1__DELETE="on").status_code == 302
    assert list(Resource.objects.values_list("title", flat=True)) == ["Third", "First"]


def test_a_video_step_has_cues_from_its_caption_file(as_editor, client, course):
    step = course.steps.get(slug="one-a")
    response = send(as_editor, change(step), kind="video", captions__0__file=captions(), captions__0__label="English")
    assert response.status_code == 302, errors(response)
    assert step.captions.get().cues == [[1.0, "The first words."]]
    assert "The first words." in client.get(step.get_absolute_url()).text


def test_a_script_is_checked_with_the_captions_that_are_there_and_left_alone_with_other_edits(as_editor, course):
    step = course.steps.get(slug="one-a")
    send(as_editor, change(step), kind="video", script="The first words.", captions__0__file=captions())
    refused = send(as_editor, change(step), script="The first words, and more.")
    assert "not in film" in errors(refused)["script"][0]
    Step.objects.filter(pk=step.pk).update(script="Something that was there before the rule.")
    assert send(as_editor, change(step), lead="Another lead.").status_code == 302


def test_a_film_comes_with_its_sound_and_chapters(as_editor, course):
    step = course.steps.get(slug="one-a")
    response = send(
        as_editor,
        change(step),
        kind="video",
        film=picture("film.mp4", b"not much of a film"),
        audio=picture("film.m4a", b"not much of a sound"),
        chapters=captions("chapters.vtt"),
        synthetic_voice="on",
    )
    assert response.status_code == 302, errors(response)
    step.refresh_from_db()
    assert step.synthetic_voice
    assert step.page["media"]["film"] == {"url": step.film.url, "size": 18}
    assert step.page["media"]["audio"]["size"] == 19
    assert step.page["chapters"] == [[1.0, "The first words."]]


def test_a_file_that_was_lost_does_not_keep_its_step_from_being_edited(as_editor, client, course):
    step = course.steps.get(slug="one-a")
    Step.objects.filter(pk=step.pk).update(kind="video", film="courses/gone.mp4", poster="courses/gone.png")
    assert send(as_editor, change(step), body="Words remain.").status_code == 302
    assert "Words remain." in client.get(step.get_absolute_url()).text


def test_files_are_kept_under_the_names_that_the_loader_gives(as_editor, course):
    step = course.steps.get(slug="one-a")
    for uid in ("drawn", "again"):
        n = step.figures.count()
        data = {"uid": uid, "file": picture("My Drawing.SVG"), "alt": "A line."}
        fields = {f"figures__{n}__{name}": value for name, value in data.items()}
        body = "\n\n".join(f"![](figure:{f})" for f in [*step.figures.values_list("uid", flat=True), uid])
        response = send(as_editor, change(step), body=body, **fields)
        assert response.status_code == 302, errors(response)
    names = set(step.figures.values_list("file", flat=True))
    assert len(names) == 1
    assert names.pop().startswith("courses/harbour/my-drawing.")


def test_a_course_page_shows_what_its_lists_say(as_editor, client, course):
    response = send(
        as_editor,
        change(course),
        audience="Sailors\nWho go out\nin any weather.\n\nLandsmen\nWho stay.",
        contributors="The crew\nWriting",
        faq="Is it wet?\nYes, *very*.\n\n  Bring a towel.\n\nIs it far?\nNo.",
        picture=picture(),
        picture_alt="A boat.",
    )
    assert response.status_code == 302, errors(response)
    course.refresh_from_db()
    assert course.audience[0] == {"title": "Sailors", "text": "Who go out in any weather."}
    assert [(e["question"], e["answer"]) for e in course.faq] == [
        ("Is it wet?", "Yes, *very*.\n\nBring a towel."),
        ("Is it far?", "No."),
    ]
    assert (course.picture_width, course.picture_height) == (40, 30)
    page = client.get("/courses/harbour/").text
    for words in ("Sailors", "<em>very</em>", "<p>Bring a towel.</p>", 'alt="A boat."', "The crew"):
        assert words in page
    shown = filled(as_editor, change(course))
    assert shown["faq"].replace("\r\n", "\n") == "Is it wet?\nYes, *very*.\n\n  Bring a towel.\n\nIs it far?\nNo."
    before = Course.objects.get().faq
    assert send(as_editor, change(course), tagline="Another").status_code == 302
    assert Course.objects.get().faq == before


def test_an_empty_week_can_be_deleted_and_one_with_steps_cannot(as_editor, course):
    empty = factories.week(course)
    full = course.weeks.get(uid="first")
    assert as_editor.post(f"/admin/courses/week/{full.pk}/delete/", {"post": "yes"}).status_code == 403
    assert as_editor.post(f"/admin/courses/week/{empty.pk}/delete/", {"post": "yes"}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [full.pk], "post": "yes"}
    as_editor.post("/admin/courses/week/", chosen)
    assert list(course.weeks.values_list("uid", flat=True)) == ["first", "second"]


def test_courses_and_steps_cannot_be_deleted(as_editor, as_educator, course):
    step = course.steps.first()
    for client in (as_editor, as_educator):
        assert client.post(f"/admin/courses/step/{step.pk}/delete/", {"post": "yes"}).status_code == 403
        assert client.post(f"/admin/courses/course/{course.pk}/delete/", {"post": "yes"}).status_code == 403
