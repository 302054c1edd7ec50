"""How a course goes: totals that are right, nobody who can be recognised, and questions that wait."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import product

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from courses import reports
from courses.models import Completion, Course, Report, Step
from courses.reports import Span
from discussions import posting, talking
from discussions.models import Alias, Comment
from harmreduction import charts
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/educators/harbour/"
FIRST = date(2026, 3, 2)  # a Monday
STEP = {"ref": "1.1", "title": "A step", "slug": "a-step", "optional": False}
NOW = "2026-11-25T12:00:00Z"  # a Wednesday


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    """The day on which educators look."""
    with time_machine.travel(NOW, tick=False) as now:
        yield now


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
    assert (seen.started, seen.finished, seen.days_to_finish) == (30, 12, 15)  # three are not ten yet
    assert [step.learners for step in seen.steps] == [30, 20, 20, 12, 12, 12]
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
    assert rows[1] == ["1.1", "Title of one-a", "30", "0", "0", "0"] and rows[2][2] == "20"
    assert rows[-1] == ["2026-07-20", "under 10"]
    for row in rows[1:7]:
        assert f'<td class="num">{row[2]}</td>' in page
    assert "under 10" in page and not [p.handle for p in crowd if p.handle in page]


@pytest.mark.parametrize(
    ("asked", "learners"),
    [
        ("?weeks=4", "under 10"),  # the crowd was here long ago
        ("?from=2026-03-02&to=2026-03-08", "30"),
        ("?from=2026-03-04&to=2026-03-04", "30"),  # the week of that day
        ("?to=2026-03-01", "0"),
        ("?from=2026-07-20", "under 10"),
        ("?from=nonsense&to=", "30"),
        ("?weeks=99999", "30"),
    ],
)
def test_a_span_of_weeks_can_be_chosen(as_educator, course, crowd, asked, learners):
    with_time = list(csv.reader(as_educator.get(f"{ADDRESS}numbers.csv{asked}").text.splitlines()))
    assert with_time[1][2] == learners


def weeks_of(people: Sequence[int]) -> dict[str, int]:
    """So many in each week from the first one, without the weeks that have nobody, as `measure` counts them."""
    return {(FIRST + timedelta(weeks=n)).isoformat(): count for n, count in enumerate(people) if count}


def spans(weeks: int) -> list[Span]:
    """Every span that can be asked for, from the week before the first one to the week after the last one, and open ones."""
    days = [(FIRST + timedelta(weeks=n)).isoformat() for n in range(-1, weeks + 1)]
    return [
        Span(first, last) for first in (None, *days) for last in (None, *days) if not (first and last) or first <= last
    ]


def inside(small: Span, large: Span) -> bool:
    return (large.first is None or (small.first is not None and small.first >= large.first)) and (
        large.last is None or (small.last is not None and small.last <= large.last)
    )


few_weeks = st.lists(st.integers(0, 14) | st.integers(0, 3), max_size=7)


@settings(max_examples=60)
@given(began=few_weeks, finished=few_weeks, first=few_weeks, second=few_weeks, over=st.integers(0, 7))
def test_no_two_spans_tell_of_fewer_than_ten_when_one_is_taken_from_the_other(began, finished, first, second, over):
    course = Course(outline={"weeks": [{"topics": [{"steps": [STEP | {"pk": 1}, STEP | {"pk": 2}]}]}]})
    raw = [weeks_of(people[: over + 1]) for people in (began, finished, first, second)]  # the last one may be this week
    data = {"started": raw[0], "finished": raw[1], "steps": {"1": raw[2], "2": raw[3]}}
    data["days"] = {week: [number % 90] * number for week, number in raw[1].items()}
    with time_machine.travel(FIRST + timedelta(weeks=over), tick=False):
        looks = {span: reports.look(course, data, span) for span in spans(7)}
    told = {
        span: [seen.started, seen.finished, *(step.learners for step in seen.steps)] for span, seen in looks.items()
    }
    for span, numbers in told.items():
        for number, by_week in zip(numbers, raw, strict=True):
            counted = sum(n for week, n in by_week.items() if span.has(week))
            assert number is None or number == 0 or number >= 10
            assert abs((number or 0) - counted) < 10  # as exact as it may be
            assert number != 0 or counted == 0  # nobody is nobody
        for larger in (wide for wide in told if inside(span, wide)):
            for part, whole in zip(numbers, told[larger], strict=True):
                assert (whole or 0) - (part or 0) not in range(-9, 0) and (whole or 0) - (part or 0) not in range(1, 10)


def test_not_even_all_answers_together_tell_how_many_the_few_were():
    """Of all that may have happened in three weeks: wherever a span had fewer than ten, the same answers fit another number too.
    Weeks of more than 12 are there only so that those of up to 12 have all their like."""
    asked = spans(3)
    closed = [span for span in asked if span.first and span.last]
    fitting: dict[tuple[int | None, ...], list[tuple[int, ...]]] = {}
    for people in product(range(22), repeat=3):
        found = reports.blocks(weeks_of(people))
        fitting.setdefault(tuple(span.people(found) for span in asked), []).append(people)
    for worlds in fitting.values():
        for span in closed:
            counts = {sum(n for week, n in weeks_of(people).items() if span.has(week)) for people in worlds}
            assert counts == {0} or min(counts) >= 10 or len(counts) > 1 or all(max(people) > 12 for people in worlds)


def test_what_is_few_in_a_week_is_told_once_it_is_ten(as_educator, course, steps, crowd):
    finish([factories.person() for _ in range(6)], [steps["one-a"]], FIRST + timedelta(weeks=22))
    finish([factories.person() for _ in range(4)], [steps["one-a"]], FIRST + timedelta(weeks=24))

    def learners(first: int, last: int) -> str:
        days = [FIRST + timedelta(weeks=week) for week in (first, last)]
        page = as_educator.get(ADDRESS, {"from": days[0].isoformat(), "to": days[1].isoformat()})
        file = as_educator.get(f"{ADDRESS}numbers.csv", {"from": days[0].isoformat(), "to": days[1].isoformat()})
        shown = page.context["seen"].steps[0].learners
        cell = list(csv.reader(file.text.splitlines()))[1][2]
        assert f'<td class="num">{cell}</td>' in page.text and cell == ("under 10" if shown is None else str(shown))
        return cell

    assert [learners(0, 19), learners(0, 22), learners(0, 23), learners(0, 24)] == ["30", "30", "30", "43"]
    assert [learners(1, 19), learners(20, 20), learners(22, 23), learners(24, 24)] == [
        "0",
        "under 10",
        "under 10",
        "13",
    ]


def test_this_week_is_counted_in_tens_and_exactly_when_it_is_over(as_educator, course, steps, clock):
    monday, people = date(2026, 11, 23), [factories.person() for _ in range(22)]

    def learners(asked: str = "") -> list[str]:
        """Of the first step, and active in the last week."""
        rows = list(csv.reader(as_educator.get(f"{ADDRESS}numbers.csv{asked}").text.splitlines()))
        return [rows[1][2], rows[-1][1]]

    for number, told in ((9, "under 10"), (10, "10"), (19, "10"), (20, "20"), (22, "20")):
        finish(people[Completion.objects.count() : number], [steps["one-a"]], monday)
        assert learners() == learners("?weeks=4") == [told, told], number
    clock.move_to("2026-11-29T23:00:00Z")
    assert learners() == ["20", "20"]
    clock.move_to("2026-11-30T01:00:00Z")
    assert learners() == learners("?weeks=4") == ["22", "22"]


def test_how_long_it_takes_is_told_of_weeks_that_are_over(as_educator, course, steps, clock):
    people = [factories.person() for _ in range(12)]
    finish(people, list(steps.values()), date(2026, 11, 24))
    assert as_educator.get(ADDRESS).context["seen"].finished == 10
    assert as_educator.get(ADDRESS).context["seen"].days_to_finish is None
    clock.move_to("2026-11-30T01:00:00Z")
    assert as_educator.get(ADDRESS).context["seen"].days_to_finish == 0


def test_people_stop_somewhere_only_when_it_is_certain(as_educator, course, steps):
    people = [factories.person() for _ in range(30)]
    finish(people, [steps["one-a"]])
    finish(people[:22], [steps["one-b"]])
    finish(people[22:27], [steps["one-b"]], FIRST + timedelta(weeks=1))
    # Of the second step 22 are told, and there may be nine more; of the third one it is told that there is nobody.
    assert [step.ref for step in as_educator.get(ADDRESS).context["seen"].steps if step.stops_here] == ["1.3"]
    Completion.objects.filter(step=steps["one-b"], completed_on__gt=FIRST).delete()
    assert [step.ref for step in as_educator.get(ADDRESS).context["seen"].steps if step.stops_here] == ["1.2", "1.3"]


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
    with time_machine.travel("2026-04-05T23:00:00Z", tick=False):  # in Kiritimati it is Monday already
        rows = list(csv.reader(as_educator.get(f"{ADDRESS}numbers.csv?weeks=4").text.splitlines()))
    assert rows[1][3] == "3" and rows[2][3] == "0"
    with time_machine.travel("2026-04-06T01:00:00Z", tick=False):  # in St John's it is Sunday still
        rows = list(csv.reader(as_educator.get(f"{ADDRESS}numbers.csv?weeks=4").text.splitlines()))
    assert rows[1][3] == "2"


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


def test_a_question_under_an_alias_or_of_somebody_who_left_waits_like_any_other(as_educator, course, other):
    step = Step.objects.get(slug="one-a")
    posting.post(author=other, step=step, body="Who pays for it?", without_handle=True)
    left = factories.comment(step, body="And since when?")
    Comment.objects.filter(pk=left.pk).update(author=None)
    page = as_educator.get(ADDRESS)
    assert page.status_code == 200 and "Who pays for it?" in page.text and "And since when?" in page.text
    assert Alias.objects.get().name in page.text and "Someone who left" in page.text
    assert other.handle not in page.text


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
