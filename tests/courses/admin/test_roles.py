"""Roles in one course: what they open, what they leave shut, and how they are given and taken back."""

from __future__ import annotations

import io

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from courses import roles
from courses.content import archives
from courses.content.exporting import export
from courses.models import Course, CourseRole, Step
from courses.roles import Role
from discussions import moderation
from tests import factories
from tests.courses.admin.conftest import send
from tests.courses.admin.test_access import addresses

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_course(course) -> Course:
    """Another course, with a step that is a draft."""
    made = factories.small_course("cliffs")
    Step.objects.filter(course=made, uid="one-b").update(published=False, title="Not ready yet")
    return factories.ready(made)


@pytest.fixture
def helper(course) -> User:
    return factories.helper(course)


@pytest.fixture
def as_helper(helper) -> Client:
    client = Client()
    client.force_login(helper)
    return client


def rows_of(course: Course) -> list:
    return [course, course.weeks.first(), course.topics.first(), course.steps.first()]


def test_an_educator_of_a_course_does_there_what_educators_do(as_helper, course, other_course):
    look, write = addresses(course)
    own = [a for a in look if a != "/admin/courses/course/add/"]
    for address in [*own, f"/admin/courses/course/{course.pk}/files/", f"/admin/courses/course/{course.pk}/zip/"]:
        response = as_helper.get(address)
        assert response.status_code == 200, address
        if response.streaming:
            assert b"".join(response.streaming_content)
    for address in write:
        if address.startswith("/admin/courses/course/add/") or address == f"/admin/courses/course/{course.pk}/move/":
            assert as_helper.post(address, {}).status_code == 403, address  # no new course, and not the order of all
        else:
            assert as_helper.post(address, {}).status_code in (200, 302, 422), address
    step = course.steps.first()
    assert send(as_helper, f"/admin/courses/step/{step.pk}/change/", title="Better words").status_code == 302
    assert Step.objects.get(pk=step.pk).title == "Better words"


def test_another_course_is_not_there_for_them(as_helper, course, other_course):
    look, write = addresses(other_course)
    closed = [a for a in look if any(f"/{row.pk}/" in a for row in rows_of(other_course))]
    for address in [*closed, *(f"/admin/courses/course/{other_course.pk}/{page}/" for page in ("files", "zip"))]:
        assert as_helper.get(address).status_code == 404, address
    for address in write:
        if any(f"/{row.pk}/" in address for row in rows_of(other_course)):
            assert as_helper.post(address, {}).status_code == 404, address
    for name in ("course", "week", "topic", "step"):
        page = as_helper.get(f"/admin/courses/{name}/").text
        assert other_course.title not in page and "cliffs" not in page and "Not ready yet" not in page, name
        assert other_course.title not in as_helper.get(f"/admin/courses/{name}/?q=cliffs").text


def test_nothing_of_another_course_can_be_chosen(as_helper, course, other_course):
    for name in ("week", "topic", "step"):
        page = as_helper.get(f"/admin/courses/{name}/add/").text
        assert course.title in page and other_course.title not in page, name
    before = Step.objects.count()
    there = other_course.topics.first()
    sent = send(as_helper, "/admin/courses/step/add/", topic=str(there.pk), title="Smuggled", slug="smuggled", uid="s")
    assert sent.status_code == 200 and "Select a valid choice" in sent.text and Step.objects.count() == before


def test_an_action_reaches_only_steps_of_their_course(as_helper, course, other_course):
    steps = [course.steps.first(), other_course.steps.first()]
    data = {"action": "retire", "_selected_action": [str(step.pk) for step in steps]}
    as_helper.post("/admin/courses/step/", data)
    assert [Step.objects.get(pk=step.pk).retired_at is None for step in steps] == [False, True]


def test_a_draft_is_seen_by_who_writes_its_course(as_helper, course, other_course):
    draft = "/courses/cliffs/steps/one-b/"
    writer, moderator = Client(), Client()
    writer.force_login(factories.helper(other_course, handle="Cleo"))
    moderator.force_login(factories.moderator())
    assert writer.get(draft).status_code == 200
    assert as_helper.get(draft).status_code == moderator.get(draft).status_code == 404
    Course.objects.filter(pk=other_course.pk).update(published=False)
    for address in ("/courses/cliffs/", "/courses/cliffs/outline/", "/courses/cliffs/steps/one-a/"):
        assert writer.get(address).status_code == 200
        assert as_helper.get(address).status_code == moderator.get(address).status_code == 404
    home = {client: other_course.title in client.get("/").text for client in (writer, as_helper, moderator)}
    assert list(home.values()) == [True, False, False]


