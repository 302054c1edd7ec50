"""Draft, scheduled, published, retired: the state is said, changed by buttons, and by the time alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses import arranging, publishing
from courses.models import Completion, Course, Step
from courses.publishing import State
from tests import factories
from tests.courses.admin.conftest import errors, send
from tests.courses.content.course_files import CourseFiles

pytestmark = pytest.mark.django_db
STEP = "/courses/harbour/steps/one-a/"
LATER = datetime(2090, 12, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def step(course) -> Step:
    return Step.objects.get(slug="one-a")


def address(row) -> str:
    return f"/admin/courses/{type(row).__name__.lower()}/{row.pk}/change/"


def test_the_form_unpublishes_and_publishes_a_step_and_keeps_what_learners_did(as_editor, client, learner, step):
    Completion.objects.create(learner=learner, step=step)
    assert send(as_editor, address(step), _unpublish="1", title="Mooring, again").status_code == 302
    assert client.get(STEP).status_code == 404
    assert "Mooring, again" not in client.get("/courses/harbour/outline/").text
    assert as_editor.get(STEP).status_code == 200
    assert send(as_editor, address(step), _publish="1").status_code == 302
    assert "Mooring, again" in client.get(STEP).text
    assert Completion.objects.filter(learner=learner, step=step).exists()


def test_a_step_is_scheduled_says_so_and_is_shown_when_its_time_has_come(as_editor, client, step):
    sent = {"published": None, "publish_at_0": "2090-12-03", "publish_at_1": "09:00"}
    assert send(as_editor, address(step), **sent).status_code == 302
    step.refresh_from_db()
    assert step.publish_at == LATER and publishing.state_of(step) is State.SCHEDULED
    assert "Scheduled for 3 Dec 2090 09:00 (UTC)" in as_editor.get("/admin/courses/step/").text
    assert publishing.publish_due() == 0 and client.get(STEP).status_code == 404
    Step.objects.filter(pk=step.pk).update(publish_at=timezone.now() - timedelta(seconds=1))
    call_command("run_maintenance")
    assert client.get(STEP).status_code == 200
    assert step.title in client.get("/courses/harbour/outline/").text
    step.refresh_from_db()
    assert (step.published, step.publish_at) == (True, None)
    assert publishing.publish_due() == 0


def test_a_time_that_has_passed_and_a_time_for_what_is_published_are_refused(as_editor, step):
    sent = {"published": None, "publish_at_0": "2020-12-03", "publish_at_1": "09:00"}
    assert "has passed" in errors(send(as_editor, address(step), **sent))["publish_at"][0]
    sent = {"published": "on", "publish_at_0": "2090-12-03", "publish_at_1": "09:00"}
    assert "published already" in errors(send(as_editor, address(step), **sent))["publish_at"][0]
    sent = {"published": None, "publish_at_0": "soon", "publish_at_1": "\x00"}
    assert "publish_at" in errors(send(as_editor, address(step), **sent))
    step.refresh_from_db()
    assert (step.published, step.publish_at) == (True, None)


def test_ticking_published_ends_the_waiting(as_editor, step):
    publishing.schedule(rows=[step], at=LATER)
    assert send(as_editor, address(step), published="on").status_code == 302
    step.refresh_from_db()
    assert (step.published, step.publish_at) == (True, None)


def test_the_times_of_the_form_are_in_the_educators_time_zone(as_editor, editor, step):
    editor.time_zone = "Asia/Kolkata"
    editor.save()
    sent = {"published": None, "publish_at_0": "2090-12-03", "publish_at_1": "14:30"}
    assert send(as_editor, address(step), **sent).status_code == 302
    step.refresh_from_db()
    assert step.publish_at == LATER
    assert "Time zone: Asia/Kolkata" in as_editor.get(address(step)).text


def test_the_lists_publish_and_unpublish_many_and_leave_retired_steps_alone(as_editor, client, course):
    steps = list(course.steps.all())
    arranging.retire(steps=steps[:1])
    chosen = {"_selected_action": [s.pk for s in steps]}
    as_editor.post("/admin/courses/step/", {"action": "unpublish", **chosen})
    assert {s.state for s in map(_with_state, course.steps.all())} == {State.RETIRED, State.DRAFT}
    as_editor.post("/admin/courses/step/", {"action": "publish", **chosen})
    states = [s.state for s in map(_with_state, course.steps.all())]
    assert states.count(State.PUBLISHED) == len(steps) - 1 and states.count(State.RETIRED) == 1
    found = as_editor.get("/admin/courses/step/?state=published")
    assert found.context["cl"].result_count == len(steps) - 1


def _with_state(step: Step) -> Step:
    step.state = publishing.state_of(step)  # type: ignore[attr-defined]
    return step


def test_a_whole_course_waits_for_its_time(as_editor, client, course):
    publishing.schedule(rows=[course], at=LATER)
    assert client.get("/courses/harbour/").status_code == client.get(STEP).status_code == 404
    assert "Scheduled for 3 Dec 2090" in as_editor.get("/admin/courses/course/").text
    Course.objects.update(publish_at=timezone.now())
    assert publishing.publish_due() == 1
    assert client.get(STEP).status_code == 200


def test_nothing_published_can_wait_for_a_time(step):
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.filter(pk=step.pk).update(publish_at=LATER)


def test_files_that_publish_a_scheduled_step_end_its_waiting(tmp_path):
    files = CourseFiles(tmp_path)
    files.load()
    step = Step.objects.first()
    publishing.schedule(rows=[step], at=LATER)
    step.loaded["published"] = False  # the files had it as a draft when they were last loaded
    step.save(update_fields=["loaded"])
    files.load()
    step.refresh_from_db()
    assert (step.published, step.publish_at) == (True, None)


def test_what_is_put_off_at_the_last_moment_is_not_published(step, monkeypatch):
    Step.objects.filter(pk=step.pk).update(published=False, publish_at=timezone.now() - timedelta(seconds=1))
    course_of = publishing._course_of

    def put_off(row):
        Step.objects.filter(pk=step.pk).update(publish_at=LATER)
        return course_of(row)

    monkeypatch.setattr(publishing, "_course_of", put_off)  # asked between finding what is due and the lock
    assert publishing.publish_due() == 0
    step.refresh_from_db()
    assert (step.published, step.publish_at) == (False, LATER)


def test_publishing_again_changes_nothing(step):
    version = step.course.version
    assert publishing.publish(rows=[step]) == []
    assert Course.objects.get(pk=step.course_id).version == version


def test_who_may_only_look_is_not_offered_to_publish(client, course):
    from django.contrib.auth.models import Permission

    guest = factories.person("Guest", is_staff=True)
    guest.user_permissions.add(*Permission.objects.filter(codename__in=["view_step", "view_topic", "view_week"]))
    client.force_login(guest)
    step = course.steps.first()
    assert "_unpublish" not in client.get(address(step)).text
    client.post("/admin/courses/step/", {"action": "unpublish", "_selected_action": [step.pk]})
    assert client.post(address(step), {"_unpublish": "1"}).status_code == 403
    step.refresh_from_db()
    assert step.published
