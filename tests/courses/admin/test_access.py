"""Who gets into the workbench, and how far."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from accounts.models import EDUCATORS, MODERATORS
from tests import factories

pytestmark = pytest.mark.django_db


def addresses(course) -> tuple[list[str], list[str]]:
    """(to look at, to write to)"""
    look, write = ["/admin/"], []
    for row in (course, course.weeks.first(), course.topics.first(), course.steps.first()):
        base = f"/admin/courses/{type(row).__name__.lower()}/"
        look += [base, f"{base}add/", f"{base}{row.pk}/change/", f"{base}{row.pk}/history/", f"{base}{row.pk}/link/"]
        write += [base, f"{base}add/", f"{base}{row.pk}/change/", f"{base}{row.pk}/preview/", f"{base}add/preview/"]
        write += [f"{base}{row.pk}/move/", f"{base}{row.pk}/link/"]
    tree = f"/admin/courses/course/{course.pk}/tree/"
    topic, step = course.topics.first(), course.steps.first()
    look += [tree, f"{tree}step-{step.pk}/move/", f"{tree}topic-{topic.pk}/move/", f"{tree}topic-{topic.pk}/retire/"]
    write += [tree]
    return look, write


def test_an_educator_gets_everywhere(as_editor, course):
    look, write = addresses(course)
    for address in look:
        assert as_editor.get(address).status_code == 200, address
    for address in write:
        assert as_editor.post(address, {}).status_code in (200, 302, 422), address


def test_a_learner_and_a_passer_by_get_nowhere(as_learner, client, course):
    look, write = addresses(course)
    for person in (as_learner, client):
        for response in [*(person.get(a) for a in look), *(person.post(a, {}) for a in write)]:
            assert response.status_code in (302, 403)
            if response.status_code == 302:
                assert "login" in response["Location"]


def test_helpers_without_a_role_in_the_course_may_not_write(course):
    moderator = factories.person("Mo", is_staff=True)
    moderator.groups.add(Group.objects.get(name=MODERATORS))
    client = Client()
    client.force_login(moderator)
    look, write = addresses(course)
    for address in look[1:]:
        assert client.get(address).status_code == 403, address
    for address in write:
        assert client.post(address, {}).status_code == 403, address


def test_who_may_only_look_has_no_buttons(course):
    from django.contrib.auth.models import Permission

    person = factories.person("Guest", is_staff=True)
    person.user_permissions.add(*Permission.objects.filter(codename__in=["view_step", "view_topic", "view_week"]))
    client = Client()
    client.force_login(person)
    step = course.steps.first()
    assert 'class="moves"' not in client.get("/admin/courses/step/").text
    page = client.get(f"/admin/courses/step/{step.pk}/change/").text
    assert "Preview" not in page
    assert client.post(f"/admin/courses/step/{step.pk}/preview/", {}).status_code == 403
    assert client.post(f"/admin/courses/step/{step.pk}/move/", {"direction": "up"}).status_code == 403


def test_the_roles_may_what_they_need_and_no_more(editor):
    may = {permission.removeprefix("courses.") for permission in editor.get_all_permissions()}
    assert {"add_step", "change_course", "view_topic", "delete_figure", "delete_week"} <= may
    assert not may & {"delete_step", "delete_course", "view_completion"}
    assert all(permission.startswith("courses.") for permission in editor.get_all_permissions())


def the_roles_have_their_permissions() -> None:
    assert Group.objects.get(name=EDUCATORS).permissions.filter(codename="change_step").exists()
    may = Group.objects.get(name=MODERATORS).permissions.values_list("codename", flat=True)
    assert set(may) == {"view_comment", "change_comment", "view_case", "view_decision"}


def test_migrations_give_the_roles_their_permissions():
    the_roles_have_their_permissions()


@pytest.mark.django_db(transaction=True)
def test_a_test_that_empties_the_database_leaves_the_roles():
    call_command("flush", interactive=False)
    the_roles_have_their_permissions()


def test_the_admin_has_our_name_and_no_inline_code(as_editor, course):
    look, _write = addresses(course)
    for address in look:
        page = as_editor.get(address)
        assert settings.SITE_NAME in page.text
        assert 'href="/"' in page.text
        assert " style=" not in page.text, address
        assert "<style" not in page.text, address
        assert "javascript:" not in page.text, address
        assert page.text.count("<script") == page.text.count("<script src") + page.text.count("<script id="), address
