"""How a course goes: totals that are right, nobody who can be recognised, and questions that wait."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from courses import reports
from courses.models import Completion, Report, Step
from courses.reports import Span
from discussions import talking
from discussions.models import Comment
from harmreduction import charts
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/educators/harbour/"
FIRST = date(2026, 3, 2)  # a Monday


def finish(people, steps, day=FIRST):
    Completion.objects.bulk_create(
        Completion(learner=person, step=step, completed_on=day) for person in people for step in steps
    )


@pytest.fixture
def steps(course):
    return {step.slug: step for step in course.steps.all()}


@pytest.fixture
def crowd(course, steps):
    """Thirty who started, twenty who went on a week later, twelve who finished in the third week; and three who only looked in late."""
    people = [factories.person() for _ in range(33)]
    finish(people[:30], [steps["one-a"]])
    finish(people[:20], [steps["one-b"], steps["two-a"]], FIRST + timedelta(days=7))
    finish(people[:12], [steps["two-b"], steps["three-a"], steps["three-b"]], FIRST + timedelta(days=15))
    finish(people[30:], [steps["one-a"]], FIRST + timedelta(weeks=20))
    return people


def test_the_numbers_are_those_of_the_rows(course, crowd):
    seen = reports.look(course, reports.measure(course), Span())
    assert (seen.started, seen.finished, seen.days_to_finish) == (33, 12, 15)
    assert [step.learners for step in seen.steps] == [33, 20, 20, 12, 12, 12]
    assert [step.ref for step in seen.steps if step.stops_here] == ["1.2", "1.4"]
    assert seen.active[:3] == [("2026-03-02", 30), ("2026-03-09", 20), ("2026-03-16", 12)]


def test_few_people_are_not_shown_and_nobody_is_nobody(course, crowd):
    late = reports.look(course, reports.measure(course), Span(first="2026-07-01"))
    assert late.started is None and late.finished == 0 and late.days_to_finish is None
    assert late.steps[0].learners is None and late.steps[1].learners == 0
    assert late.active == [("2026-07-20", None)]


def test_weeks_in_which_nothing_happened_are_in_the_line(course, crowd):
    active = reports.look(course, reports.measure(course), Span()).active
    assert len(active) == 21 and active[5] == ("2026-04-06", 0)


def test_an_optional_step_is_not_needed_to_finish_and_blames_nobody(course, crowd, steps):
    Step.objects.filter(pk=steps["three-b"].pk).update(optional=True)
    Completion.objects.filter(step=steps["three-b"]).delete()
    factories.ready(course)
    seen = reports.look(course, reports.measure(course), Span())
    assert seen.finished == 12 and not seen.steps[-1].stops_here


def test_the_page_and_the_file_say_the_same(as_educator, course, crowd):
    page = as_educator.get(ADDRESS).text
    rows = list(csv.reader(as_educator.get(f"{ADDRESS}numbers.csv").text.splitlines()))
    assert rows[1] == ["1.1", "Title of one-a", "33", "0", "0", "0"] and rows[2][2] == "20"
    assert rows[-1] == ["2026-07-20", "under 10"]
    for row in rows[1:7]:
        assert f'<td class="num">{row[2]}</td>' in page
    assert "under 10" in page and not [p.handle for p in crowd if p.handle in page]


@pytest.mark.parametrize(
    ("asked", "learners"),
    [
        ("?weeks=4", "0"),  # the crowd was here long ago
        ("?from=2026-03-02&to=2026-03-08", "30"),
        ("?from=2026-03-04", "33"),  # the week of that day
        ("?to=2026-03-01", "0"),
        ("?from=nonsense&to=", "33"),
        ("?weeks=99999", "33"),
    ],
)
def test_a_span_of_weeks_can_be_chosen(as_educator, course, crowd, asked, learners):
    with_time = list(csv.reader(as_educator.get(f"{ADDRESS}numbers.csv{asked}").text.splitlines()))
    assert with_time[1][2] == learners


@pytest.mark.parametrize("zone", ["", "Pacific/Kiritimati", "America/St_Johns"])
def test_every_educator_is_told_of_the_same_weeks_wherever_it_is_monday(as_educator, educator, steps, zone):
    User.objects.filter(pk=educator.pk).update(time_zone=zone)
    for moment in ("2026-03-08T23:00:00Z", "2026-03-09T01:00:00Z", "2026-03-09T01:00:00Z"):
        with time_machine.travel(moment, tick=False):
            factories.comment(steps["one-a"])
    said = [
        next(csv.reader(as_educator.get(f"{ADDRESS}numbers.csv?from={day}&to={day}").text.splitlines()[1:]))[3]
        for day in ("2026-03-02", "2026-03-09", "2026-03-16")
    ]
    assert said == ["1", "2", "0"]


def test_what_was_kept_is_what_is_counted(course, crowd, monkeypatch):
    factories.comment(Step.objects.get(slug="one-a"))
    call_command("rebuild_reports")
    assert Report.objects.get(kind="learning").data == reports.measure(course)
    assert Report.objects.get(kind="discussions").data == talking.measure(course)
    monkeypatch.setattr(reports, "QUICK", 5)
    Completion.objects.filter(step__slug="one-a").delete()
    data, counted_at = reports.learning(course)
    assert counted_at and data["started"]["2026-03-02"] == 30  # as it was when it was kept
    call_command("rebuild_reports")
    assert reports.learning(course)[0]["started"] == {"2026-03-09": 20}


def test_few_rows_are_counted_at_once_even_when_numbers_were_kept(course, crowd):
    call_command("rebuild_reports")
    Completion.objects.filter(step__slug="one-a").delete()
    data, counted_at = reports.learning(course)
    assert counted_at is None and data["started"] == {"2026-03-09": 20}


def test_a_question_waits_until_somebody_answers(as_educator, course, other):
    step = Step.objects.get(slug="one-a")
    question = factories.comment(step, other, "Does anyone know how this is paid for?")
    factories.comment(step, other, "I only wanted to say hello.")
    hidden = factories.comment(step, other, "What about this hidden one?")
    Comment.objects.filter(pk=hidden.pk).update(hidden_at="2026-03-02T00:00:00Z")
    page = as_educator.get(ADDRESS).text
    assert "how this is paid for?" in page and "say hello" not in page and "hidden one" not in page
    assert f"comments/{question.pk}/" in page
    factories.comment(step, body="From the city.", parent=question)
    assert "how this is paid for?" not in as_educator.get(ADDRESS).text


def test_questions_come_newest_or_most_liked_first(course, other):
    step = Step.objects.get(slug="one-a")
    liked = factories.comment(step, other, "Liked?")
    Comment.objects.filter(pk=liked.pk).update(like_count=3)
    newest = factories.comment(step, other, "Newest?")
    assert [c.pk for c in talking.unanswered(course, "newest")] == [newest.pk, liked.pk]
    assert [c.pk for c in talking.unanswered(course, "liked")] == [liked.pk, newest.pk]


def test_public_answers_to_questions_are_counted_and_can_be_read(as_educator, course, other):
    step = factories.step(course.topics.first(), "thinking", questions=("What would help?",))
    answer = factories.comment(step, other, "A lamp.")
    Comment.objects.filter(pk=answer.pk).update(question=step.questions.get())
    page = as_educator.get(ADDRESS).text
    assert "What would help?" in page and "Read 1 answer" in page and "show=answers&amp;question=q1" in page


def test_a_title_that_a_spreadsheet_would_run_is_made_harmless(as_educator, course):
    Step.objects.filter(slug="one-a").update(title="=1+1")
    factories.ready(course)
    assert "'=1+1" in as_educator.get(f"{ADDRESS}numbers.csv").text


def test_the_page_costs_the_same_with_few_and_with_many(as_educator, course, crowd):
    step = Step.objects.get(slug="one-a")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_educator.get(ADDRESS).status_code == 200
        return len(captured)

    factories.comment(step, body="One?")
    few = queries()
    for i in range(20):
        factories.comment(step, body=f"Number {i}?")
    assert queries() == few <= 14


@pytest.mark.parametrize(
    ("highest", "lines"), [(3, [5, 4, 3, 2, 1, 0]), (57, [60, 45, 30, 15, 0]), (230, [250, 200, 150, 100, 50, 0])]
)
def test_a_chart_has_a_line_for_each_number_beside_it(highest, lines):
    top = charts.nice_top(highest)
    assert charts.scale(top) == lines
    for drawn in (charts.bars([highest, None], top), charts.line([highest, None], top)):
        assert drawn.split('class="grid" d="')[1].split('"')[0].count("M") == len(lines) - 1


def test_a_course_without_learners_says_so_in_place_of_empty_charts(as_educator, course):
    assert "Nobody has finished a step" in as_educator.get(ADDRESS).text
    finish([factories.person()], [course.steps.first()])
    Report.objects.all().delete()
    page = as_educator.get(ADDRESS).text
    assert "Nobody has finished a step" not in page and 'id="funnel"' in page


def test_weeks_stand_apart_in_the_charts(as_educator, course, crowd):
    page = as_educator.get(ADDRESS)
    assert [bool(slot) for slot in page.context["slots"]] == [True] * 4 + [False] + [True] * 2
    assert page.text.count("Week 2</span>") == 2
