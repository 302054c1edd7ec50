"""A course as a tree: what it shows, and what its buttons do, for one educator and for two at once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses import arranging, copying, publishing
from courses.content.comparing import PARTS
from courses.models import (
    Caption,
    Completion,
    Course,
    Figure,
    QuizQuestion,
    Reference,
    Resource,
    Step,
    Topic,
    Week,
)
from discussions.models import Comment
from tests import factories

pytestmark = pytest.mark.django_db


def tree(course: Course) -> str:
    return f"/admin/courses/course/{course.pk}/tree/"


def do(client: Client, course: Course, words: str, **extra: Any) -> Any:
    return client.post(tree(course), {"do": words}, **extra)


def step(slug: str) -> Step:
    return Step.objects.get(slug=slug)


def buttons(client: Client, course: Course) -> dict[str, tuple[str, bool]]:
    """What each button sends, by its name, and whether it can be pressed."""
    found = re.findall(
        r'<button type="submit" class="button move" name="do" value="([^"]*)" id="[\w-]+" aria-label="([^"]+)"( disabled)?>',
        client.get(tree(course)).text,
    )
    return {label: (value, not disabled) for value, label, disabled in found}


def order(course: Course) -> list[str]:
    """The steps that are not retired, as learners meet them."""
    return list(course.steps.filter(retired_at=None).in_order().values_list("slug", flat=True))


def said(response: Any) -> str:
    return re.sub(r"<[^>]+>", "", "".join(re.findall(r'<ul class="messagelist">.*?</ul>', response.text, re.S)))


def rows_of(page: str) -> list[list[str]]:
    """Each row of the tree in words."""
    rows = re.findall(r'<div class="branch__row".*?</div>', page, re.S)
    return [
        re.sub(r"<details class=\"branch__more\".*?</details>|<[^>]+>", " ", row, flags=re.S).split() for row in rows
    ]


# What it shows


def test_the_list_of_courses_leads_to_the_tree_and_the_tree_to_everything(as_editor, course):
    assert f'href="{tree(course)}"' in as_editor.get("/admin/courses/course/").text
    assert f'href="{tree(course)}">Outline' in as_editor.get(f"/admin/courses/course/{course.pk}/change/").text
    page = as_editor.get(tree(course)).text
    one = step("one-a")
    for address in (
        f"/admin/courses/course/{course.pk}/change/?back=tree",
        f"/admin/courses/step/{one.pk}/change/?back=tree",
        f"/admin/courses/step/add/?topic={one.topic_id}&amp;back=tree",
        f"/admin/courses/topic/add/?week={one.topic.week_id}&amp;back=tree",
        f"/admin/courses/week/add/?course={course.pk}&amp;back=tree",
    ):
        assert f'href="{address}"' in page


def test_the_first_page_of_the_admin_leads_to_ones_own_courses(as_editor, as_moderator, course):
    other = factories.small_course("lighthouse")
    publishing.unpublish(rows=[other])
    page = as_editor.get("/admin/").text
    mine = re.findall(r'<a class="mine__title" href="([^"]+)">[^<]+</a> <span class="mine__state">(\w+)<', page)
    assert mine == [(tree(course), "Published"), (tree(other), "Draft")]
    helper = Client()
    helper.force_login(factories.helper(other))
    page = helper.get("/admin/").text
    assert tree(other) in page and tree(course) not in page
    assert "Make a new course" not in page
    assert "Your courses" not in as_moderator.get("/admin/").text


def test_the_first_page_of_the_admin_leads_to_a_new_course_where_there_is_none(as_editor):
    page = as_editor.get("/admin/").text
    assert '<a class="addlink" href="/admin/courses/course/add/">Make a new course</a>' in page
    assert '<a class="mine__title"' not in page


@pytest.mark.parametrize("what", ["week", "topic", "step"])
def test_each_form_leads_to_its_place_in_the_tree(as_editor, course, what):
    row = {"week": course.weeks, "topic": course.topics, "step": course.steps}[what].first()
    page = as_editor.get(f"/admin/courses/{what}/{row.pk}/change/").text
    assert f'href="{tree(course)}#{what}-{row.pk}"' in page
    assert "Outline</a>" not in as_editor.get(f"/admin/courses/{what}/add/").text


def test_each_row_says_number_kind_minutes_comments_and_state(as_editor, course):
    factories.comment(step("one-a"), parent=factories.comment(step("one-a")))
    factories.step(step("one-a").topic, "one-c", published=False, minutes=9, kind="quiz", optional=True)
    rows = rows_of(as_editor.get(tree(course)).text)
    title = lambda slug: ["Title", "of", slug]  # noqa: E731
    assert rows[1] == ["Topic", "1", "Topic", "one", "3", "steps,", "1", "draft", "10", "min", "↑", "↓"]
    assert rows[2] == ["1.1", *title("one-a"), "Article", "5", "min", "2", "comments", "Published", "↑", "↓"]
    assert rows[4] == [*title("one-c"), "Quiz,", "optional", "9", "min", "Draft", "↑", "↓"]
    assert "7 steps (1 draft) · 30 minutes" in as_editor.get(tree(course)).text


def test_what_is_hidden_by_a_moderator_is_not_counted(as_editor, course):
    comment = factories.comment(step("one-a"))
    type(comment).objects.filter(pk=comment.pk).update(hidden_at=timezone.now())
    assert "comment" not in " ".join(rows_of(as_editor.get(tree(course)).text)[2])


def test_a_step_says_what_there_is_to_look_at(as_editor, course):
    one, two = step("one-a"), step("one-b")
    Step.objects.filter(pk=two.pk).update(published=False)
    body = "A drug addict said so: 40 % of them. See [there](step:one-b) and [nowhere](step:gone)."
    Step.objects.filter(pk=one.pk).update(body=body, minutes=60, kind="video", film="courses/harbour/a.mp4")
    Reference.objects.create(step=one, uid="a", source="Somebody", year=2020)
    page = as_editor.get(tree(course)).text
    assert page.count("things to look at") == 1
    for words in (
        "“drug addict”: better person who uses drugs",
        "stands in a passage that cites nothing",
        "It links to “Title of one-b”, which is a draft.",
        "It links to the step “gone”, which is not in the course.",
        "The film has no captions in the course&#x27;s language (en).",
        "The film has no script to read in its place.",
        "The reference does not say what it is cited for",
    ):
        assert words in page, words
    Step.objects.filter(pk=two.pk).update(published=True)
    Step.objects.filter(pk=one.pk).update(body="Plain words.", kind="article", film="")
    one.references.all().delete()
    assert "to look at" not in as_editor.get(tree(course)).text


def test_a_text_too_long_for_its_minutes_is_said(as_editor, course):
    Step.objects.filter(slug="one-a").update(body="word " * 400, minutes=2)
    assert "the text has 400 words" in as_editor.get(tree(course)).text


def test_retired_rows_are_folded_at_the_end_of_what_they_were_in(as_editor, course):
    arranging.retire(steps=[step("one-a")])
    arranging.retire_whole(row=course.topics.get(uid="two"))
    arranging.retire_whole(row=course.weeks.get(uid="second"))
    page = as_editor.get(tree(course)).text
    folds = re.findall(r'<details class="branch__retired"><summary id="([\w-]+)">(\d retired \w+)<', page)
    one, first = course.topics.get(uid="one"), course.weeks.get(uid="first")
    assert folds == [
        (f"retired-topic-{one.pk}", "1 retired step"),
        (f"retired-week-{first.pk}", "1 retired topic"),
        (f"retired-course-{course.pk}", "1 retired week"),
    ]
    assert len(rows_of(page)) == 3  # the week, the topic, one step


def test_an_empty_course_says_how_to_begin(as_editor):
    empty = factories.course("empty")
    page = as_editor.get(tree(empty)).text
    assert "Begin with a week" in page and f"/admin/courses/week/add/?course={empty.pk}" in page


def test_headings_and_lists_stand_for_weeks_topics_and_steps(as_editor, course):
    page = as_editor.get(tree(course)).text
    form = page[page.index('<form method="post" class="tree"') : page.index("</form>", page.index('class="tree"'))]
    assert re.findall(r"<(h\d|ol)\b", form) == ["ol", "h2", "ol", "h3", "ol", "h3", "ol", "h2", "ol", "h3", "ol"]
    assert len(set(re.findall(r' id="([^"]+)"', page))) == len(re.findall(r' id="([^"]+)"', page))


def test_the_tree_costs_the_same_for_one_step_and_for_many(
    as_editor, django_assert_num_queries, django_assert_max_num_queries, course
):
    single = factories.course("single")
    factories.comment(factories.step(factories.topic(factories.week(single)), "alone"))
    as_editor.get(tree(single))
    with django_assert_max_num_queries(20) as one:
        as_editor.get(tree(single))
    for slug in ("one", "two", "three"):
        for _ in range(14):
            made = factories.step(course.topics.get(uid=slug), fresh=False, questions=("Why?",))
            Figure.objects.create(step=made, uid="a", file="a.svg", alt="A")
            factories.comment(made)
    factories.ready(course)
    with django_assert_num_queries(len(one)):
        page = as_editor.get(tree(course)).text
    assert page.count('class="branch branch--step"') == 48


# Order


def test_the_buttons_of_a_row_change_places_with_its_neighbour(as_editor, course):
    down, usable = buttons(as_editor, course)["Move “Title of one-a” down"]
    assert usable and not buttons(as_editor, course)["Move “Title of one-a” up"][1]
    response = do(as_editor, course, down)
    assert order(course)[:2] == ["one-b", "one-a"]
    # The last in its place rests its button, so the one beside it takes the focus.
    assert response["Location"] == f"{tree(course)}#up-step-{step('one-a').pk}"
    assert "“Title of one-a” now stands in “Topic one”, 2 of 2." in said(as_editor.get(tree(course)))
    assert LogEntry.objects.get().object_id == str(step("one-a").pk)


def test_in_the_middle_the_focus_stays_on_the_button_that_was_pressed(as_editor, course):
    factories.step(course.topics.get(uid="one"), "one-c")
    factories.step(course.topics.get(uid="one"), "one-d")
    down, _usable = buttons(as_editor, course)["Move “Title of one-a” down"]
    assert do(as_editor, course, down)["Location"].endswith(f"#down-step-{step('one-a').pk}")
    up, _usable = buttons(as_editor, course)["Move “Title of one-d” up"]
    assert do(as_editor, course, up)["Location"].endswith(f"#up-step-{step('one-d').pk}")
    assert order(course)[:4] == ["one-b", "one-a", "one-d", "one-c"]


def test_topics_and_weeks_move_with_all_that_is_in_them(as_editor, course, client):
    do(as_editor, course, buttons(as_editor, course)["Move “Topic two” up"][0])
    assert order(course) == ["two-a", "two-b", "one-a", "one-b", "three-a", "three-b"]
    week = course.weeks.get(uid="second")
    do(as_editor, course, buttons(as_editor, course)[f"Move “{week.title}” up"][0])
    assert order(course) == ["three-a", "three-b", "two-a", "two-b", "one-a", "one-b"]
    page = client.get("/courses/harbour/").text
    assert re.findall(r'steps/([\w-]+)/"><b>([\d.]+)</b>', page)[:2] == [("three-a", "1.1"), ("three-b", "1.2")]


def test_a_step_moves_to_another_topic_by_the_list_of_all_places(as_editor, course, client):
    one = step("one-a")
    page = as_editor.get(f"{tree(course)}step-{one.pk}/move/").text
    choices = dict(re.findall(r'<option value="([^"]+)">([^<]+)</option>', page))
    assert list(choices.values()) == [
        *("Before 1.2 Title of one-b", "At the end"),
        *("Before 1.3 Title of two-a", "Before 1.4 Title of two-b", "At the end"),
        *("Before 2.1 Title of three-a", "Before 2.2 Title of three-b", "At the end"),
    ]
    before = next(value for value, words in choices.items() if words == "Before 2.2 Title of three-b")
    response = do(as_editor, course, before)
    assert response["Location"] == f"{tree(course)}#step-{one.pk}"
    assert order(course) == ["one-b", "two-a", "two-b", "three-a", "one-a", "three-b"]
    assert client.get(one.get_absolute_url()).status_code == 200
    last = list(choices)[4]  # of topic two
    assert "It" not in said(do(as_editor, course, last, follow=True))
    assert order(course)[3:5] == ["three-a", "one-a"]  # the page was from before it moved: nothing happened


def test_a_topic_moves_to_another_week(as_editor, course):
    topic = course.topics.get(uid="one")
    page = as_editor.get(f"{tree(course)}topic-{topic.pk}/move/").text
    words = re.findall(r'<option value="([^"]+)">([^<]+)</option>', page)
    assert [text for _value, text in words] == [
        "Before 2 Topic two",
        "At the end",
        "Before 3 Topic three",
        "At the end",
    ]
    do(as_editor, course, words[-1][0])
    assert order(course) == ["two-a", "two-b", "three-a", "three-b", "one-a", "one-b"]


def test_moving_takes_no_number_that_another_step_has(as_editor, course):
    Step.objects.update(position=3)
    one, three = step("one-a"), step("three-a")
    do(as_editor, course, f"step-{one.pk} from {one.topic_id} after {three.pk} in {three.topic_id}")
    places = list(three.topic.steps.values_list("slug", "position"))
    assert places == [("three-a", 1), ("one-a", 2), ("three-b", 3)]


# Two educators at once


def test_a_step_that_was_moved_meanwhile_stays_where_the_other_put_it(as_editor, as_educator, course):
    one, two, three = step("one-a"), step("two-a"), step("three-a")
    old = f"step-{one.pk} from {one.topic_id} before {two.pk} in {two.topic_id}"
    do(as_educator, course, f"step-{one.pk} from {one.topic_id} before {three.pk} in {three.topic_id}")
    response = do(as_editor, course, old, follow=True)
    assert "Nothing was moved. “Title of one-a” stands in “Topic three” by now." in said(response)
    assert order(course) == ["one-b", "two-a", "two-b", "one-a", "three-a", "three-b"]


def test_a_neighbour_that_is_gone_is_said_and_nothing_moves(as_editor, as_educator, course):
    one, two, three = step("one-a"), step("two-a"), step("three-a")
    old = f"step-{one.pk} from {one.topic_id} before {two.pk} in {two.topic_id}"
    do(as_educator, course, f"step-{two.pk} from {two.topic_id} before {three.pk} in {three.topic_id}")
    before = order(course)
    words = "Nothing was moved. What “Title of one-a” should stand beside is no longer in “Topic two”."
    assert words in said(do(as_editor, course, old, follow=True))
    do(as_educator, course, f"retire step-{two.pk}")
    assert "no longer in “Topic two”" in said(do(as_editor, course, old, follow=True))
    assert order(course) == [slug for slug in before if slug != "two-a"]


def test_a_neighbour_with_new_neighbours_is_still_the_place_that_was_meant(as_editor, as_educator, course):
    one, two, three = step("one-a"), step("two-b"), step("three-a")
    old = f"step-{one.pk} from {one.topic_id} before {two.pk} in {two.topic_id}"
    do(as_educator, course, f"step-{three.pk} from {three.topic_id} before {two.pk} in {two.topic_id}")
    do(as_editor, course, old)
    assert order(course) == ["one-b", "two-a", "three-a", "one-a", "two-b", "three-b"]


def test_what_was_retired_meanwhile_does_not_move_and_takes_nothing_in(as_editor, as_educator, course):
    one, three = step("one-a"), step("three-a")
    do(as_educator, course, f"retire topic-{three.topic_id}")
    response = do(as_editor, course, f"step-{one.pk} from {one.topic_id} in {three.topic_id}", follow=True)
    assert "The place where “Title of one-a” should stand is no longer in the course." in said(response)
    response = do(as_editor, course, f"step-{three.pk} from {three.topic_id} in {one.topic_id}", follow=True)
    assert "“Title of three-a” was taken out of the course meanwhile." in said(response)
    assert order(course) == ["one-a", "one-b", "two-a", "two-b"]


def test_a_script_gets_the_tree_as_it_is_and_how_it_went(as_editor, course):
    one, two = step("one-a"), step("two-a")
    words = f"step-{one.pk} from {one.topic_id} before {two.pk} in {two.topic_id}"
    response = do(as_editor, course, words, headers={"X-Fragment": "tree"})
    assert response.status_code == 200 and f'data-focus="step-{one.pk}"' in response.text
    assert "“Title of one-a” now stands in “Topic two”, 1 of 3." in said(response)
    assert rows_of(response.text)[3][:2] == ["Topic", "2"] and rows_of(response.text)[4][0] == "1.2"
    again = do(as_editor, course, words, headers={"X-Fragment": "tree"})
    assert again.status_code == 409 and "Nothing was moved." in said(again)


@pytest.mark.parametrize(
    "words",
    [
        *("", "x", "retire", "step-1", "delete step-1", "retire course-1", "duplicate step-１", "retire step-1 step-2"),
        *("step-1 from 1", "step-1 from 1 into 2", "step-1 from 1 before in 2", "retire step-\x001", "retire step--1"),
    ],
)
def test_words_that_no_button_has_change_nothing(as_editor, course, words):
    before = order(course)
    response = do(as_editor, course, words, follow=True)
    assert response.status_code == 200 and "not known here" in said(response)
    assert do(as_editor, course, words, headers={"X-Fragment": "tree"}).status_code == 400
    assert order(course) == before


def test_rows_of_another_course_are_out_of_reach(as_editor, course):
    other = factories.small_course("lighthouse")
    theirs, ours = other.steps.get(slug="one-a"), course.steps.get(slug="one-a")
    for act in ("retire", "restore", "duplicate"):
        assert do(as_editor, course, f"{act} step-{theirs.pk}").status_code == 404
    assert do(as_editor, course, f"step-{theirs.pk} from {theirs.topic_id} in {ours.topic_id}").status_code == 404
    response = do(as_editor, course, f"step-{ours.pk} from {ours.topic_id} in {theirs.topic_id}", follow=True)
    assert "no longer in the course" in said(response)
    week = course.weeks.first()
    do(as_editor, course, f"week-{week.pk} from {course.pk} in {other.pk}")
    assert (course.steps.count(), other.steps.count(), other.weeks.count()) == (6, 6, 2)
    assert as_editor.get(f"{tree(course)}step-{theirs.pk}/move/").status_code == 404
    assert as_editor.get(f"{tree(course)}step-999999999999999999/move/").status_code == 404


# Copies


def furnished() -> Step:
    """A step with a part of each kind."""
    made = step("one-a")
    Figure.objects.create(step=made, uid="a", file="courses/harbour/a.svg", alt="A", width=4, height=3)
    Caption.objects.create(step=made, language="en", file="courses/harbour/a.vtt", cues=[[0, "Words"]])
    made.questions.create(uid="q", text="Why?")
    made.questions.create(uid="old", text="What?", retired_at=timezone.now())
    QuizQuestion.objects.create(step=made, uid="k", kind="one", question="Which?", options=[{"text": "This"}])
    Resource.objects.create(step=made, title="More", to_step="one-b")
    Reference.objects.create(step=made, uid="r", source="Somebody", year=2020, claim="It")
    Step.objects.filter(pk=made.pk).update(body="Words [^r]\n\n![](figure:a)", kind="quiz", loaded={"title": "x"})
    return made


def test_a_copy_is_a_draft_behind_its_original_with_all_its_parts(as_editor, course, learner):
    original = furnished()
    Step.objects.filter(pk=original.pk).update(published=False, publish_at=timezone.now())
    Completion.objects.create(learner=learner, step=original)
    factories.comment(original, learner)
    response = do(as_editor, course, f"duplicate step-{original.pk}")
    made = Step.objects.get(slug="one-a-copy")
    assert response["Location"] == f"{tree(course)}#step-{made.pk}"
    assert (made.title, made.uid, made.loaded) == ("Title of one-a (copy)", "one-a-copy", {})
    assert (made.published, made.publish_at) == (False, None)
    assert order(course)[:3] == ["one-a", "one-a-copy", "one-b"]
    for part in PARTS:
        theirs = [row for row in getattr(original, part).all() if getattr(row, "retired_at", None) is None]
        ours = list(getattr(made, part).all())
        plain = [
            {name: value for name, value in row.__dict__.items() if name not in ("id", "_state", "step_id")}
            for row in (*theirs, *ours)
        ]
        assert len(theirs) == len(ours) == 1 and plain[0] == plain[1], part
    assert 'src="/media/courses/harbour/a.svg"' in made.body_html
    assert as_editor.get(made.get_absolute_url()).status_code == 200
    assert list(Completion.objects.values_list("step", flat=True)) == [original.pk]
    assert list(Comment.objects.values_list("step", flat=True)) == [original.pk]


def test_copies_of_copies_have_names_of_their_own(as_editor, course):
    original = step("one-a")
    for _ in range(3):
        do(as_editor, course, f"duplicate step-{original.pk}")
    do(as_editor, course, f"duplicate step-{Step.objects.get(slug='one-a-copy').pk}")
    uids = set(course.steps.filter(title__startswith="Title of one-a (").values_list("uid", flat=True))
    assert uids == {"one-a-copy", *(f"one-a-copy-{n}" for n in (2, 3, 4))}


def test_a_copy_of_the_longest_names_still_fits(as_editor, course):
    long = factories.step(course.topics.first(), "a" * 80, uid="b" * 80, title="c" * 200)
    do(as_editor, course, f"duplicate step-{long.pk}")
    made = Step.objects.get(title__endswith=" (copy)")
    made.full_clean(exclude=["published"])
    assert len(made.title) == 200 and len(made.slug) <= 80


def test_a_copy_takes_no_address_that_leads_somewhere(as_editor, course):
    course.old_slugs.create(step=step("one-b"), slug="one-a-copy")
    do(as_editor, course, f"duplicate step-{step('one-a').pk}")
    assert Step.objects.filter(slug="one-a-copy-2").exists()
    assert course.old_slugs.filter(slug="one-a-copy").exists()


def test_a_topic_is_copied_with_drafts_of_its_steps(as_editor, course):
    arranging.retire(steps=[step("one-b")])
    topic = course.topics.get(uid="one")
    do(as_editor, course, f"duplicate topic-{topic.pk}")
    made = course.topics.get(uid="one-copy")
    assert made.title == "Topic one (copy)"
    assert list(made.steps.values_list("slug", "title", "published")) == [("one-a-copy", "Title of one-a", False)]
    assert list(topic.week.topics.values_list("uid", flat=True)) == ["one", "one-copy", "two"]


def test_a_copy_is_written_into_the_files(course):
    from courses.content.exporting import export

    made = copying.duplicate_step(step=step("one-a"))
    texts = export(course).texts
    assert any(path.endswith(f"{made.slug}.md") for path in texts)


def test_a_week_is_copied_with_its_topics_and_drafts_of_their_steps(as_editor, client, course, learner):
    original = furnished()
    Completion.objects.create(learner=learner, step=original)
    factories.comment(original, learner)
    arranging.retire(steps=[step("one-b")])
    week, gone = course.weeks.get(uid="first"), factories.topic(course.weeks.get(uid="first"), uid="gone")
    arranging.retire_whole(row=gone)
    Week.objects.filter(pk=week.pk).update(lead="How it begins.", loaded={"title": "x"})
    shown = course.steps.live().in_order().values_list("slug", flat=True)
    before = list(shown)
    response = do(as_editor, course, f"duplicate week-{week.pk}", follow=True)
    made = course.weeks.get(uid="first-copy")
    assert response.redirect_chain == [(f"{tree(course)}#week-{made.pk}", 302)]
    assert f"“{week.title} (copy)” was made, with drafts of all its steps." in said(response)
    assert (made.title, made.lead, made.loaded) == (f"{week.title} (copy)", "How it begins.", {})
    assert list(course.weeks.values_list("uid", flat=True)) == ["first", "first-copy", "second"]
    assert list(made.topics.values_list("uid", "title")) == [("one-copy", "Topic one"), ("two-copy", "Topic two")]
    copies = list(Step.objects.filter(topic__week=made).in_order())
    assert [(row.slug, row.published) for row in copies] == [
        (f"{name}-copy", False) for name in ("one-a", "two-a", "two-b")
    ]
    assert {part: getattr(copies[0], part).count() for part in PARTS} == dict.fromkeys(PARTS, 1)
    assert 'src="/media/courses/harbour/a.svg"' in copies[0].body_html
    assert (
        list(shown) == before and week.title + " (copy)" not in client.get(f"{course.get_absolute_url()}outline/").text
    )
    assert client.get(copies[0].get_absolute_url()).status_code == 404
    assert list(Completion.objects.values_list("step", flat=True)) == [original.pk]
    assert list(Comment.objects.values_list("step", flat=True)) == [original.pk]
    do(as_editor, course, f"duplicate week-{made.pk}")
    assert list(course.weeks.values_list("uid", flat=True)) == ["first", "first-copy", "first-copy-2", "second"]


def test_a_copied_week_is_in_the_history_and_the_files(as_editor, course):
    from courses.content.exporting import export

    do(as_editor, course, f"duplicate week-{course.weeks.get(uid='first').pk}")
    made = course.weeks.get(uid="first-copy")
    assert made.title in as_editor.get(f"/admin/courses/week/{made.pk}/history/").text
    assert LogEntry.objects.get().object_id == str(made.pk)
    assert sum(path.endswith("-copy.md") for path in export(course).texts) == 4


def test_what_is_retired_is_not_copied(as_editor, course):
    arranging.retire(steps=[step("one-a")])
    arranging.retire_whole(row=course.weeks.get(uid="second"))
    for row in (step("one-a"), course.topics.get(uid="three"), course.weeks.get(uid="second")):
        assert do(as_editor, course, f"duplicate {row._meta.model_name}-{row.pk}").status_code == 404
    assert (course.weeks.count(), course.topics.count(), course.steps.count()) == (2, 3, 6)


@pytest.mark.parametrize(("what", "needed"), [("week", 3), ("topic", 2), ("step", 1)])
def test_who_may_add_all_that_a_copy_holds_finds_its_button(course, what, needed):
    """Somebody who may change everything, and add first nothing and then one kind after the other."""
    row = {"week": course.weeks, "topic": course.topics, "step": course.steps}[what].first()
    person, words = factories.person("Helper", is_staff=True), f"duplicate {what}-{row.pk}"
    rights = [f"{may}_{kind}" for kind in ("course", "week", "topic", "step") for may in ("view", "change")]
    person.user_permissions.add(*Permission.objects.filter(codename__in=rights))
    client = Client()
    client.force_login(person)
    for kind in ("step", "topic", "week")[:needed]:
        assert f'value="{words}"' not in client.get(tree(course)).text
        assert do(client, course, words).status_code == 403
        person.user_permissions.add(Permission.objects.get(codename=f"add_{kind}"))
    assert f'value="{words}"' in client.get(tree(course)).text
    assert do(client, course, words).status_code == 302
    assert type(row).objects.filter(uid=f"{row.uid}-copy").count() == 1


# Retiring and restoring


def test_a_step_is_retired_and_restored_where_it_was(as_editor, course, client):
    one = step("one-a")
    response = do(as_editor, course, f"retire step-{one.pk}")
    assert response["Location"] == f"{tree(course)}#retired-topic-{one.topic_id}"
    assert client.get(one.get_absolute_url()).status_code == 404
    response = do(as_editor, course, f"restore step-{one.pk}")
    assert response["Location"] == f"{tree(course)}#step-{one.pk}"
    assert order(course)[0] == "one-a" and client.get(one.get_absolute_url()).status_code == 200
    assert {entry.change_message for entry in LogEntry.objects.all()} == {"Retired.", "Restored."}


def test_before_a_topic_is_retired_it_is_said_what_goes_with_it(as_editor, course):
    topic = course.topics.get(uid="one")
    factories.step(topic, "one-c", published=False)
    page = as_editor.get(f"{tree(course)}topic-{topic.pk}/retire/").text
    assert "3 steps are retired with it." in page and "1 of them is a draft." in page
    assert f'value="retire topic-{topic.pk}"' in page
    assert as_editor.get(f"{tree(course)}step-{step('one-a').pk}/retire/").status_code == 404


def test_a_topic_comes_back_with_what_went_with_it_and_no_more(as_editor, course):
    topic = course.topics.get(uid="one")
    factories.step(topic, "one-c")
    do(as_editor, course, f"retire step-{step('one-b').pk}")
    do(as_editor, course, f"retire topic-{topic.pk}")
    assert order(course) == ["two-a", "two-b", "three-a", "three-b"]
    assert as_editor.get(f"{tree(course)}topic-{topic.pk}/retire/").status_code == 404
    response = do(as_editor, course, f"restore topic-{topic.pk}", follow=True)
    assert "“Topic one” is back with 2 steps." in said(response)
    assert order(course)[:3] == ["one-a", "one-c", "two-a"]


def test_a_week_goes_and_comes_back_with_its_topics(as_editor, course):
    week = course.weeks.get(uid="first")
    do(as_editor, course, f"retire topic-{course.topics.get(uid='two').pk}")
    do(as_editor, course, f"retire week-{week.pk}")
    assert order(course) == ["three-a", "three-b"]
    assert course.topics.filter(retired_at=None).count() == 1
    do(as_editor, course, f"restore week-{week.pk}")
    assert order(course) == ["one-a", "one-b", "three-a", "three-b"]
    assert list(week.topics.filter(retired_at=None).values_list("uid", flat=True)) == ["one"]


def test_a_step_whose_address_was_taken_says_so_and_the_rest_comes_back(as_editor, course):
    topic = course.topics.get(uid="one")
    do(as_editor, course, f"retire topic-{topic.pk}")
    Step.objects.filter(slug="two-a").update(slug="one-b")
    response = do(as_editor, course, f"restore topic-{topic.pk}", follow=True)
    assert "“Title of one-b” stays retired: its address “one-b” is another step" in said(response)
    assert "“Topic one” is back with 1 step." in said(response)


def test_what_learners_did_is_kept_through_all_of_it(as_editor, course, learner):
    one = step("one-a")
    Completion.objects.create(learner=learner, step=one)
    comment = factories.comment(one, learner)
    for words in (f"retire topic-{one.topic_id}", f"restore topic-{one.topic_id}", f"retire step-{one.pk}"):
        do(as_editor, course, words)
    assert Completion.objects.filter(step=one).exists()
    assert type(comment).objects.filter(pk=comment.pk, step=one).exists()


def test_a_step_is_published_and_unpublished_on_the_tree(as_editor, course, client):
    one = step("one-a")
    publishing.schedule(rows=[one], at=timezone.now() + timedelta(days=9))
    row = rows_of(as_editor.get(tree(course)).text)[2]
    assert "Scheduled" in row and "1.1" not in row
    response = do(as_editor, course, f"publish step-{one.pk}")
    assert response["Location"] == f"{tree(course)}#step-{one.pk}"
    assert client.get(one.get_absolute_url()).status_code == 200
    assert rows_of(as_editor.get(tree(course)).text)[2][0] == "1.1"
    do(as_editor, course, f"unpublish step-{one.pk}")
    assert client.get(one.get_absolute_url()).status_code == 404
    one.refresh_from_db()
    assert (one.published, one.publish_at) == (False, None)
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == ["Published.", "Unpublished."]
    assert do(as_editor, course, f"publish topic-{one.topic_id}").status_code == 404


# Who may


@pytest.fixture
def as_guest(db):
    """Somebody who may look at everything and change nothing."""
    guest = factories.person("Guest", is_staff=True)
    looks = ["view_course", "view_week", "view_topic", "view_step"]
    guest.user_permissions.add(*Permission.objects.filter(codename__in=looks))
    client = Client()
    client.force_login(guest)
    return client


def test_who_may_only_look_finds_no_button_and_does_nothing(as_guest, course):
    page = as_guest.get(tree(course)).text
    assert 'name="do"' not in page and "Add a step" not in page and "1.1" in page
    one = step("one-a")
    acts = [f"{act} step-{one.pk}" for act in ("retire", "restore", "duplicate", "publish")]
    for words in (*acts, f"retire week-{one.topic.week_id}", f"step-{one.pk} from {one.topic_id} in {one.topic_id}"):
        assert do(as_guest, course, words).status_code == 403, words
    assert as_guest.get(f"{tree(course)}step-{one.pk}/move/").status_code == 403
    assert order(course)[0] == "one-a" and Step.objects.count() == 6


@pytest.mark.parametrize("person", ["as_learner", "client", "as_moderator"])
def test_nobody_else_gets_there(request, course, person):
    client = request.getfixturevalue(person)
    for response in (client.get(tree(course)), do(client, course, f"retire step-{step('one-a').pk}")):
        assert response.status_code in (302, 403)
    assert Step.objects.filter(retired_at=None).count() == 6


def test_who_writes_one_course_arranges_that_one_and_finds_no_other(course):
    other = factories.small_course("lighthouse")
    client = Client()
    client.force_login(factories.helper(other))
    mine, not_mine = other.steps.get(slug="one-a"), course.steps.get(slug="one-a")
    assert 'name="do"' in client.get(tree(other)).text
    do(client, other, f"retire step-{mine.pk}")
    assert order(other)[0] == "one-b"
    assert client.get(tree(course)).status_code == 404
    assert client.get(f"{tree(course)}step-{not_mine.pk}/move/").status_code == 404
    assert do(client, course, f"retire step-{not_mine.pk}").status_code == 404
    assert do(client, other, f"retire step-{not_mine.pk}").status_code == 404
    assert order(course)[0] == "one-a"


# Back from the forms


def test_a_form_opened_from_the_tree_leads_back_to_its_row(as_editor, course):
    from tests.courses.admin.conftest import send

    one = step("one-a")
    response = send(as_editor, f"/admin/courses/step/{one.pk}/change/?back=tree", title="Renamed")
    assert response["Location"] == f"{tree(course)}#step-{one.pk}"
    response = send(as_editor, f"/admin/courses/topic/add/?week={one.topic.week_id}&back=tree", title="A new topic")
    made = Topic.objects.get(title="A new topic")
    assert response["Location"] == f"{tree(course)}#topic-{made.pk}" and made.week_id == one.topic.week_id
    response = send(as_editor, f"/admin/courses/course/{course.pk}/change/?back=tree", tagline="Other")
    assert response["Location"] == tree(course)
    assert send(as_editor, f"/admin/courses/step/{one.pk}/change/", title="Again")["Location"] == "/admin/courses/step/"


# Any sequence

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["move", "retire", "restore", "duplicate", "up", "down"]),
        st.sampled_from(["step", "topic", "week"]),
        st.integers(0, 30),
        st.integers(0, 30),
        st.sampled_from(["before", "after", None]),
    ),
    max_size=12,
)
MODELS: dict[str, Any] = {"week": Week, "topic": Topic, "step": Step}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_is_done_each_step_is_there_once_and_no_two_have_one_place(acts, django_db_blocker):
    from django.db import transaction

    with transaction.atomic():
        course = factories.small_course("anyhow")
        made = {row.pk for row in course.steps.all()}
        for act, what, which, where, side in acts:
            row = _one(MODELS[what], course, which)
            if act == "move":
                beside = _one(MODELS[what], course, where)
                parent = arranging.parent_of(beside).pk
                place = {side: beside.pk} if side and beside.pk != row.pk else {}
                try:
                    arranging.place(row=row, was_in=arranging.parent_of(row).pk, inside=parent, **place)
                except arranging.Stale:
                    assert row.retired_at or beside.retired_at or arranging.parent_of(beside).retired_at
            elif act in ("up", "down"):
                arranging.move(row=row, direction=act)
            elif act == "retire":
                arranging.retire(steps=[row]) if what == "step" else arranging.retire_whole(row=row)
            elif act == "restore":
                arranging.restore(steps=[row]) if what == "step" else arranging.restore_whole(row=row)
            elif not row.retired_at:
                made |= _copied(row)
        steps = course.steps.all()
        assert {row.pk for row in steps} == made
        for model, parent in ((Week, "course"), (Topic, "week"), (Step, "topic")):
            live = model.objects.filter(course=course, retired_at=None).values_list(parent, "position")
            assert len(live) == len(set(live))
        course.refresh_from_db()
        shown = [s["pk"] for w in course.outline["weeks"] for t in w["topics"] for s in t["steps"]]
        assert sorted(shown) == sorted(row.pk for row in steps if row.published and not row.retired_at)
        transaction.set_rollback(True)


def _copied(row: Any) -> set[int]:
    """The steps that a copy of this row adds."""
    if isinstance(row, Step):
        return {copying.duplicate_step(step=row).pk}
    made = copying.duplicate_topic(topic=row) if isinstance(row, Topic) else copying.duplicate_week(week=row)
    return {step.pk for step in arranging.steps_in(made)}


def _one(model: Any, course: Course, number: int) -> Any:
    rows = list(model.objects.filter(course=course).order_by("pk"))
    return rows[number % len(rows)]