def test_the_numbers_of_a_course_are_for_who_writes_it(as_helper, course, other_course):
    assert as_helper.get("/educators/harbour/").status_code == 200
    assert as_helper.get("/educators/cliffs/").status_code == 404
    assert as_helper.get("/educators/cliffs/numbers.csv").status_code == 404
    assert 'href="/educators/harbour/"' in as_helper.get("/courses/harbour/").text
    elsewhere = as_helper.get("/courses/cliffs/").text
    assert 'href="/educators/cliffs/"' not in elsewhere and 'href="/admin/"' in elsewhere


def test_a_step_page_costs_who_helps_with_one_course_no_more_than_seven_queries(
    as_helper, course, django_assert_max_num_queries
):
    address = "/courses/harbour/steps/one-a/"
    as_helper.get(address)
    with django_assert_max_num_queries(7):
        assert as_helper.get(address).status_code == 200


@pytest.mark.real_clock  # an upload waits for a day, and its file says when it came
def test_a_zip_of_a_course_that_is_not_theirs_is_refused(as_helper, course, other_course, settings, tmp_path):
    settings.CONTENT_DIR, settings.DATA_DIR = tmp_path / "content", tmp_path

    def sent(of: Course):
        packed = io.BytesIO()
        archives.pack(export(of), packed)
        zipped = SimpleUploadedFile("course.zip", packed.getvalue(), "application/zip")
        return as_helper.post("/admin/courses/course/upload/", {"zip": zipped}, follow=True)

    refused = sent(other_course)
    assert refused.status_code == 422 and "is not the id of a course that you write" in refused.text
    assert not list((tmp_path / "uploads").iterdir())
    assert sent(course).status_code == 200
    CourseRole.objects.all().delete()  # taken back meanwhile
    [waiting] = (tmp_path / "uploads").iterdir()
    assert as_helper.post(f"/admin/courses/course/upload/{waiting.stem}/").status_code == 403


def give(client: Client, course: Course, **rows: str):
    return send(client, f"/admin/courses/course/{course.pk}/change/", **rows)


def test_an_administrator_gives_a_role_by_name_and_takes_it_back(as_educator, course, learner):
    given = give(as_educator, course, roles__0__handle=" heron ", roles__0__role="educator")
    assert given.status_code == 302
    learner = User.objects.get(pk=learner.pk)
    assert learner.is_staff and roles.has(learner, Role.EDUCATOR, course.pk) and not learner.is_educator
    assert "Heron" in as_educator.get(f"/admin/courses/course/{course.pk}/change/").text
    assert "Heron" not in str([entry.get_change_message() for entry in LogEntry.objects.all()])
    assert give(as_educator, course, roles__0__DELETE="on").status_code == 302
    learner = User.objects.get(pk=learner.pk)
    assert not learner.is_staff and not roles.somewhere(learner, Role.EDUCATOR)


def test_a_name_is_found_in_any_capitals_unless_its_account_is_closed(as_educator, course):
    person = factories.person("Étoile")
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert (
        "Nobody here has this name"
        in give(as_educator, course, roles__0__handle="étoile", roles__0__role="educator").text
    )
    User.objects.filter(pk=person.pk).update(is_active=True)
    assert give(as_educator, course, roles__0__handle="étoile", roles__0__role="educator").status_code == 302
    assert CourseRole.objects.get().person == person


def test_who_helps_elsewhere_too_stays_when_one_role_ends(as_educator, course, other_course, helper):
    CourseRole.objects.create(person=helper, course=other_course, role=Role.MODERATOR)
    give(as_educator, course, roles__0__DELETE="on")
    assert User.objects.get(pk=helper.pk).is_staff
    other_course.steps.all().delete()
    as_educator.post(f"/admin/courses/course/{other_course.pk}/delete/", {"post": "yes"})
    assert not Course.objects.filter(pk=other_course.pk).exists()
    assert not User.objects.get(pk=helper.pk).is_staff


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"roles__1__handle": "Nobody at all", "roles__1__role": "educator"}, "Nobody here has this name"),
        ({"roles__1__handle": "Ida", "roles__1__role": "educator"}, "has this role in the course already"),
        ({"roles__1__handle": "Heron"}, "This field is required"),
    ],
)
def test_a_role_that_cannot_be_given_is_explained_at_the_name(as_educator, course, helper, learner, row, words):
    refused = give(as_educator, course, **row)
    assert refused.status_code == 200 and words in refused.text
    assert CourseRole.objects.count() == 1 and not User.objects.get(pk=learner.pk).is_staff


