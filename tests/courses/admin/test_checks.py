"""What content files may not say, a form may not say either: the message stands beside its field, and what was typed stays."""

from __future__ import annotations

import pytest

from courses import arranging
from courses.models import Course, Figure, Step
from tests import factories
from tests.courses.admin.conftest import VTT, captions, errors, fields_of, filled, picture, send

pytestmark = pytest.mark.django_db

REFERENCE = {"references__0__uid": "ashley", "references__0__source": "Knots", "references__0__year": "1944"}
FIGURE = {"figures__0__uid": "bend", "figures__0__alt": "Two ropes.", "figures__0__file": picture}
SHOWN = {"body": "![](figure:bend)"}
SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><script>1</script></svg>'

# field at which the message stands: (what is sent, words of the message)
STEP = {
    "unknown step link": ("body", {"body": "One.\n\nSee [that](step:two-z)."}, "Line 3: No step", 'mean "two-'),
    "unknown note": ("body", {"body": "It holds[^nobody]."}, "Line 1: [^nobody]", "reference"),
    "unknown figure": ("body", {"body": "One.\nTwo.\n\n![](figure:bond)"}, "Line 4:", "bond"),
    "picture that is no figure": ("body", {"body": "One.\n\n![A bend](bend.png)"}, "Line 3:", "none of the figures"),
    "too complex body": ("body", {"body": "[" * 9000}, "Line 1:", "square brackets"),
    "control character": ("body", {"body": "One.\nTwo\x07."}, "Line 2 holds a control character", "delete it"),
    "figure that is not shown": ("figures-0-uid", FIGURE, "never shown", "![](figure:bend)"),
    "figure without words": ("figures-0-alt", {**FIGURE, **SHOWN, "figures__0__alt": ""}, "cannot see it", ""),
    "figure without file": ("figures-0-file", {**FIGURE, **SHOWN, "figures__0__file": ""}, "required", ""),
    "picture with a script": (
        *("figures-0-file", {**FIGURE, **SHOWN, "figures__0__file": lambda: picture(content=SCRIPT)}),
        *("<script>", "only drawing"),
    ),
    "picture that is none": (
        *("figures-0-file", {**FIGURE, **SHOWN, "figures__0__file": lambda: picture("a.png", b"GIF89a")}),
        *("cannot be read", "PNG"),
    ),
    "film that is none": ("film", {"kind": "video", "film": lambda: picture("film.avi")}, ".mp4", ""),
    "sound that is none": ("audio", {"kind": "video", "audio": lambda: picture("film.wma")}, "Sound is a file", ".mp3"),
    "chapters that do not parse": (
        *("chapters", {"kind": "video", "chapters": lambda: captions(content=b"1\n")}),
        *("Line 1 of the file", "WEBVTT"),
    ),
    "voice of what is no video": ("kind", {"synthetic_voice": "on"}, "Only a video", ""),
    "poster that is none": ("poster", {"kind": "video", "poster": lambda: picture("poster.tif")}, "SVG, JPEG", ""),
    "captions that do not parse": (
        *("captions-0-file", {"kind": "video", "captions__0__file": lambda: captions(content=b"WEBVTT\n\nwords\n")}),
        *("Line 3 of the file", "times"),
    ),
    "captions that are too fast": (
        "captions-0-file",
        {"kind": "video", "captions__0__file": lambda: captions(content=VTT.replace(b"04.000", b"01.500"))},
        *("Line 3 of the file", "at most 20 a second"),
    ),
    "captions that leave out the script": (
        "script",
        {"kind": "video", "script": "The first words.\n\nMore words.", "captions__0__file": captions},
        *("Line 3: What is said here is not in film.vtt", "More words."),
    ),
    "captions in no language": (
        *("captions-0-language", {"kind": "video", "captions__0__file": captions, "captions__0__language": "x y"}),
        *("no language code", "pt-BR"),
    ),
    "two captions in one language": (
        "captions-1-language",
        {"kind": "video", "captions__0__file": captions, "captions__0__label": "A", "captions__1__file": captions}
        | {"captions__1__language": "en", "captions__1__label": "B"},
        *("stands here twice", ""),
    ),
    "script of what is no video": ("kind", {"script": "Hello."}, "Only a video", ""),
    "captions of what is no video": ("kind", {"captions__0__file": captions}, "Only a video", ""),
    "id with capitals": ("questions-0-uid", {"questions__0__uid": "Why", "questions__0__text": "Why?"}, "lower-case", ""),
    "question without words": ("questions-0-text", {"questions__0__uid": "why"}, "required", ""),
    "two questions with one id": (
        "questions-1-uid",
        {"questions__0__uid": "why", "questions__0__text": "Why?"}
        | {"questions__1__uid": "why", "questions__1__text": "And why?"},
        *("stands here twice", ""),
    ),
    "two references with one id": (
        "references-1-uid",
        REFERENCE | {name.replace("0", "1", 1): value for name, value in REFERENCE.items()},
        *("stands here twice", ""),
    ),
    "year before books": ("references-0-year", REFERENCE | {"references__0__year": "44"}, "1500", ""),
    "year in words": ("references-0-year", REFERENCE | {"references__0__year": "long ago"}, "whole number", ""),
    "resource to nowhere": ("resources-0-url", {"resources__0__title": "Knots"}, "either an address", ""),
    "resource to two places": (
        "resources-0-url",
        {"resources__0__title": "K", "resources__0__url": "https://example.org", "resources__0__to_step": "one-b"},
        *("either an address", ""),
    ),
    "resource to no step": (
        *("resources-0-to_step", {"resources__0__title": "K", "resources__0__to_step": "two-z"}),
        *("No step of this course", 'mean "two-'),
    ),
    "resource to a script": (
        "resources-0-url",
        {"resources__0__title": "K", "resources__0__url": "ftp://example.org/x"},
        *("http://", ""),
    ),
    "address of another step": ("slug", {"slug": "one-b"}, "already that of another step", ""),
    "address with capitals": ("slug", {"slug": "One_A"}, "lower-case letters", ""),
    "no minutes": ("minutes", {"minutes": "0"}, "1", ""),
    "no title": ("title", {"title": ""}, "required", ""),
    "no topic": ("topic", {"topic": ""}, "required", ""),
    "title that is too long": ("title", {"title": "x" * 201}, "200", ""),
    "part before all others": (
        "questions-0-position",
        {"questions__0__position": "-1", "questions__0__uid": "why", "questions__0__text": "Why?"},
        *("0", ""),
    ),
}  # fmt: skip


