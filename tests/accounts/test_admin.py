"""People in the admin: made, given a role, shut out; their hash and their e-mail address stay where they are."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client

from accounts.models import EDUCATORS, User
from courses.models import Completion
from tests import factories

pytestmark = pytest.mark.django_db

NEW = {"usable_password": "true", "password1": factories.PASSWORD, "password2": factories.PASSWORD}


def test_an_administrator_makes_an_educator(as_educator):
    response = as_educator.post("/admin/accounts/user/add/", {"handle": "  Wren   Reed ", **NEW})
    person = User.objects.get(handle="Wren Reed")
    assert response["Location"] == f"/admin/accounts/user/{person.pk}/change/"
    group = Group.objects.get(name=EDUCATORS)
    data = {"is_active": "on", "is_staff": "on", "groups": [group.pk]}
    assert as_educator.post(response["Location"], data).status_code == 302
    person.refresh_from_db()
    assert person.is_staff
    assert list(person.groups.all()) == [group]
    assert not person.is_superuser
    assert person.check_password(factories.PASSWORD)


@pytest.mark.parametrize(("handle", "words"), [("HERON", "taken"), ("admin", "role on this site"), ("<b>", "letters")])
def test_a_name_that_cannot_be_used_says_why(as_educator, learner, handle, words):
    response = as_educator.post("/admin/accounts/user/add/", {"handle": handle, **NEW})
    assert words in str(response.context["adminform"].form.errors["handle"])


def test_neither_hash_nor_address_is_shown(as_educator):
    person = factories.person("Wren", email="wren@example.org")
    for address in ("/admin/accounts/user/", f"/admin/accounts/user/{person.pk}/change/"):
        page = as_educator.get(address).text
        assert "Wren" in page
        assert "wren@example.org" not in page
        assert "md5" not in page.lower()
        assert person.password.rpartition("$")[2][:6] not in page


def test_people_are_listed_by_name_whatever_its_capitals_and_a_large_site_sorts_nobody(as_educator):
    for handle in ("wren", "Xara", "Thrush"):
        factories.person(handle)
    shown = as_educator.get("/admin/accounts/user/").context["cl"]
    names = [person.handle for person in shown.result_list]
    assert names == sorted(names, key=str.lower) and {"wren", "Xara", "Thrush"} <= set(names)
    User.objects.bulk_create(User(handle=f"somebody {i}", skeleton=f"somebody{i}") for i in range(1000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    assert "one_person_per_handle" in shown.queryset[:100].explain()


def test_a_name_stays_and_nobody_is_deleted(as_educator):
    person = factories.person("Wren")
    as_educator.post(f"/admin/accounts/user/{person.pk}/change/", {"handle": "Robin", "is_active": "on"})
    assert as_educator.post(f"/admin/accounts/user/{person.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.get(pk=person.pk).handle == "Wren"


def test_an_administrator_gives_a_new_password(as_educator):
    person = factories.person("Wren")
    page = as_educator.get(f"/admin/accounts/user/{person.pk}/change/").text
    address = f"/admin/accounts/user/{person.pk}/password/"
    assert f'href="{address}"' in page
    data = {"password1": "nine boats on a lake", "password2": "nine boats on a lake", "usable_password": "true"}
    assert as_educator.post(address, data).status_code == 302
    person.refresh_from_db()
    assert person.check_password("nine boats on a lake")


def test_only_administrators_see_people(as_learner):
    helper = Client()
    helper.force_login(factories.person("Ines", is_staff=True))
    assert helper.get("/admin/accounts/user/").status_code == 403
    assert as_learner.get("/admin/accounts/user/").status_code == 302


def test_no_address_of_the_list_asks_who_stands_behind_an_alias_or_whose_a_row_is(as_educator, course, learner):
    """Django's lists filter by any column that one names in the address, and by rows that point at the person."""
    step = course.steps.first()
    alias = factories.aliased(step, learner).alias
    done = Completion.objects.create(learner=learner, step=step)
    User.objects.filter(pk=learner.pk).update(email="wren@example.org")
    questions = [f"aliases={alias.pk}", f"aliases__id__exact={alias.pk}", f"completions={done.pk}"]
    for query in [*questions, "email__startswith=wren", f"groups__user__aliases={alias.pk}"]:
        page = as_educator.get(f"/admin/accounts/user/?{query}", follow=True)
        assert page.status_code == 400, query
        assert "Heron" not in page.text


def test_people_are_found_by_name_and_by_what_the_list_offers(as_educator, learner):
    group = Group.objects.get(name=EDUCATORS)
    factories.person("Wren", is_staff=True).groups.add(group)
    for query in ("q=wren", f"groups__id__exact={group.pk}", f"groups__id__exact={group.pk}&is_staff__exact=1"):
        page = as_educator.get(f"/admin/accounts/user/?{query}").text
        assert "Wren" in page, query
        assert "Heron" not in page, query
