"""Answers to the questions of a course: private, never lost, together as one document; and a worksheet on one sheet."""

from __future__ import annotations

import json
from datetime import date

import pytest
import time_machine
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from courses import journal
from courses.content import writing
from courses.models import Course, JournalEntry, ReflectionQuestion, Step
from tests import factories

pytestmark = pytest.mark.django_db
JOURNAL = "/courses/harbour/journal/"


@pytest.fixture
def step(course: Course) -> Step:
    """A step with two questions."""
    topic = course.topics.get(uid="one")
    return factories.step(topic, "asked", questions=("Who decides?", "What on Monday?"))


def write(client: Client, step: Step, answer: str, read: str = "", uid: str = "q1", **extra: str):
    data = {f"answer-{uid}": answer, f"read-{uid}": journal.seen(read), **extra}
    return client.post(f"{step.get_absolute_url()}journal/", data)


def asks_for_json(client: Client, step: Step, answer: str, read: str = ""):
    data = {"answer-q1": answer, "read-q1": journal.seen(read)}
    return client.post(f"{step.get_absolute_url()}journal/", data, headers={"accept": "application/json"})


@time_machine.travel("2026-11-25T23:59:59Z", tick=False)
def test_an_answer_is_kept_and_stands_in_its_field_again(as_learner, learner, step):
    response = write(as_learner, step, "The mayor <b>&amp; the board</b>.\r\n\r\nAnd us.  ")
    assert response.status_code == 302 and response["Location"] == f"{step.get_absolute_url()}#reflect"
    entry = JournalEntry.objects.get()
    assert (entry.person, entry.text) == (learner, "The mayor <b>&amp; the board</b>.\n\nAnd us.")
    assert (entry.asked, entry.written_on) == ("Who decides?", date(2026, 11, 25))
    page = as_learner.get(step.get_absolute_url()).text
    assert "The mayor &lt;b&gt;&amp;amp; the board&lt;/b&gt;.\n\nAnd us.</textarea>" in page
    assert "Saved in your journal" in page


def test_several_answers_come_in_one_form_and_an_emptied_one_goes(as_learner, step):
    write(as_learner, step, "Us.", **{"answer-q2": "A letter."})
    assert sorted(JournalEntry.objects.values_list("text", flat=True)) == ["A letter.", "Us."]
    write(as_learner, step, "  ", read="Us.")
    assert JournalEntry.objects.get().text == "A letter."


def test_nobody_else_reads_it(as_learner, as_educator, educator, other, step):
    write(as_learner, step, "For me alone.")
    stranger = Client()
    stranger.force_login(other)
    entry = JournalEntry.objects.get()
    for client in (as_educator, stranger, Client()):
        for address in (step.get_absolute_url(), JOURNAL, "/courses/harbour/progress/"):
            assert "For me alone" not in client.get(address).text
        assert client.post(f"{JOURNAL}remove/", {"entry": entry.pk}).status_code in (302, 404)
    assert "For me alone" not in as_educator.get(f"{JOURNAL}journal.md").text
    assert JournalEntry.objects.get().text == "For me alone."


def test_the_admin_does_not_know_journals_nor_bookmarks(as_educator, learner, step):
    assert {"JournalEntry", "StepBookmark"}.isdisjoint(model.__name__ for model in admin.site._registry)
    for model in ("journalentry", "stepbookmark"):
        assert as_educator.get(f"/admin/courses/{model}/").status_code == 404


def test_two_readers_of_one_page_see_each_their_own(as_learner, other, step):
    second = Client()
    second.force_login(other)
    write(as_learner, step, "Mine.")
    write(second, step, "Theirs.")
    one, two = (client.get(step.get_absolute_url()).text for client in (as_learner, second))
    assert "Mine." in one and "Theirs." not in one
    assert "Theirs." in two and "Mine." not in two


def test_who_did_not_see_the_newest_words_loses_neither(as_learner, step):
    write(as_learner, step, "From the phone.")
    response = write(as_learner, step, "From the laptop.", read="")
    text = JournalEntry.objects.get().text
    assert text.startswith("From the laptop.") and "another device" in text and text.endswith("From the phone.")
    assert "Both are kept" in as_learner.get(response["Location"]).text


