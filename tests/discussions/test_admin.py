"""Moderators at work in the admin: what they find, what they hide, and what they never see."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import MODERATORS
from discussions import moderation, posting
from discussions.models import Comment, Discussion
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_moderator(db):
    import_module("discussions.migrations.0002_moderators").grant(apps, None)
    person = factories.person("Mo", is_staff=True)
    person.groups.add(Group.objects.get(name=MODERATORS))
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def step(course):
    return course.steps.get(slug="one-a")


def act(client, action, *comments):
    chosen = [comment.pk for comment in comments]
    return client.post("/admin/discussions/comment/", {"action": action, "_selected_action": chosen}, follow=True)


def test_hiding_takes_a_comment_off_the_page_and_restoring_brings_it_back(as_moderator, client, step):
    root = factories.comment(step, body="Something unkind.")
    factories.comment(step, body="An answer.", parent=root)
    other = factories.comment(step, body="Something kind.")
    address = step.get_absolute_url()
    assert "Something unkind." in client.get(address).text
    assert "1 comment hidden." in act(as_moderator, "hide", root).text
    page = client.get(address).text
    assert "Something unkind." not in page
    assert "An answer." not in page
    assert "Something kind." in page
    assert Discussion.objects.get().comment_count == 1
    act(as_moderator, "hide", root)
    assert Discussion.objects.get().comment_count == 1
    act(as_moderator, "restore", root, other)
    page = client.get(address).text
    assert "Something unkind." in page
    assert "An answer." in page
    assert Discussion.objects.get().comment_count == 3


def test_a_withdrawn_comment_does_not_count_when_it_is_hidden_and_restored(step):
    comment = factories.comment(step)
    factories.comment(step)
    posting.withdraw(comment=comment)
    for do in (moderation.hide, moderation.restore):
        assert do(comments=[comment]) == 1
        assert Discussion.objects.get().comment_count == 1
        comment.refresh_from_db()


def test_the_version_rises_only_when_something_changed(step):
    comment = factories.comment(step)
    version = Discussion.objects.get().version
    assert moderation.restore(comments=[comment]) == 0
    assert Discussion.objects.get().version == version
    assert moderation.hide(comments=[comment]) == 1
    assert Discussion.objects.get().version == version + 1


def test_moderators_find_comments_by_words_and_by_name(as_moderator, step):
    factories.comment(step, by=factories.person("Wren"), body="About the weather.")
    factories.comment(step, body="About boats.")
    for query in ("weather", "wren"):
        page = as_moderator.get(f"/admin/discussions/comment/?q={query}").text
        assert "About the weather." in page
        assert "About boats." not in page
    hidden = as_moderator.get("/admin/discussions/comment/?state=hidden").text
    assert "About" not in hidden


def test_nobody_edits_or_deletes_words_and_no_address_is_shown(as_moderator, as_educator, step):
    author = factories.person("Wren", email="wren@example.org")
    comment = factories.comment(step, by=author, body="My own words.")
    address = f"/admin/discussions/comment/{comment.pk}/"
    for client in (as_moderator, as_educator):
        for page in (client.get("/admin/discussions/comment/"), client.get(f"{address}change/")):
            assert "My own words." in page.text
            assert "wren@example.org" not in page.text
        client.post(f"{address}change/", {"body": "Put into my mouth.", "_save": "Save"})
        assert client.post(f"{address}delete/", {"post": "yes"}).status_code == 403
        assert client.get("/admin/discussions/comment/add/").status_code == 403
    assert Comment.objects.get().body == "My own words."


def test_a_comment_s_link_leads_to_the_page_it_stands_on(as_moderator, client, step):
    root = factories.comment(step, body="The first of many.")
    reply = factories.comment(step, body="The answer to it.", parent=root)
    for _ in range(25):
        factories.comment(step)
    page = as_moderator.get(f"/admin/discussions/comment/{reply.pk}/change/").text
    link = page.split('class="viewsitelink"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "The answer to it." in client.get(link.partition("#")[0]).text
    assert link.endswith(f"#c-{reply.pk}")


def test_the_list_costs_the_same_for_one_comment_and_for_twenty(as_moderator, step, django_assert_max_num_queries):
    factories.comment(step)
    address = "/admin/discussions/comment/"
    as_moderator.get(address)
    with django_assert_max_num_queries(12) as one:
        as_moderator.get(address)
    for _ in range(19):
        factories.comment(step)
    with django_assert_max_num_queries(len(one)):
        as_moderator.get(address)


def test_learners_and_educators_do_not_moderate(as_learner, step):
    comment = factories.comment(step)
    educator = Client()
    educator.force_login(factories.person("Ines", is_staff=True))
    for client in (as_learner, educator):
        response = client.post("/admin/discussions/comment/", {"action": "hide", "_selected_action": [comment.pk]})
        assert response.status_code in (302, 403)
    assert Comment.objects.get().hidden_at is None