def test_the_same_person_twice_at_once_is_explained_too(as_educator, course, learner):
    rows = {f"roles__{n}__{name}": value for n in (0, 1) for name, value in (("handle", "Heron"), ("role", "educator"))}
    refused = give(as_educator, course, **rows)
    assert refused.status_code == 200 and "has this role in the course already" in refused.text
    assert not CourseRole.objects.exists()


def test_only_administrators_say_who_helps(as_helper, as_editor, course, learner):
    for client in (as_helper, as_editor):
        assert "roles-0-handle" not in client.get(f"/admin/courses/course/{course.pk}/change/").text
        give(client, course, roles__0__handle="Heron", roles__0__role="educator", roles__TOTAL_FORMS="1")
    assert not CourseRole.objects.filter(person=learner).exists()


def test_a_new_role_needs_a_second_lock_before_anything_opens(course, learner):
    CourseRole.objects.create(person=learner, course=course, role=Role.EDUCATOR)
    roles.settle([learner.pk])
    client = Client()
    client.force_login(User.objects.get(pk=learner.pk))
    for address in ("/admin/courses/step/", "/educators/harbour/"):
        assert "/accounts/second-lock/" in client.get(address)["Location"]


def test_the_database_keeps_one_row_of_a_role(course, helper):
    with pytest.raises(ValidationError):
        CourseRole(person=helper, course=course, role="educator").full_clean()
    with pytest.raises(IntegrityError):
        CourseRole.objects.create(person=helper, course=course, role="educator")


def every_address_of(row) -> list[str]:
    """Every address that the admin has about a row, also those that were added after this test was written."""
    key = f"{row._meta.model_name}-{row.pk}"
    known = {"object_id": str(row.pk), "pk": row.pk, "key": key, "number": 1}
    found = []
    for pattern in admin.site.get_model_admin(type(row)).get_urls():
        names = pattern.pattern.converters
        if pattern.name and {"object_id", "pk"} & set(names):
            found.append(reverse(f"admin:{pattern.name}", kwargs={name: known[name] for name in names}))
    return found


def test_no_address_of_the_admin_shows_or_changes_anything_of_another_course(as_helper, course, other_course):
    CourseRole.objects.create(person=User.objects.get(handle="Ida"), course=course, role="moderator")
    comment = factories.comment(other_course.steps.first())
    report = moderation.report(comment=comment, reporter=None, reason="spam")
    [decision] = moderation.decide(moderator=factories.educator(), comment=comment, acts=["warn"], reason="spam")
    tried = [a for row in [*rows_of(other_course), comment, report.case, decision] for a in every_address_of(row)]
    assert len(tried) > 30
    for address in tried:
        for answer in (as_helper.get(address), as_helper.post(address, {"do": "retire step-1", "field": "title"})):
            assert answer.status_code in (404, 405), (address, answer.status_code)


def test_a_step_cannot_be_moved_into_another_course(as_helper, course, other_course):
    step, there = course.steps.first(), other_course.topics.first()
    asked = f"step-{step.pk} from {step.topic_id} in {there.pk}"
    as_helper.post(f"/admin/courses/course/{course.pk}/tree/", {"do": asked})
    moved = f"step-{other_course.steps.first().pk} from {there.pk} in {step.topic_id}"
    assert as_helper.post(f"/admin/courses/course/{course.pk}/tree/", {"do": moved}).status_code == 404
    assert Step.objects.get(pk=step.pk).topic_id == step.topic_id and there.steps.filter(course=course).count() == 0


def test_a_new_step_is_offered_nothing_of_another_course(course, other_course):
    Step.objects.filter(course=course, uid="two-a").update(published=False, title="Only in the harbour")
    factories.ready(course)
    client = Client()
    client.force_login(factories.helper(other_course, handle="Cleo"))
    page = client.get("/admin/courses/step/add/").text
    assert "Only in the harbour" not in page and "harbour" not in page