def test_words_that_contain_the_other_ones_are_not_doubled(as_learner, step):
    write(as_learner, step, "One.")
    write(as_learner, step, "One. Two.", read="")
    assert JournalEntry.objects.get().text == "One. Two."


def test_emptying_an_answer_that_was_changed_elsewhere_keeps_the_other_words(as_learner, step):
    write(as_learner, step, "From the phone.")
    write(as_learner, step, "", read="something older")
    assert "From the phone." in JournalEntry.objects.get().text


def test_an_answer_that_is_too_long_comes_back_word_for_word_and_the_others_are_kept(as_learner, step):
    long = "é" * (journal.MOST + 1)
    response = write(as_learner, step, long, **{"answer-q2": "A letter."})
    assert response.status_code == 422
    assert long in response.text and "10001 characters" in response.text.replace(",", "")
    assert JournalEntry.objects.get().text == "A letter."
    assert write(as_learner, step, long[1:]).status_code == 302


def test_a_script_is_answered_with_what_it_needs(as_learner, step):
    answer = asks_for_json(as_learner, step, "Us.").json()
    assert answer == {"kept": {"q1": {"read": journal.seen("Us."), "added": ""}}, "refused": {}}
    added = asks_for_json(as_learner, step, "Them.", read="").json()["kept"]["q1"]
    assert added["added"].endswith("Us.") and added["read"] == journal.seen("Them." + added["added"])
    refused = asks_for_json(as_learner, step, "x" * 10_001)
    assert refused.status_code == 422 and "shorten" in refused.json()["refused"]["q1"]


def test_what_other_devices_wrote_does_not_pile_up_for_ever(as_learner, step):
    for letter in "abcdefgh":
        last = asks_for_json(as_learner, step, letter * journal.MOST, read="not what is there")
    assert last.status_code == 422 and "changed elsewhere" in last.json()["refused"]["q1"]
    assert len(JournalEntry.objects.get().text) <= journal.MOST_KEPT


def test_who_was_signed_out_gets_the_words_back(client, step):
    response = write(client, step, "Do not <lose> me.")
    assert response.status_code == 403 and "Do not &lt;lose&gt; me." in response.text
    assert asks_for_json(client, step, "x").status_code == 403
    assert not JournalEntry.objects.exists()


def test_a_form_without_the_browsers_token_gives_the_words_back(learner, step):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner)
    response = write(strict, step, "My answer.")
    assert response.status_code == 403 and "My answer." in response.text


@pytest.mark.parametrize("data", [{}, {"answer-nothing": "x"}, {"answer-": "x"}, {"answer-q1": "\x00\x07"}])
def test_nonsense_is_no_answer(as_learner, step, data):
    assert as_learner.post(f"{step.get_absolute_url()}journal/", data).status_code == 302
    assert not JournalEntry.objects.exists()


def test_a_changed_and_a_retired_question_keep_their_words_beside_the_answer(as_learner, step):
    write(as_learner, step, "Us.", **{"answer-q2": "A letter."})
    ReflectionQuestion.objects.filter(step=step, uid="q1").update(text="Who signs?")
    ReflectionQuestion.objects.filter(step=step, uid="q2").update(retired_at=timezone.now())
    writing.refresh(step.course, rendered=[step])
    page = as_learner.get(JOURNAL).text
    assert "Who decides?" in page and "The question now reads: “Who signs?”" in page
    assert "What on Monday?" in page and "no longer asks this" in page
    Step.objects.filter(pk=step.pk).update(retired_at=timezone.now())
    writing.refresh(step.course)
    page = as_learner.get(JOURNAL).text
    assert "This step has left the course" in page and "A letter." in page


def test_all_answers_stand_in_the_order_of_the_course_and_download_as_markdown(as_learner, course, step):
    later = factories.step(course.topics.get(uid="three"), "later", questions=("And then?",))
    write(as_learner, later, "Rest.")
    write(as_learner, step, "Us.\n\n- and *them*")
    page = as_learner.get(JOURNAL).text
    assert page.index("Us.") < page.index("Rest.")
    file = as_learner.get(f"{JOURNAL}journal.md")
    assert file["Content-Disposition"] == 'attachment; filename="journal.md"'
    assert "no-store" in file["Cache-Control"]
    assert file.text.index("> Who decides?\n\nUs.\n\n- and *them*") < file.text.index("> And then?")