def made(data: dict[str, object]) -> dict[str, object]:
    return {name: value() if callable(value) else value for name, value in data.items()}


@pytest.mark.parametrize("case", STEP)
def test_a_step_with_something_wrong_is_not_saved(as_editor, course, case):
    field, data, *words = STEP[case]
    step = course.steps.get(slug="one-a")
    before = Step.objects.values().get(pk=step.pk)
    address = f"/admin/courses/step/{step.pk}/change/"
    typed = {"lead": "Typed, and not lost.", "content_note": "This neither."}
    response = send(as_editor, address, **typed, **made(data))
    found = errors(response)
    assert list(found) == [field], found
    assert len(found[field]) == 1
    for word in words:
        assert word in found[field][0]
    shown = fields_of(response)
    for name, value in {**typed, **data}.items():
        if not callable(value):
            assert shown.get(name.replace("__", "-"), "").replace("\r\n", "\n") == value
    assert Step.objects.values().get(pk=step.pk) == before
    assert not any(
        getattr(step, part).exists() for part in ("figures", "captions", "questions", "resources", "references")
    )


@pytest.mark.parametrize("case", STEP)
def test_a_new_step_is_checked_alike(as_editor, course, case):
    field, data, *words = STEP[case]
    new = {"topic": course.topics.get(uid="one").pk, "title": "A new step"}
    count = course.steps.count()
    response = send(as_editor, "/admin/courses/step/add/", **{**new, **made(data)})
    found = errors(response)
    assert field in found
    assert words[0] in " ".join(found[field])
    assert course.steps.count() == count


def test_all_problems_are_said_at_once(as_editor, course):
    step = course.steps.get(slug="one-a")
    body = "See [that](step:nowhere).\n\n![](figure:none)\n\nIt holds[^nobody]."
    wrong = {"body": body, "minutes": "900", "resources__0__title": "K", "resources__0__to_step": "nowhere"}
    found = errors(send(as_editor, f"/admin/courses/step/{step.pk}/change/", **wrong))
    assert [message[:7] for message in found["body"]] == ["Line 1:", "Line 3:", "Line 5:"]
    assert found.keys() == {"body", "minutes", "resources-0-to_step"}


def test_what_is_removed_with_its_last_mention_is_no_problem(as_editor, course):
    step = course.steps.get(slug="one-a")
    address = f"/admin/courses/step/{step.pk}/change/"
    assert send(as_editor, address, **made(FIGURE), **SHOWN).status_code == 302
    assert "body" in errors(send(as_editor, address, figures__0__DELETE="on"))
    assert "figures-0-uid" in errors(send(as_editor, address, body="Nothing to see."))
    assert send(as_editor, address, figures__0__DELETE="on", body="Nothing to see.").status_code == 302
    assert not Figure.objects.exists()


def test_a_new_row_cannot_take_the_id_of_one_that_is_there(as_editor, course):
    step = factories.step(course.topics.get(uid="one"), "asked", questions=("Why?",))
    address = f"/admin/courses/step/{step.pk}/change/"
    found = errors(send(as_editor, address, questions__1__uid="q1", questions__1__text="Which?"))
    assert list(found) == ["questions-1-uid"]


def test_a_step_may_link_to_itself_and_to_a_draft_but_not_to_a_retired_one(as_editor, course):
    factories.step(course.topics.get(uid="one"), "draft", published=False)
    arranging.retire(steps=[course.steps.get(slug="two-b")])
    address = f"/admin/courses/step/{course.steps.get(slug='one-a').pk}/change/"
    assert send(as_editor, address, body="[Me](step:one-a), [soon](step:draft).").status_code == 302
    assert "two-b" in errors(send(as_editor, address, body="[Gone](step:two-b)."))["body"][0]


