"""A course put in order in a real browser: by keyboard alone, by dragging, by touch, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from courses import arranging, publishing
from courses.models import Course, Step, Week
from tests import factories
from tests.browser.accessibility import broken_rules
from tests.browser.sessions import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]


@pytest.fixture
def open_tree(visitor: Visitor, course: Course, educator, live_server) -> Callable[..., Page]:
    """The tree of the course, as an educator who is signed in already."""

    def opened(**how) -> Page:
        page = visitor(**how)
        log_in(page, educator, live_server.url)
        page.goto(f"/admin/courses/course/{course.pk}/tree/")
        return page

    return opened


def order() -> list[str]:
    return list(Step.objects.filter(retired_at=None).in_order().values_list("slug", flat=True))


def expect_order(page: Page, *slugs: str) -> None:
    """What the page shows, and then what is kept."""
    expect(page.locator(".branch--step .branch__name a")).to_have_text([f"Title of {slug}" for slug in slugs])
    assert order() == list(slugs)


def message(page: Page, words: str) -> Locator:
    return page.get_by_role("status").filter(has_text=words)


def grip(page: Page, name: str) -> Locator:
    return page.locator(".branch__row", has=page.get_by_role("link", name=name, exact=True)).locator(".grip")


def drag(page: Page, what: str, to: str, above: bool = True) -> None:
    """Take a row by its handle and let it go over another row."""
    start = grip(page, what).bounding_box()
    end = page.locator(".branch__row", has=page.get_by_role("link", name=to, exact=True)).bounding_box()
    assert start and end
    page.mouse.move(start["x"] + 10, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + end["height"] / 2, steps=4)
    page.mouse.move(end["x"] + 60, end["y"] + (3 if above else end["height"] - 3), steps=2)
    page.mouse.up()


def test_by_keyboard_alone_a_step_moves_and_the_button_keeps_the_focus(open_tree, faults, course):
    factories.step(course.topics.get(uid="one"), "one-c")
    factories.step(course.topics.get(uid="one"), "one-d")
    page = open_tree()
    page.evaluate("window.same = true")
    down = page.get_by_role("button", name="Move “Title of one-a” down")
    for _ in range(80):
        if down.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(down).to_be_focused()
    page.keyboard.press("Enter")
    expect(message(page, "“Title of one-a” now stands in “Topic one”, 2 of 4.")).to_be_visible()
    expect(down).to_be_focused()
    page.keyboard.press("Enter")
    expect(message(page, "3 of 4")).to_be_visible()
    expect(down).to_be_focused()
    page.keyboard.press("Space")
    expect(message(page, "4 of 4")).to_be_visible()
    expect(page.get_by_role("button", name="Move “Title of one-a” up")).to_be_focused()
    expect(down).to_be_disabled()
    expect_order(page, "one-b", "one-c", "one-d", "one-a", "two-a", "two-b", "three-a", "three-b")
    assert page.evaluate("window.same") and faults == []


def test_a_row_is_dragged_to_another_place_topic_and_week(open_tree, faults, course):
    page = open_tree(width=1280)
    drag(page, "Title of one-b", "Title of one-a")
    expect(message(page, "“Title of one-b” now stands in “Topic one”, 1 of 2.")).to_be_visible()
    drag(page, "Title of one-b", "Title of two-b", above=False)
    expect(message(page, "“Title of one-b” now stands in “Topic two”, 3 of 3.")).to_be_visible()
    expect_order(page, "one-a", "two-a", "two-b", "one-b", "three-a", "three-b")
    drag(page, "Topic one", "Topic three")
    expect(message(page, "“Topic one” now stands in")).to_be_visible()
    expect_order(page, "two-a", "two-b", "one-b", "one-a", "three-a", "three-b")
    week = course.weeks.get(uid="second").title
    drag(page, week, course.weeks.get(uid="first").title)
    expect(message(page, f"“{week}” now stands in “Course harbour”, 1 of 2.")).to_be_visible()
    expect_order(page, "one-a", "three-a", "three-b", "two-a", "two-b", "one-b")
    assert faults == []


def test_a_topic_that_is_empty_takes_what_is_dropped_on_it(open_tree, course):
    factories.topic(course.weeks.get(uid="first"), title="Nothing yet")
    page = open_tree()
    drag(page, "Title of one-a", "Nothing yet")
    expect(message(page, "“Title of one-a” now stands in “Nothing yet”, 1 of 1.")).to_be_visible()
    assert Step.objects.get(slug="one-a").topic.title == "Nothing yet"


def test_a_finger_drags_by_the_handle_and_scrolls_everywhere_else(open_tree, course):
    page = open_tree(width=390)
    grip(page, "Title of one-a").scroll_into_view_if_needed()
    start = grip(page, "Title of one-a").bounding_box()
    end = page.locator("[data-grip='Title of one-b']").bounding_box()
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in places]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    x, y = start["x"] + 10, start["y"] + 10
    touch("touchStart", (x, y))
    for part in range(1, 9):
        touch("touchMove", (x + part, y + (end["y"] + end["height"] - 4 - y) * part / 8))
    touch("touchEnd")
    expect(message(page, "“Title of one-a” now stands in “Topic one”, 2 of 2.")).to_be_visible()
    before = page.evaluate("scrollY")
    touch("touchStart", (200, 600))
    for part in range(1, 9):
        touch("touchMove", (200, 600 - 50 * part))
    touch("touchEnd")
    page.wait_for_function("before => scrollY > before", arg=before)
    assert order()[:2] == ["one-b", "one-a"]


def test_a_drag_that_is_broken_off_changes_nothing(open_tree, course):
    page = open_tree()
    before = order()
    start, end = grip(page, "Title of one-a").bounding_box(), grip(page, "Title of two-b").bounding_box()
    page.mouse.move(start["x"] + 10, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + 5, steps=4)
    expect(page.locator("[data-drop]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("[data-drop]")).to_have_count(0)
    page.mouse.up()
    page.get_by_role("button", name="Move “Title of three-a” down").click()  # the page works on
    expect(message(page, "“Title of three-a” now stands in “Topic three”, 2 of 2.")).to_be_visible()
    assert order() == [*before[:4], "three-b", "three-a"]


def test_two_educators_at_once_lose_nothing_and_are_told(open_tree, course):
    page = open_tree()
    one, three = Step.objects.get(slug="one-a"), Step.objects.get(slug="three-a")
    arranging.place(row=one, was_in=one.topic_id, inside=three.topic_id, before=three.pk)
    page.get_by_role("button", name="Move “Title of one-a” down").click()
    words = "Nothing was moved. “Title of one-a” stands in “Topic three” by now. This is the order as it is now."
    expect(message(page, words)).to_be_visible()
    expect(page.get_by_role("link", name="Title of one-a")).to_be_focused()
    expect_order(page, "one-b", "two-a", "two-b", "one-a", "three-a", "three-b")


def test_when_the_site_does_not_answer_that_is_said_and_the_page_stays(open_tree, course):
    page = open_tree()
    page.route("**/tree/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.get_by_role("button", name="Move “Title of one-a” down").click()
    expect(message(page, "Nothing was moved: the site did not answer.")).to_be_visible()
    page.unroute("**/tree/")
    page.get_by_role("button", name="Move “Title of one-a” down").click()
    expect(message(page, "2 of 2")).to_be_visible()
    expect_order(page, "one-b", "one-a", "two-a", "two-b", "three-a", "three-b")


def test_a_step_is_copied_retired_and_restored_with_the_focus_where_it_went(open_tree, faults, course):
    page = open_tree(width=390)
    more = page.locator(".branch__row", has=page.get_by_role("link", name="Title of one-a", exact=True))
    more.locator("summary", has_text="More").click()
    more.get_by_role("button", name="Duplicate").click()
    copy = page.get_by_role("link", name="Title of one-a (copy)")
    expect(copy).to_be_focused()
    row = page.locator(".branch__row", has=copy)
    expect(row).to_contain_text("Draft")
    row.locator("summary", has_text="More").click()
    row.get_by_role("button", name="Publish now").click()
    expect(message(page, "Learners see “Title of one-a (copy)” now.")).to_be_visible()
    expect(row).to_contain_text("Published")
    row.locator("summary", has_text="More").click()
    row.get_by_role("button", name="Retire").click()
    fold = page.locator("summary", has_text="1 retired step")
    expect(fold).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Restore Title of one-a (copy)").click()
    expect(copy).to_be_focused()
    expect(page.locator(".branch__retired")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults == []


@pytest.mark.parametrize("javascript", [True, False])
def test_a_week_is_copied_on_a_phone(open_tree, course, javascript):
    Week.objects.filter(uid="first").update(title="Where we begin")
    page = open_tree(width=390, javascript=javascript)
    week = page.locator(".branch__row", has=page.get_by_role("link", name="Where we begin", exact=True))
    week.locator("summary", has_text="More").click()
    week.get_by_role("button", name="Duplicate with its topics and steps").click()
    words = "“Where we begin (copy)” was made, with drafts of all its steps."
    expect(page.locator(".messagelist").filter(has_text=words)).to_be_visible()
    copy = page.get_by_role("link", name="Where we begin (copy)", exact=True)
    if javascript:
        expect(copy).to_be_focused()
    expect(page.locator(".branch__row", has=copy)).to_contain_text("4 steps, 4 drafts")
    assert course.weeks.count() == 3
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_javascript_all_of_it_works(open_tree, course):
    page = open_tree(javascript=False, width=390)
    expect(page.locator(".grip")).to_have_count(0)
    down = page.get_by_role("button", name="Move “Title of one-a” down")
    down.focus()
    page.keyboard.press("Enter")
    expect(message(page, "“Title of one-a” now stands in “Topic one”, 2 of 2.")).to_be_visible()
    expect(page.get_by_role("button", name="Move “Title of one-a” up")).to_be_focused()
    row = page.locator(".branch__row", has=page.get_by_role("link", name="Title of one-a", exact=True))
    row.locator("summary", has_text="More").click()
    row.get_by_role("link", name="Move to another place…").click()
    page.get_by_label("New place").select_option(label="Before 2.2 Title of three-b")
    page.get_by_role("button", name="Move it there").click()
    expect(message(page, "“Title of one-a” now stands in “Topic three”, 2 of 3.")).to_be_visible()
    expect(page.get_by_role("link", name="Title of one-a", exact=True)).to_be_focused()
    expect_order(page, "one-b", "two-a", "two-b", "three-a", "one-a", "three-b")
    topic = page.locator(".branch__row", has=page.get_by_role("link", name="Topic three", exact=True))
    topic.locator("summary", has_text="More").click()
    topic.get_by_role("link", name="Retire…").click()
    expect(page.get_by_text("3 steps are retired with it.")).to_be_visible()
    page.get_by_role("button", name="Retire it").click()
    page.locator("summary", has_text="1 retired topic").click()
    page.get_by_role("button", name="Restore Topic three").click()
    expect(message(page, "“Topic three” is back with 3 steps.")).to_be_visible()
    expect_order(page, "one-b", "two-a", "two-b", "three-a", "one-a", "three-b")


def test_a_step_is_added_in_its_topic_and_one_comes_back_to_it(open_tree, course):
    page = open_tree()
    page.get_by_role("link", name="Add a step to “Topic two”").click()
    expect(page.get_by_label("Topic:")).to_have_value(str(course.topics.get(uid="two").pk))
    page.get_by_label("Title:", exact=True).first.fill("A new step")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_role("link", name="A new step", exact=True).locator("visible=true").last).to_be_visible()
    assert page.url.endswith(f"/tree/#step-{Step.objects.get(title='A new step').pk}")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_rule_of_accessibility_is_broken(open_tree, course, width, scheme):
    arranging.retire(steps=[Step.objects.get(slug="one-b")])
    publishing.unpublish(rows=[Step.objects.get(slug="two-a")])
    Step.objects.filter(slug="one-a").update(body="An addict said so.")
    page = open_tree(width=width, scheme=scheme)
    for fold in page.locator(".branch__advice, .branch__retired, [data-grip='Title of three-b'] .branch__more").all():
        fold.evaluate("fold => { fold.open = true }")
    assert broken_rules(page, within=[["#content"]]) == []
    targets = page.locator(".tree :is(button, summary)").evaluate_all(
        "all => all.filter(e => e.offsetParent).map(e => [e.getBoundingClientRect(), e.textContent])"
        ".filter(([box]) => box.width < 24 || box.height < 24).map(([, words]) => words)"
    )
    assert targets == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_ways_to_the_tree_fit_a_phone_and_break_no_rule(open_tree, course, scheme):
    page = open_tree(width=390, scheme=scheme)
    for address, heading in (("/admin/", "Your courses"), ("/admin/courses/course/", "Courses")):
        page.goto(address)
        expect(page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
    page.goto("/admin/")
    assert broken_rules(page, within=[[".mine"], ["#header"]]) == []