def test_a_learner_removes_an_answer_for_good(as_learner, step):
    write(as_learner, step, "Us.")
    as_learner.post(f"{JOURNAL}remove/", {"entry": JournalEntry.objects.get().pk})
    assert not JournalEntry.objects.exists()
    for nonsense in ("", "x", "9" * 30, "-1"):
        assert as_learner.post(f"{JOURNAL}remove/", {"entry": nonsense}).status_code == 404


def move(client: Client, *entries: object):
    return client.post(f"{JOURNAL}move/", {"kept": json.dumps(entries)})


def test_answers_of_a_browser_move_into_an_account_and_moving_twice_changes_nothing(as_learner, step):
    write(as_learner, step, "From the account.")
    entries = [
        {"step": "asked", "question": "q1", "text": "From the browser."},
        {"step": "asked", "question": "gone", "text": "Stays."},
        {"step": "asked", "question": "q2", "text": "\ud800 A letter.\x00"},
    ]
    for _ in range(2):
        assert move(as_learner, *entries).json() == {"moved": [0, 2]}
    texts = dict(JournalEntry.objects.values_list("question__uid", "text"))
    assert texts["q2"] == " A letter."
    assert texts["q1"].count("From the browser.") == texts["q1"].count("From the account.") == 1


@pytest.mark.parametrize(
    "sent", ["", "{", "7", '[{"step": 1}]', "[[]]", '["x"]', "[" * 100_000, json.dumps([{}] * 1001)]
)
def test_nonsense_is_not_moved(as_learner, course, sent):
    assert as_learner.post(f"{JOURNAL}move/", {"kept": sent}).status_code == 400


def test_without_an_account_the_page_says_what_is_possible(client, step):
    page = client.get(step.get_absolute_url()).text
    assert "joined, under any name" in page and "<textarea" not in page.split('id="reflect"')[1].split("</section>")[0]
    assert "Write on paper" in client.get(JOURNAL).text


@pytest.fixture
def sheet(course: Course) -> Step:
    """A step with a worksheet."""
    made = factories.step(course.topics.get(uid="one"), "plan", fresh=False)
    for n, (uid, title, text) in enumerate([("goal", "Goal", "What changes?"), ("risk", "Risk", "Who is harmed?")]):
        kind = ReflectionQuestion.Kind.WORKSHEET
        ReflectionQuestion.objects.create(step=made, uid=uid, kind=kind, title=title, text=text, position=n)
    writing.refresh(course, rendered=[made])
    return made


def test_a_worksheet_is_a_page_of_its_own_and_its_answers_are_in_the_journal(as_learner, client, sheet):
    address = f"{sheet.get_absolute_url()}worksheet/"
    assert address in as_learner.get(sheet.get_absolute_url()).text
    response = write(as_learner, sheet, "One pharmacy.", uid="goal", back="worksheet")
    assert response["Location"] == address
    assert "One pharmacy.</textarea>" in as_learner.get(address).text
    assert "Goal: What changes?" in as_learner.get(JOURNAL).text
    empty = client.get(address).text
    assert "What changes?" in empty and "One pharmacy" not in empty
    refused = write(as_learner, sheet, "x" * 10_001, uid="risk", back="worksheet")
    assert refused.status_code == 422 and "x" * 10_001 in refused.text


def test_a_step_without_a_worksheet_has_no_such_page(as_learner, step):
    assert as_learner.get(f"{step.get_absolute_url()}worksheet/").status_code == 404


def test_the_document_costs_the_same_with_one_answer_and_with_many(
    as_learner, learner, course, step, django_assert_num_queries
):
    questions = [ReflectionQuestion(step=step, uid=f"more-{n}", text=f"Why {n}?", position=n) for n in range(30)]
    ReflectionQuestion.objects.bulk_create(questions)
    write(as_learner, step, "Us.")
    with django_assert_num_queries(4):  # session, person, course, answers
        as_learner.get(JOURNAL)
    for question in ReflectionQuestion.objects.filter(uid__startswith="more"):
        journal.write(person=learner, question=question, text="Because.", read="")
    with django_assert_num_queries(4):
        as_learner.get(JOURNAL)