COURSE = {
    "no title": ("title", {"title": ""}, "required"),
    "too many hours": ("hours_per_week", {"hours_per_week": "169"}, "at most 168"),
    "odd hours": ("hours_per_week", {"hours_per_week": "1.25"}, "decimal"),
    "no language": ("language", {"language": "English please"}, "12 characters"),
    "odd language": ("language", {"language": "e n"}, "no language code"),
    "picture without words": ("picture_alt", {"picture": picture}, "cannot see it"),
    "picture that is none": ("picture", {"picture": lambda: picture("a.gif"), "picture_alt": "x"}, "SVG, JPEG"),
    "title without text": ("audience", {"audience": "Sailors\nWho sail.\n\nLandsmen"}, "“Landsmen” has nothing below"),
    "name without role": ("contributors", {"contributors": "The crew"}, "“The crew” has nothing below"),
    "question without answer": ("faq", {"faq": "Why?\n\nHow?\nSo."}, "“Why?” has nothing below"),
    "answer that is too complex": ("faq", {"faq": f"Why?\n{'[' * 9000}"}, "square brackets"),
    "description that is too complex": ("description", {"description": "[" * 9000}, "square brackets"),
    "address with capitals": ("slug", {"slug": "Big_Course"}, "lower-case"),
    "address of another course": ("slug", {"slug": "lighthouse"}, "already exists"),
    "control character": ("outcomes", {"outcomes": "Row.\nSail\x08."}, "Line 2 holds a control"),
}


@pytest.mark.parametrize("case", COURSE)
def test_a_course_with_something_wrong_is_not_saved(as_editor, course, case):
    factories.course("lighthouse")
    field, data, words = COURSE[case]
    before = Course.objects.values().get(pk=course.pk)
    typed = {"tagline": "Typed, and not lost.", **data}
    response = send(as_editor, f"/admin/courses/course/{course.pk}/change/", **made(typed))
    found = errors(response)
    assert list(found) == [field], found
    assert words in found[field][0]
    shown = fields_of(response)
    for name, value in typed.items():
        if not callable(value):
            assert shown[name].replace("\r\n", "\n") == value
    assert Course.objects.values().get(pk=course.pk) == before


@pytest.mark.parametrize(("model", "place"), [("week", "course"), ("topic", "week")])
def test_weeks_and_topics_are_checked(as_editor, course, model, place):
    uid = "first" if model == "week" else "one"
    where = course.pk if model == "week" else course.weeks.get(uid="first").pk
    address = f"/admin/courses/{model}/add/"
    assert list(errors(send(as_editor, address, title="Fine"))) == [place]
    assert list(errors(send(as_editor, address, **{place: where}))) == ["title"]
    assert list(errors(send(as_editor, address, **{place: where, "title": "x", "uid": uid}))) == ["uid"]
    assert list(errors(send(as_editor, address, **{place: where, "title": "x", "uid": "No Id"}))) == ["uid"]
    assert list(errors(send(as_editor, address, **{place: where, "title": "x", "lead": "x" * 601}))) == ["lead"]


@pytest.mark.parametrize(
    "odd",
    [
        {"figures-TOTAL_FORMS": ""},
        {"figures-TOTAL_FORMS": "999999"},
        {"references-INITIAL_FORMS": "5"},
        {"questions-0-id": "999999", "questions-INITIAL_FORMS": "1", "questions-TOTAL_FORMS": "1"},
        {"questions-0-id": "x", "questions-INITIAL_FORMS": "1", "questions-TOTAL_FORMS": "1"},
        {"kind": "opera"},
        {"topic": "x"},
        {"topic": "99999999999999999999"},
        {"minutes": "5e3"},
        {"title": "a\x00b"},
        {"figures-0-file": "not a file", "figures-0-uid": "a"},
        {"resources-0-url": "https://[::1", "resources-0-title": "x"},
        {"resources-0-position": "99999999999999999999", "resources-0-title": "x", "resources-0-url": "https://a.org"},
        {"captions-0-language": "🛶" * 20, "captions-0-label": "x"},
        {"body": "\r\n" * 5000},
        {"slug": "../../etc/passwd"},
    ],
)
def test_odd_input_is_never_a_server_error(as_editor, course, odd):
    step = course.steps.get(slug="one-a")
    for address in (f"/admin/courses/step/{step.pk}/change/", "/admin/courses/step/add/"):
        data = filled(as_editor, address) | odd
        assert as_editor.post(address, data).status_code in (200, 302)
        preview = address.replace("change/", "preview/").replace("add/", "add/preview/")
        assert as_editor.post(preview, data).status_code in (200, 302, 422)


def test_nothing_at_all_is_a_form_full_of_messages(as_editor, course):
    for model in ("course", "week", "topic", "step"):
        assert as_editor.post(f"/admin/courses/{model}/add/", {}).status_code == 200
