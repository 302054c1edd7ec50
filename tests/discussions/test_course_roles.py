"""Who moderates, or writes, one course: what of the discussions is theirs, and what is not there for them."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import User
from courses import roles
from courses.models import Course, CourseRole, Step
from courses.roles import Role
from discussions import moderation
from discussions.models import Case, Comment, Decision, Notification, Sanction
from discussions.refusals import NotAllowed, Refused
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def cliffs(course) -> Course:
    return factories.small_course("cliffs")


@pytest.fixture
def here(course) -> Step:
    return course.steps.get(slug="one-a")


@pytest.fixture
def there(cliffs) -> Step:
    return cliffs.steps.get(slug="one-a")


@pytest.fixture
def helper(course) -> User:
    """Moderates the course, and no other."""
    return factories.helper(course, "moderator", "Ida")


@pytest.fixture
def as_helper(helper) -> Client:
    return signed_in(helper)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_queue_the_log_and_the_cases_are_those_of_ones_own_course(as_helper, as_moderator, here, there, moderator):
    found = {}
    for step, words in ((here, "Words in the harbour."), (there, "Words on the cliffs.")):
        found[step] = factories.comment(step, factories.person(), words)
        moderation.report(comment=found[step], reporter=None, reason="spam")
        old = factories.comment(step, factories.person(), f"Old {words}")
        [warned] = moderation.decide(moderator=moderator, comment=old, acts=["warn"], reason="spam")
        moderation.appeal(person=old.author, decision=warned, text=f"Appeal about {words}")
    for address in ("/moderation/", "/moderation/log/", "/admin/discussions/comment/", "/admin/discussions/case/"):
        page, all_of_it = as_helper.get(address).text, as_moderator.get(address).text
        assert "on the cliffs" in all_of_it and "on the cliffs" not in page, address
        assert "in the harbour" in page, address
    assert as_helper.get("/moderation/").context["count"] == 1
    assert "cliffs" not in as_helper.get("/admin/discussions/comment/").text  # not in the filter by course either
    decisions = {step: Decision.objects.get(comment__step=step, act="warn") for step in (here, there)}
    for step, status in ((here, 200), (there, 404)):
        for address in (
            f"/moderation/comments/{found[step].pk}/",
            f"/moderation/appeals/{decisions[step].appeal.pk}/",
            f"/admin/discussions/comment/{found[step].pk}/change/",
            f"/admin/discussions/case/{Case.objects.get(comment=found[step], closed_at=None).pk}/change/",
            f"/admin/discussions/decision/{decisions[step].pk}/change/",
        ):
            assert as_helper.get(address).status_code == status, address


def test_a_decision_about_another_course_is_refused_and_changes_nothing(as_helper, here, there, helper):
    for step, status, hidden in ((there, 404, False), (here, 302, True)):
        comment = factories.comment(step)
        sent = as_helper.post(f"/moderation/comments/{comment.pk}/", {"comment_act": "hide", "reason": "spam"})
        assert sent.status_code == status
        assert bool(Comment.objects.get(pk=comment.pk).hidden_at) is hidden
    others = factories.comment(there)
    as_helper.post("/admin/discussions/comment/", {"action": "hide", "_selected_action": [others.pk], "reason": "spam"})
    assert Comment.objects.get(pk=others.pk).hidden_at is None and not LogEntry.objects.exists()


def test_what_is_told_of_an_author_is_of_ones_own_course(as_helper, as_moderator, here, there, learner, moderator):
    elsewhere = factories.comment(there, learner, "Sold something there.")
    moderation.decide(moderator=moderator, comment=elsewhere, acts=["hide", "warn"], reason="trade")
    comment = factories.comment(here, learner)
    context = as_helper.get(f"/moderation/comments/{comment.pk}/").context
    assert (context["earlier"], context["hidden"]) == ([], 0)
    context = as_moderator.get(f"/moderation/comments/{comment.pk}/").context
    assert (len(context["earlier"]), context["hidden"]) == (2, 1)


def test_a_pause_by_who_moderates_one_course_holds_in_that_course(here, there, learner, helper):
    comment = factories.comment(here, learner)
    moderation.decide(moderator=helper, comment=comment, acts=["mute"], reason="spam", days=7)
    with pytest.raises(NotAllowed, match="in this course"):
        factories.comment(here, learner)
    assert factories.comment(there, learner).pk
    refused = signed_in(learner).post(f"{here.get_absolute_url()}comments/", {"body": "My words are kept."})
    assert refused.status_code == 403 and "My words are kept." in refused.text
    moderation.decide(moderator=helper, comment=comment, acts=["lift"], reason="spam")
    assert factories.comment(here, learner).pk


def test_a_pause_in_every_course_is_lifted_by_who_moderates_them_all(here, there, learner, helper, moderator):
    comment = factories.comment(here, learner)
    [paused] = moderation.decide(moderator=moderator, comment=comment, acts=["mute"], reason="spam", days=7)
    with pytest.raises(NotAllowed):
        factories.comment(there, learner)
    with pytest.raises(Refused, match="nothing to lift"):
        moderation.decide(moderator=helper, comment=comment, acts=["lift"], reason="spam")
    appeal = moderation.appeal(person=learner, decision=paused, text="Why?")
    with pytest.raises(Refused, match="Another moderator"):
        moderation.hear(moderator=helper, appeal=appeal, act="overturn")
    assert Sanction.objects.get().lifted_at is None
    moderation.hear(moderator=factories.educator("Ada"), appeal=appeal, act="overturn")
    assert Sanction.objects.get().lifted_at


def test_danger_is_told_to_the_moderators_of_that_course(here, there, helper, moderator, cliffs):
    other = factories.helper(cliffs, "moderator", "Cleo")
    writes = factories.helper(here.course, "educator", "Wim")
    moderation.report(comment=factories.comment(here), reporter=None, reason="danger")
    told = set(Notification.objects.filter(kind="danger").values_list("person__handle", flat=True))
    assert told == {helper.handle, moderator.handle} and not told & {other.handle, writes.handle}


@pytest.mark.parametrize(("role", "label"), [("educator", "Educator"), ("moderator", "Moderator")])
def test_the_role_stands_beside_what_they_write_in_their_course_alone(course, here, there, role, label):
    person = factories.helper(course, role, "Wim")
    mine, elsewhere = factories.comment(here, person), factories.comment(there, person)
    assert (mine.role, elsewhere.role) == (role, "")
    assert (Comment.objects.get(pk=mine.pk).staff_wrote, Comment.objects.get(pk=elsewhere.pk).staff_wrote) == (1, 0)


@pytest.mark.parametrize("role", ["educator", "moderator"])
def test_pinning_and_recommending_are_for_ones_own_course(course, here, there, role):
    client = signed_in(factories.helper(course, role, "Wim"))
    for step, status in ((here, 302), (there, 404)):
        comment = factories.comment(step)
        for act in ("pin", "endorse"):
            address = f"{step.get_absolute_url()}comments/{comment.pk}/{act}/"
            assert client.post(address).status_code == status
            assert (f'action="{address}"' in client.get(step.get_absolute_url()).text) is (status == 302)
        comment.refresh_from_db()
        assert bool(comment.pinned_at and comment.endorsed_at) is (status == 302)
        decides = f"/moderation/comments/{comment.pk}/" in client.get(step.get_absolute_url()).text
        assert decides is (role == "moderator" and step == here)


def test_the_way_to_the_queue_is_shown_to_who_moderates_anything(as_helper, course, there):
    page = as_helper.get(there.get_absolute_url()).text
    assert 'href="/moderation/"' in page and 'href="/admin/"' not in page
    assert 'href="/moderation/"' not in signed_in(factories.helper(course, "educator", "Wim")).get("/").text


def test_who_may_decide_falls_away_with_the_role(as_helper, helper, here):
    comment = factories.comment(here)
    CourseRole.objects.all().delete()
    roles.settle([helper.pk])
    assert as_helper.get(f"/moderation/comments/{comment.pk}/").status_code == 404
    assert not roles.people_with(Role.MODERATOR, here.course_id).filter(pk=helper.pk).exists()


def test_the_queue_costs_who_moderates_one_course_the_same_with_many_cases(
    as_helper, here, django_assert_max_num_queries
):
    def report_some(n: int) -> None:
        for _ in range(n):
            moderation.report(comment=factories.comment(here), reporter=None, reason="spam")

    report_some(1)
    with django_assert_max_num_queries(12) as few:
        as_helper.get("/moderation/")
    report_some(20)
    with django_assert_max_num_queries(len(few)):
        as_helper.get("/moderation/")
