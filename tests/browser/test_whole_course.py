"""The built-in course from first step to last by pressing "next": every picture seen, every film played, every question tried."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, Response, expect

from courses.models import Course, Step

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]

# Plays for a moment, seeks near the end, plays there; says what is missing.
WATCH = """async () => {
  const film = document.querySelector("video"), faults = [];
  const until = (what, name) => new Promise((done) => {
    const ask = setInterval(() => { if (what()) end(); }, 50);
    const late = setTimeout(() => { faults.push(name); end(); }, 30000);
    const end = () => { clearInterval(ask); clearTimeout(late); done(); };
  });
  film.muted = true;
  await film.play().catch((error) => faults.push(`does not play: ${error}`));
  await until(() => film.currentTime > 0.3, "does not go on");
  const near = film.duration - 1.2;
  film.currentTime = near;
  await until(() => !film.seeking && film.currentTime > near + 0.2, "cannot be sought");
  film.pause();
  if (film.error) faults.push(film.error.message);
  const [captions, chapters] = ["captions", "chapters"].map((kind) => film.querySelector(`track[kind=${kind}]`));
  await until(() => captions?.track.mode === "showing" && captions.track.cues?.length, "no captions");
  if (captions?.track.cues?.length) {
    const last = captions.track.cues[captions.track.cues.length - 1];
    if (last.endTime > film.duration) faults.push("captions outlast the film");
  }
  if ((film.duration > 240) !== Boolean(chapters)) faults.push("chapters");
  if (!film.poster) faults.push("no poster");
  await until(() => document.querySelector(".cue[aria-current]"), "no line of the transcript is marked");
  return faults;
}"""

SEE = """async () => {
  const faults = [];
  for (const picture of document.images) {
    picture.loading = "eager";
    await picture.decode().catch(() => {});
    if (!picture.naturalWidth) faults.push(picture.currentSrc || picture.outerHTML);
  }
  return faults;
}"""


@pytest.fixture
def course(transactional_db: None) -> Course:
    call_command("load_course", "drug-use-and-harm-reduction", verbosity=0)
    return Course.objects.get(slug="drug-use-and-harm-reduction")


def try_every_question(page: Page, step: Step) -> None:
    last = step.quiz.count()
    quiz = page.locator("#quiz")
    for n in range(1, last + 1):
        expect(quiz.get_by_role("heading", name=f"Question {n} of {last}")).to_be_visible()
        boxes = quiz.locator("[name=choice]")
        if boxes.count():
            boxes.first.check()
        for place, box in enumerate(quiz.locator("select").all(), start=1):
            box.select_option(index=place if "place-" in (box.get_attribute("name") or "") else 1)
        quiz.get_by_role("button", name="Check my answer").click()
        expect(quiz.get_by_role("status")).to_be_visible()
        onward = quiz.get_by_role("link", name="Next question")
        expect(onward).to_have_count(int(n < last))
        if n < last:
            onward.click()


def test_the_whole_course_can_be_studied_by_pressing_next(visitor: Visitor, faults: list[str], course: Course):
    steps = list(course.steps.live().in_order())
    page = visitor()

    def answered(response: Response) -> None:
        if response.status >= 400:
            faults.append(f"{response.status}: {response.url}")

    page.on("response", answered)
    page.goto("/")
    page.get_by_role("link", name="Start the course").first.click()
    for place, step in enumerate(steps, start=1):
        expect(page.get_by_role("heading", level=1)).to_have_text(step.title)
        faults += [f"{step.slug}: {fault}" for fault in page.evaluate(SEE)]
        if step.kind == Step.Kind.VIDEO:
            faults += [f"{step.slug}: {fault}" for fault in page.evaluate(WATCH)]
        if step.kind == Step.Kind.QUIZ:
            try_every_question(page, step)
        page.get_by_role("button", name="Mark as complete").click()
        expect(page.get_by_role("button", name="Completed")).to_be_visible()
        if place < len(steps):
            page.get_by_role("navigation", name="Step navigation").locator("[rel=next]").click()
    assert len(steps) == 48
    assert faults == []
    page.get_by_role("link", name="See your course").click()
    expect(page.get_by_role("main")).to_contain_text("48 of 48")
