"""What helps to write: advice that never stops anybody, lengths, what can be linked to, and files looked at when they are chosen."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils.html import escape

from courses import arranging
from courses.admin.writing_aids import length_of, targets
from courses.models import Course, Step
from tests import factories
from tests.courses.admin.conftest import SVG, VTT, captions, picture, send

pytestmark = pytest.mark.django_db


def help_of(page: str, name: str) -> str:
    """What the help of a field says, without its marks."""
    found = re.search(rf'id="id_{name}_helptext">(.*?)</div>', page, re.DOTALL)
    return re.sub(r"<[^>]+>", " ", found[1]) if found else ""


def form_of(client: Client, step: Step) -> str:
    return client.get(f"/admin/courses/step/{step.pk}/change/").text


def test_words_that_push_people_aside_are_said_beside_the_field_and_do_not_keep_it_from_being_saved(as_editor, course):
    step = course.steps.get(slug="one-a")
    address = f"/admin/courses/step/{step.pk}/change/"
    more = {"questions__0__uid": "why", "questions__0__text": "What would an addict say?"}
    more |= {"references__0__uid": "knots", "references__0__source": "Knots", "references__0__year": "1944"}
    body = "First.\n\nA junkie rows[^knots]. In all 40% do."
    assert send(as_editor, address, lead="For drug users.", body=body, **more).status_code == 302
    page = form_of(as_editor, step)
    assert "“drug users”: better person who uses drugs" in help_of(page, "lead")
    assert "Line 3: “junkie”: better" in help_of(page, "body")
    assert "“addict”: better" in help_of(page, "questions-0-text")
    assert "does not say what it is cited for" in help_of(page, "references-0-uid")
    step.refresh_from_db()
    step.quotes_stigma = True
    step.save()
    assert "junkie”: better" not in help_of(form_of(as_editor, step), "body")


def test_lengths_and_figures_without_a_source_are_said(as_editor, course):
    topic = course.topics.get(uid="one")
    step = factories.step(topic, "long", kind="article", minutes=2, body="word " * 950 + "\n\nSince then 40% more.")
    page = form_of(as_editor, step)
    assert "the text has 954 words" in help_of(page, "minutes")
    assert "more than 900 are hard to finish on a phone" in help_of(page, "body")
    assert "stands in a passage that cites nothing" in help_of(page, "body")


def test_a_refused_form_gets_advice_too(as_editor, course):
    step = course.steps.get(slug="one-a")
    response = send(as_editor, f"/admin/courses/step/{step.pk}/change/", title="", body="A junkie rows.")
    assert response.status_code == 200
    assert "Line 1: “junkie”" in help_of(response.text, "body")


def test_a_course_in_another_language_is_not_judged_by_english_words(as_editor, course):
    Course.objects.filter(pk=course.pk).update(language="de")
    step = factories.step(course.topics.get(uid="one"), "deutsch", body="Ein junkie rudert.")
    assert "better" not in help_of(form_of(as_editor, step), "body")


@pytest.mark.parametrize("model", ["course", "week", "topic"])
def test_courses_weeks_and_topics_get_advice(as_editor, course, model):
    row = course if model == "course" else getattr(course, f"{model}s").first()
    name = "tagline" if model == "course" else "lead"
    type(row).objects.filter(pk=row.pk).update(**{name: "For drug addicts."})
    page = as_editor.get(f"/admin/courses/{model}/{row.pk}/change/").text
    assert "“drug addicts”: better" in help_of(page, name)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("body", "", "0 words; reading takes 0 to 0 minutes. The step says 6."),
        ("body", "Word.", "1 word; reading takes 1 to 1 minutes. The step says 6."),
        ("body", "Two [words](https://example.org/a-b) `not these`[^nor-this].", "2 words; reading takes 1 to 1"),
        ("body", "word " * 400, "400 words; reading takes 4 to 10 minutes. The step says 6."),
        ("script", "# A slide\n\n- a point\n\n**Ines:** Four words are said.", "4 words to say, in 1 minutes or more."),
        ("script", "word " * 301, "301 words to say, in 3 minutes or more. The step says 6."),
    ],
)
def test_the_length_of_a_text_is_that_of_the_advice(name, text, said):
    assert said in re.sub(r"<[^>]+>", "", length_of(name, text, 6))


def test_what_can_be_linked_to_stands_folded_over_the_text_with_the_words_to_copy(as_editor, course):
    first, second = course.steps.get(slug="one-a"), course.steps.get(slug="one-b")
    factories.step(course.topics.get(uid="one"), "draft", published=False, title="Not yet")
    Step.objects.filter(pk=second.pk).update(title="A [bracket] & <b>sign</b>")
    arranging.retire(steps=[course.steps.get(slug="two-b")])
    assert [t.words for t in targets(course)][1] == r"[A \[bracket\] & <b>sign</b>](step:one-b)"
    page = form_of(as_editor, first)
    folded = page.partition("data-linkable>")[2].partition("</ul>")[0]
    assert escape(r"[A \[bracket\] & <b>sign</b>](step:one-b)") in folded and "1.2 A [bracket]" in folded
    assert "– Not yet (draft)" in folded and "two-b" not in folded
    words = targets(course)[1].words
    assert send(as_editor, f"/admin/courses/step/{first.pk}/change/", body=f"See {words}.").status_code == 302
    first.refresh_from_db()
    assert "A [bracket] &amp; &lt;b&gt;sign&lt;/b&gt;</a>" in first.body_html


def test_kinds_of_parts_that_a_step_has_none_of_are_folded(as_editor, course):
    step = factories.step(course.topics.get(uid="one"), "asked", questions=("Why?",))
    page = form_of(as_editor, step)
    group = {name: page.partition(f'id="{name}-group"')[2].partition("</h2>")[0] for name in ("questions", "figures")}
    assert "<details>" not in group["questions"] and "<details>" in group["figures"]


def check(client: Client, kind: str, file: object, model: str = "step"):
    return client.post(f"/admin/courses/{model}/check-file/", {"kind": kind, "file": file})


def test_a_file_is_looked_at_when_it_is_chosen_and_nothing_is_kept(as_editor, course):
    assert check(as_editor, "captions", captions()).json() == {"problems": []}
    assert check(as_editor, "picture", picture()).json() == {"problems": []}
    assert check(as_editor, "picture", picture(), "course").json() == {"problems": []}
    wrong = VTT + b"\n00:03.000 --> 00:02.000\nBackwards.\n\nno times\n"
    said = check(as_editor, "captions", captions(content=wrong)).json()["problems"]
    assert said[0].startswith("Line 6 of the file: ") and said[1].startswith("Line 9 of the file: ")
    assert "ends before it starts" in said[0]
    said = check(as_editor, "picture", picture("a.png", b"GIF89a")).json()["problems"]
    assert "PNG" in " ".join(said)
    said = check(as_editor, "picture", picture(content=SVG.replace(b"<path", b"<script>1</script><path"))).json()
    assert "<script>" in said["problems"][0]
    said = check(as_editor, "chapters", captions("chapters.txt")).json()["problems"]
    assert ".vtt" in said[0]


def test_what_is_no_file_or_no_kind_is_refused(as_editor, course):
    assert as_editor.get("/admin/courses/step/check-file/").status_code == 405
    assert as_editor.post("/admin/courses/step/check-file/", {"kind": "captions"}).status_code == 400
    assert check(as_editor, "film", picture("film.mp4")).status_code == 400
    assert check(as_editor, "", picture()).status_code == 400


def test_who_may_only_read_steps_gets_the_form_to_read_and_looks_at_no_files(course):
    reader = factories.person("Reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_step"))
    client = Client()
    client.force_login(reader)
    step = course.steps.first()
    page = form_of(client, step)
    assert step.title in page and "data-live-preview" not in page and "data-drafts" not in page
    assert check(client, "captions", captions()).status_code == 403
    assert client.post(f"/admin/courses/step/{step.pk}/preview/live/", {"title": "x"}).status_code == 403


def test_a_shared_computer_is_told_to_keep_nothing(as_editor, course):
    step = course.steps.first()
    assert "data-drafts data-shared" not in form_of(as_editor, step)
    session = as_editor.session
    session["shared"] = True
    session.save()
    assert "data-drafts data-shared" in form_of(as_editor, step)


def test_a_new_step_has_all_of_it_too(as_editor, course):
    page = as_editor.get("/admin/courses/step/add/").text
    assert "/admin/courses/step/add/preview/live/" in page and "data-linkable" in page and "data-toolbar" in page
