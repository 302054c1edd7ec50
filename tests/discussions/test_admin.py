"""Moderators at work in the admin: what they find, what they hide, and what they never see."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client

from discussions import moderation
from discussions.models import Case, Comment, Decision, Discussion
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(course):
    return course.steps.get(slug="one-a")


def act(client, action, *comments, reason=""):
    data = {"action": action, "reason": reason, "_selected_action": [comment.pk for comment in comments]}
    return client.post("/admin/discussions/comment/", data, follow=True)


def test_hiding_and_restoring_go_through_the_same_door_and_into_the_log(as_moderator, moderator, client, step):
    root = factories.comment(step, body="Something unkind.")
    factories.comment(step, body="An answer.", parent=root)
    other = factories.comment(step, body="Something kind.")
    assert "Choose a reason" in act(as_moderator, "hide", root).text
    assert not Decision.objects.exists()
    assert "1 comment hidden." in act(as_moderator, "hide", root, reason="stigma").text
    decision = Decision.objects.get()
    assert (decision.act, decision.reason, decision.moderator) == ("hide", "stigma", moderator)
    assert "Something unkind." not in client.get(step.get_absolute_url()).text
    assert Discussion.objects.get().comment_count == 2
    act(as_moderator, "hide", root, reason="spam")  # hidden already: nothing to do
    act(as_moderator, "restore", root, other, reason="other")
    page = client.get(step.get_absolute_url()).text
    assert "Something unkind." in page and "An answer." in page
    assert Discussion.objects.get().comment_count == 3
    assert Decision.objects.count() == 2


@pytest.mark.parametrize(
    "address",
    [
        "comment/?alias__person__handle=Wren",
        "comment/?alias__person={pk}",
        "comment/?likes__person={pk}",
        "comment/?cases__reports__reporter={pk}",
        "case/?reports__reporter={pk}",
        "decision/?about_alias__person={pk}",
        "decision/?sanction__person={pk}",
        "decision/?appeal__person={pk}",
    ],
)
def test_no_address_of_the_lists_asks_who_it_was(as_moderator, as_educator, step, address):
    wren = factories.person("Wren")
    factories.aliased(step, wren)
    for client in (as_moderator, as_educator):
        answer = client.get(f"/admin/discussions/{address.format(pk=wren.pk)}")
        assert answer.status_code == 400
        assert "Said without my name." not in answer.text


def test_cases_and_decisions_are_read_and_never_written(as_moderator, as_educator, moderator, other, step):
    comment = factories.aliased(step, factories.person("Wren"), name="Quiet Harbour")
    moderation.report(comment=comment, reporter=other, reason="spam", note="From me.")
    moderation.decide(moderator=moderator, comment=comment, acts=["hide", "ban"], reason="spam")
    for client in (as_moderator, as_educator):
        for kind, pk in (("case", Case.objects.get().pk), ("decision", Decision.objects.first().pk)):
            pages = [client.get(f"/admin/discussions/{kind}/"), client.get(f"/admin/discussions/{kind}/{pk}/change/")]
            for page in pages:
                assert page.status_code == 200, (kind, page.status_code)
                assert "Wren" not in page.text and other.handle not in page.text
            assert client.get(f"/admin/discussions/{kind}/add/").status_code == 403
            assert client.post(f"/admin/discussions/{kind}/{pk}/delete/", {"post": "yes"}).status_code == 403
            assert client.post(f"/admin/discussions/{kind}/{pk}/change/", {"note": "x"}).status_code == 403
    found = as_educator.get("/admin/discussions/comment/").text
    assert "Quiet Harbour (alias)" in found and "Wren" not in found
    assert "Said without my name." not in as_moderator.get("/admin/discussions/comment/?q=wren").text


def test_only_comments_cases_and_decisions_are_in_the_admin():
    shown = {model._meta.object_name for model in admin.site._registry if model._meta.app_label == "discussions"}
    assert shown == {"Comment", "Case", "Decision"}


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
    found = client.get(link)
    assert "The answer to it." in client.get(found["Location"]).text
    assert found["Location"].endswith(f"#c-{reply.pk}")


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
