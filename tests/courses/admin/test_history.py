"""The history of a course: who changed what, any two versions compared, an earlier one brought back and nothing lost by it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from courses import arranging, history, publishing
from courses.admin.differences import difference, in_words
from courses.models import Caption, Figure, JournalEntry, ReflectionQuestion, Revision, Step, Topic
from harmreduction import my_data
from tests import factories
from tests.costs import within
from tests.courses.admin.conftest import captions, picture, send
from tests.courses.content.course_files import OTHER_TOPIC, WELCOME, CourseFiles

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(course) -> Step:
    return Step.objects.get(slug="one-a")


def address(row, page: str = "change/") -> str:
    return f"/admin/courses/{type(row).__name__.lower()}/{row.pk}/{page}"


def newest(row) -> Revision:
    found = history.revisions_of(row).first()
    assert found
    return found


def bring_back(client: Client, row, revision: Revision, *fields: str):
    return client.post(address(row, f"history/{revision.pk}/"), {"field": fields})


def test_a_change_is_kept_with_who_made_it_and_what_stood_there_before(as_editor, editor, step):
    send(as_editor, address(step), body="Other *words* here.", minutes="9")
    after, before = history.revisions_of(step)
    assert (before.source, before.author, before.fields["body"]) == ("before", None, "Some **plain** words.")
    assert (after.source, after.author, after.fields["body"]) == ("admin", editor, "Other *words* here.")
    assert set(after.changed) == {"body", "minutes"}
    page = as_editor.get(address(step, "history/")).text
    assert "Ines" in page and "minutes, body" in page and "As it was before that" in page
    page = as_editor.get(address(step, f"history/{after.pk}/")).text
    assert "taken out:" in page and "put in:" in page and "<script" not in page.split("content-main")[1]


def test_saving_without_a_change_keeps_nothing(as_editor, step, course):
    for row in (step, course, step.topic, step.topic.week):
        assert send(as_editor, address(row)).status_code == 302
    assert not Revision.objects.exists()


def test_courses_weeks_and_topics_have_a_history_too(as_editor, editor, course, step):
    send(as_editor, address(course), title="Another title", faq="Is it free?\nYes.")
    send(as_editor, address(step.topic), lead="What it is about.")
    send(as_editor, address(step.topic.week), title="The first week")
    assert newest(course).changed == ["title", "faq"] and newest(course).author == editor
    assert newest(step.topic).changed == ["lead"] and newest(step.topic.week).changed == ["title"]
    for row, old in ((course, "Course harbour"), (step.topic.week, step.topic.week.title)):
        assert bring_back(as_editor, row, history.revisions_of(row).last(), "title").status_code == 302
        row.refresh_from_db()
        assert row.title == old and newest(row).source == "restored"
    course.refresh_from_db()
    assert course.faq[0]["answer"] == "Yes." and course.outline["weeks"][0]["title"] == step.topic.week.title


def test_what_is_made_retired_moved_and_published_is_kept(as_editor, editor, course, step):
    send(as_editor, "/admin/courses/step/add/", topic=str(step.topic_id), title="Knots", body="A text.")
    made = Step.objects.get(slug="knots")
    assert (newest(made).source, newest(made).author) == ("made", editor)
    as_editor.post(address(step, "move/"), {"direction": "down"})
    assert (newest(step).source, newest(step).changed) == ("arranged", ["position"])
    as_editor.post("/admin/courses/step/", {"action": "unpublish", "_selected_action": [step.pk]})
    assert (newest(step).source, newest(step).changed, newest(step).author) == ("published", ["published"], editor)
    as_editor.post("/admin/courses/step/", {"action": "retire", "_selected_action": [step.pk]})
    assert newest(step).changed == ["retired"]
    as_editor.post("/admin/courses/step/", {"action": "restore", "_selected_action": [step.pk]})
    assert newest(step).fields["retired"] is False and history.revisions_of(step).count() == 5


def test_a_neighbours_move_is_no_change_of_its_own(step):
    other = Step.objects.get(slug="one-b")
    arranging.retire(steps=[other])
    arranging.restore(steps=Step.objects.filter(pk=other.pk))
    arranging.move(row=step, direction="down")
    arranging.retire(steps=[other])
    assert [r.source for r in history.revisions_of(other)] == ["arranged", "arranged", "arranged", "before"]


def test_loading_keeps_what_files_changed_and_a_first_load_keeps_nothing(tmp_path, editor):
    files = CourseFiles(tmp_path)
    files.load()
    assert not Revision.objects.exists()
    files.write(WELCOME, files.read(WELCOME).replace("title: Welcome", "title: Come in"))
    files.load()
    assert Revision.objects.count() == 2
    step = Step.objects.get(title="Come in")
    assert (newest(step).source, newest(step).changed) == ("files", ["title"])
    files.load()
    assert Revision.objects.count() == 2


def test_an_earlier_version_comes_back_with_its_parts_and_what_hangs_on_them(as_editor, editor, learner, step):
    sent = {"figures__0__uid": "boat", "figures__0__file": picture(), "figures__0__alt": "A boat"}
    sent |= {"questions__0__uid": "why", "questions__0__text": "Why?", "references__0__uid": "who-2021"}
    sent |= {"references__0__source": "WHO", "references__0__year": "2021"}
    assert send(as_editor, address(step), body="![](figure:boat)\n\nSo.[^who-2021]", **sent).status_code == 302
    full = newest(step)
    question, figure = ReflectionQuestion.objects.get(), Figure.objects.get()
    JournalEntry.objects.create(person=learner, question=question, asked="Why?", text="Because.")
    gone = {"figures__0__DELETE": "on", "questions__0__DELETE": "on", "references__0__DELETE": "on"}
    assert send(as_editor, address(step), body="Nothing left.", **gone).status_code == 302
    assert not Figure.objects.exists()
    response = bring_back(as_editor, step, full, "body", "figures", "questions", "references")
    assert response.status_code == 302
    step = Step.objects.get(pk=step.pk)
    again = Figure.objects.get()
    assert (again.file.name, again.width, again.height) == (figure.file.name, figure.width, figure.height)
    assert ReflectionQuestion.objects.get(retired_at=None) == question
    assert JournalEntry.objects.get().question == question
    assert "<figure" in as_editor.get(step.get_absolute_url()).text
    assert history.fields_of(step) == full.fields
    newest_one = newest(step)
    assert (newest_one.source, newest_one.author) == ("restored", editor)
    assert history.revisions_of(step).count() == 4  # before, with parts, without, restored


def test_captions_come_back_with_their_cues(as_editor, step):
    sent = {"captions__0__language": "en", "captions__0__file": captions()}
    assert send(as_editor, address(step), kind="video", **sent).status_code == 302
    full, cues = newest(step), Caption.objects.get().cues
    send(as_editor, address(step), kind="article", captions__0__DELETE="on")
    assert not Caption.objects.exists()
    assert bring_back(as_editor, step, full, "captions", "kind").status_code == 302
    assert Caption.objects.get().cues == cues != []


def test_only_what_is_ticked_comes_back(as_editor, step):
    send(as_editor, address(step), title="New title", body="New words.")
    old = history.revisions_of(step).last()
    assert bring_back(as_editor, step, old, "title").status_code == 302
    step.refresh_from_db()
    assert step.title == old.fields["title"] and step.body == "New words."
    assert "Nothing was chosen" in as_editor.post(address(step, f"history/{old.pk}/"), {}, follow=True).text
    assert "Nothing was chosen" in bring_back_and_follow(as_editor, step, old, "retired", "nonsense")


def bring_back_and_follow(client: Client, row, revision: Revision, *fields: str) -> str:
    return str(client.post(address(row, f"history/{revision.pk}/"), {"field": fields}, follow=True).text)


def test_what_cannot_come_back_is_said_and_nothing_changes(as_editor, step):
    topic = step.topic
    sent = {"figures__0__uid": "boat", "figures__0__file": picture(), "figures__0__alt": "A boat"}
    assert send(as_editor, address(step), body="![](figure:boat)", **sent).status_code == 302
    full = newest(step)
    elsewhere = Topic.objects.exclude(pk=topic.pk).first()
    gone = {"figures__0__DELETE": "on", "body": "None.", "slug": "moved-on", "topic": str(elsewhere.pk)}
    assert send(as_editor, address(step), **gone).status_code == 302
    other = Step.objects.get(slug="one-b")
    assert send(as_editor, address(other), slug="one-a").status_code == 302
    Topic.objects.filter(pk=topic.pk).update(retired_at="2026-01-01T00:00Z")
    default_storage.delete(full.fields["figures"][0]["file"])
    before, count = history.fields_of(step), Revision.objects.count()
    for field, words in (
        ("slug", "another one’s by now"),
        ("topic", "is not in the course any more"),
        ("figures", "is not kept on this site any more"),
    ):
        response = bring_back(as_editor, step, full, field)
        assert response.status_code == 422 and words.replace("’", "&#x27;") in response.text, field
    assert history.fields_of(step) == before and Revision.objects.count() == count


def test_old_words_that_the_checks_refuse_by_now_stay_in_the_history(as_editor, course, step):
    other = Step.objects.get(slug="two-a")
    send(as_editor, address(step), body="See [the other](step:two-a).")
    full = newest(step)
    send(as_editor, address(step), body="See nothing.")
    arranging.retire(steps=[other])
    response = bring_back(as_editor, step, full, "body")
    assert response.status_code == 422 and "two-a" in response.text
    step.refresh_from_db()
    assert step.body == "See nothing."


def test_any_two_versions_can_be_compared(as_editor, step):
    send(as_editor, address(step), title="Second")
    send(as_editor, address(step), title="Third")
    third, second, first = history.revisions_of(step)
    compare = address(step, "history/compare/")
    page = as_editor.get(compare, {"from": first.pk, "to": second.pk}).text
    assert "Second" in page and "Third" not in page.split("content-main")[1]
    assert "Third" in as_editor.get(compare, {"from": first.pk, "to": "now"}).text
    assert "The two say the same" in as_editor.get(compare, {"from": "now", "to": third.pk}).text
    for wrong in ("", "x", "9" * 30, "999999"):
        assert as_editor.get(compare, {"from": wrong, "to": "now"}).status_code == 404


def test_a_version_is_that_of_its_own_row(as_editor, step):
    other = Step.objects.get(slug="one-b")
    send(as_editor, address(other), title="Not yours")
    for page in (f"history/{newest(other).pk}/", f"history/{10**20}/"):
        assert as_editor.get(address(step, page)).status_code == 404
        assert as_editor.post(address(step, page), {"field": ["title"]}).status_code == 404


def test_who_may_only_look_sees_the_history_and_restores_nothing(as_editor, client, step):
    from django.contrib.auth.models import Permission

    send(as_editor, address(step), title="Second")
    old = history.revisions_of(step).last()
    guest = factories.person("Guest", is_staff=True)
    guest.user_permissions.add(*Permission.objects.filter(codename="view_step"))
    client.force_login(guest)
    page = client.get(address(step, f"history/{old.pk}/"))
    assert page.status_code == 200 and "Restore what is ticked" not in page.text
    assert bring_back(client, step, old, "title").status_code == 403
    step.refresh_from_db()
    assert step.title == "Second"


def test_learners_see_no_history(as_learner, client, step):
    arranging.retire(steps=[step])
    for person in (as_learner, client):
        for page in ("history/", f"history/{newest(step).pk}/", "history/compare/"):
            assert person.get(address(step, page)).status_code == 302


def test_the_history_stays_when_its_author_leaves(as_editor, editor, educator, client, step):
    send(as_editor, address(step), title="Second")
    my_data.erase(person=editor, keep_words=True)
    client.force_login(educator)
    page = client.get(address(step, "history/")).text
    assert "someone who left" in page and "Ines" not in page


def test_the_pages_cost_the_same_with_few_versions_and_with_many(as_educator, step):
    def queries(page: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_educator.get(address(step, page)).status_code == 200
        return len(captured)

    publishing.unpublish(rows=[step])
    few = queries("history/")
    for number in range(20):
        send(as_educator, address(step), title=f"Title {number}")
    assert queries("history/") == few
    assert queries(f"history/{newest(step).pk}/") <= few + 12


def test_recording_costs_the_same_for_few_steps_and_for_many(course):
    def queries(steps: list[Step]) -> int:
        with CaptureQueriesContext(connection) as captured:
            publishing.unpublish(rows=steps)
        return len([q for q in captured if "courses_revision" in q["sql"] and "INSERT" in q["sql"]])

    steps = list(Step.objects.all())
    assert queries(steps[:1]) == queries(steps[1:]) == 1


def test_loading_looks_up_what_was_kept_at_once_for_one_changed_step_and_for_twenty(tmp_path):
    files = CourseFiles(tmp_path)
    names = [f"{OTHER_TOPIC}/{number:02}-more-{number}.md" for number in range(2, 22)]
    for name in names:
        files.write(name, f"---\nid: {Path(name).stem}\nkind: article\ntitle: First\nminutes: 3\n---\nWords.\n")
    files.load()

    def queries(changed: list[str], before: str, after: str) -> int:
        for name in changed:
            files.change(name, f"title: {before}", f"title: {after}")
        with CaptureQueriesContext(connection) as captured:
            files.load()
        return len([q for q in captured if "courses_revision" in q["sql"]])

    assert queries(names[:1], "First", "Second") == queries(names[1:], "First", "Second") == 2  # read, and written
    assert queries(names, "Second", "Third") == 2
    for step in Step.objects.filter(title="Third"):  # each was compared with its own newest one
        kept = [(revision.source, revision.fields["title"]) for revision in history.revisions_of(step)]
        assert kept == [("files", "Third"), ("files", "Second"), ("before", "First")]


@given(st.text(alphabet="ab \n.", max_size=60), st.text(alphabet="ab \n.", max_size=60))
def test_a_difference_leads_from_the_one_to_the_other(before, after):
    pieces = difference(before, after)
    if any(piece.what == "left out" for piece in pieces):
        return
    assert "".join(p.text for p in pieces if p.what in ("same", "gone")) == before
    assert "".join(p.text for p in pieces if p.what in ("same", "new")) == after


def test_values_are_told_in_words():
    assert in_words([{"uid": "a", "alt": "A boat", "caption": ""}, {"uid": "b", "alt": "Two"}]) == (
        "uid: a\nalt: A boat\n\nuid: b\nalt: Two"
    )
    assert in_words(["Row.", "Sail."]) == "Row.\nSail." and in_words(None) == "" and in_words(True) == "yes"


def test_long_texts_are_compared_quickly():
    old = " ".join(f"word{i}" for i in range(20_000))
    assert within(2.5, difference, old, old + " more")[-1].text.endswith("more")
    lines, rows = ("\n".join(f"{word} {i}" for i in range(8_000)) for word in ("line", "row"))
    assert within(2.5, difference, lines, rows)
