"""The player in a real browser: menus by keyboard, the line that is said, the place where one stopped; what works without a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import Page, expect

from courses.content import writing
from courses.content.captions import parse_captions
from courses.models import Caption, Step
from tests import factories
from tests.browser.accessibility import broken_rules
from tests.browser.test_late_scripts import open_without_scripts

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
ADDRESS = "/courses/harbour/steps/talk/"
MADE = Path("content/drug-use-and-harm-reduction/media/films")
NAME = "topic-2-intro"
RUNS = (
    "() => document.querySelector('video, audio').currentTime > {0} && !document.querySelector('video, audio').paused"
)


@pytest.fixture
def film(course: Any) -> Iterator[Step]:
    script = next(MADE.parent.parent.glob(f"*/*/*-{NAME}.script.md")).read_text()
    captions = (MADE / f"{NAME}.en.vtt").read_text()
    step = factories.step(course.topics.first(), "talk", kind="video", script=script, synthetic_voice=True, fresh=False)
    for field, ending in (("film", "mp4"), ("audio", "m4a"), ("poster", "webp")):
        getattr(step, field).save(f"talk.{ending}", ContentFile((MADE / f"{NAME}.{ending}").read_bytes()), save=False)
    step.chapters.save(
        "talk.chapters.vtt",
        ContentFile(b"WEBVTT\n\n00:00.000 --> 01:00.000\nFirst\n\n01:00.000 --> 02:00.000\nThen\n"),
        save=False,
    )
    step.save()
    cues = [[cue.start, cue.text] for cue in parse_captions(captions)]
    caption = Caption(step=step, language="en", label="English", cues=cues)
    caption.file.save("talk.en.vtt", ContentFile(captions.encode()), save=True)
    writing.refresh(course, rendered=[step])
    yield step
    for file in (step.film, step.audio, step.poster, step.chapters, caption.file):
        file.delete(save=False)


def open_menu(page: Page, words: str) -> None:
    """By keyboard, as it is named for those who hear it."""
    menu = page.locator("summary", has_text=words)
    menu.focus()
    page.keyboard.press("Enter")
    expect(menu.locator("..")).to_have_attribute("open", "")


def test_captions_and_speed_are_chosen_by_keyboard(visitor: Visitor, faults: list[str], film: Step):
    page = visitor()
    page.goto(ADDRESS)
    showing = "[...document.querySelector('video').textTracks].filter(t => t.kind === 'captions').map(t => t.mode)"
    assert page.evaluate(showing) == ["disabled"]  # fetched only when the film is played
    page.evaluate("m = document.querySelector('video'); m.muted = true; m.play()")
    page.wait_for_function(RUNS.format(0))
    assert page.evaluate(showing) == ["showing"]
    open_menu(page, "English captions, change")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="English")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-captions] summary")).to_be_focused()
    expect(page.locator("[data-captions] summary")).to_have_text("No captions captions, change")
    assert page.evaluate(showing) == ["disabled"]
    open_menu(page, "1× speed, change")
    page.get_by_role("button", name="1.5×").press("Enter")
    expect(page.locator("[data-speed] summary")).to_have_text("1.5× speed, change")
    assert page.evaluate("document.querySelector('video').playbackRate") == 1.5
    assert faults == []


def test_a_film_that_was_started_before_the_script_came_has_its_captions(visitor: Visitor, film: Step):
    page = visitor()
    release = open_without_scripts(page, ADDRESS)
    page.locator("video").evaluate("film => { film.muted = true; film.play(); }")
    page.wait_for_function(RUNS.format(0))
    release()
    page.wait_for_function("document.querySelector('track[kind=captions]').track.mode === 'showing'")


def test_a_line_leads_to_its_moment_is_marked_and_followed(visitor: Visitor, faults: list[str], film: Step):
    page = visitor()
    page.goto(ADDRESS)
    page.evaluate("document.querySelector('video').muted = true")
    page.get_by_role("button", name="Follow along").click()
    expect(page.get_by_role("button", name="Follow along")).to_have_attribute("aria-pressed", "true")
    line = page.locator(".cue").nth(5)
    start = float(line.get_attribute("data-start") or 0)
    line.get_by_role("link").press("Enter")
    page.wait_for_function(RUNS.format(start))
    expect(page.locator(".cue[aria-current=true]")).to_have_count(1)
    expect(line).to_have_attribute("aria-current", "true")
    assert page.evaluate("document.querySelector('.transcript__cues').scrollTop") > 0
    page.locator("summary", has_text="Chapters").click()
    page.get_by_role("link", name="Then").click()
    page.wait_for_function(RUNS.format(60))
    assert faults == []


def test_the_place_is_kept_in_the_tab_on_the_device_when_asked_and_forgotten(
    visitor: Visitor, faults: list[str], film: Step
):
    page = visitor()
    page.goto(ADDRESS)
    expect(page.locator(".place")).to_contain_text("remembered in this tab only")
    page.evaluate("document.querySelector('video').muted = true")
    page.locator(".cue").nth(5).get_by_role("link").click()
    start = float(page.locator(".cue").nth(5).get_attribute("data-start") or 0)
    page.wait_for_function(RUNS.format(start + 0.5))
    page.evaluate("document.querySelector('video').pause()")
    assert page.evaluate("localStorage.length") == 0

    page.reload()
    expect(page.locator(".place")).to_contain_text("You stopped at")
    page.get_by_role("button", name="Remember it on this device").click()
    expect(page.get_by_role("button", name="Forget it")).to_be_focused()
    assert page.evaluate("[localStorage.length, sessionStorage.getItem('films')]") == [1, None]
    page.evaluate("m = document.querySelector('video'); m.muted = true; m.play()")
    page.wait_for_function(RUNS.format(start))
    page.evaluate("document.querySelector('video').pause()")

    page.goto(f"{ADDRESS}?as=sound")
    expect(page.locator(".place")).to_contain_text("You stopped at")  # the same place, by ear
    page.get_by_role("button", name="Forget it").click()
    assert page.evaluate("[localStorage.length, sessionStorage.getItem('films')]") == [0, None]
    page.reload()
    expect(page.locator(".place")).to_contain_text("remembered in this tab only")
    expect(page.locator(".place")).not_to_contain_text("You stopped at", use_inner_text=True)
    assert faults == []


def test_without_javascript_a_line_leads_to_its_moment_and_nothing_is_offered_that_does_not_work(
    visitor: Visitor, faults: list[str], film: Step
):
    page = visitor(javascript=False, width=390)
    page.goto(f"{ADDRESS}?as=sound")
    for words in ("captions, change", "speed, change"):
        expect(page.locator("summary", has_text=words)).to_be_hidden()
    expect(page.get_by_role("button", name="Follow along")).to_be_hidden()
    expect(page.locator(".place")).to_be_hidden()
    page.locator(".cue").nth(5).get_by_role("link").click()
    expect(page.locator("audio")).to_have_attribute(
        "src", f"{film.audio.url}#t={int(page.url.split('t=')[1].split('#')[0])}"
    )
    assert faults == []


def test_low_data_mode_loads_neither_film_nor_poster_until_asked(
    visitor: Visitor, faults: list[str], film: Step, live_server: Any
):
    page = visitor()
    page.context.add_cookies([{"name": "low_data", "value": "1", "url": live_server.url}])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/media/" in request.url else None)
    page.goto(ADDRESS)
    page.get_by_role("link", name="Watch").click()
    page.wait_for_load_state("networkidle")
    assert asked == []
    page.evaluate("m = document.querySelector('video'); m.muted = true; m.play()")
    page.wait_for_function(RUNS.format(0))
    assert {url.rpartition(".")[2] for url in asked} == {"mp4"}
    assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390, 320])
def test_watching_listening_and_reading_fit_and_keep_the_rules_of_accessibility(
    visitor: Visitor, faults: list[str], film: Step, width: int, scheme: str
):
    page = visitor(width=width, scheme=scheme)
    found = []
    for way in ("film", "sound", "text"):
        page.goto(f"{ADDRESS}?as={way}")
        for menu in page.locator(".player summary:visible").all():
            menu.press("Enter")
            expect(menu.locator("..")).to_have_attribute("open", "")
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found += [f"{way}: {menu.inner_text()} is {wide} px too wide"] if wide > 0 else []
        found += [f"{way} {broken}" for broken in broken_rules(page)] if width != 320 else []
    assert found == []
    assert faults == []
