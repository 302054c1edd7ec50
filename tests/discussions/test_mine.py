"""What belongs to one reader in a discussion comes along with the discussion's version, in one query."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import RequestFactory

from courses.models import Step
from discussions import holes, marking
from discussions.feed import bookmarked_by
from discussions.models import Alias, Bookmark, Comment, Follow, Like, Mute, ReadMark
from tests import factories

pytestmark = pytest.mark.django_db


def test_one_query_brings_what_a_reader_did_on_this_step_and_nothing_of_others(
    learner, other, course, django_assert_num_queries
):
    here, elsewhere = Step.objects.get(slug="one-a"), Step.objects.get(slug="one-b")
    first, second, far = (factories.comment(step, other) for step in (here, here, elsewhere))
    alias = Alias.objects.create(step=here, person=other, name="Quiet lantern", picture=7)
    mine = Alias.objects.create(step=here, person=learner, name="Slow harbour", picture=8)
    for comment in (first, second, far):
        Like.objects.create(person=learner, comment=comment)
    Bookmark.objects.create(person=learner, comment=second)
    Bookmark.objects.create(person=other, comment=first)
    Follow.objects.create(person=learner, root=first)
    Mute.objects.create(person=learner, muted_person=other)
    Mute.objects.create(person=learner, muted_alias=alias)
    ReadMark.objects.create(person=learner, step=here, up_to=first.pk)
    request = RequestFactory().get("/")
    request.user = learner
    with django_assert_num_queries(1):
        count, _version = holes.look_up(request, here.pk, here.course_id)
    assert count == 2
    assert holes.of_reader(request) == holes.Mine(
        me=frozenset({f"p{learner.pk}", f"a{mine.pk}"}),
        liked=frozenset({first.pk, second.pk}),
        bookmarked=frozenset({second.pk}),
        followed=frozenset({first.pk}),
        muted=frozenset({f"p{other.pk}", f"a{alias.pk}"}),
        read_up_to=first.pk,
        alias="Slow harbour",
    )


def test_my_own_pages_do_not_read_everybodys_comments(learner, other, course):
    step = Step.objects.get(slug="one-a")
    mine = factories.comment(step, learner)
    factories.aliased(step, learner)
    marking.bookmark(person=learner, comment=factories.comment(step, other), on=True)
    Comment.objects.bulk_create(Comment(step=step, author=other, body="x", body_html="") for _ in range(2000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":  # which reads so small a table whole, because that is quicker
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert Comment.objects.of(learner).count() == 2 and Comment.objects.of(other).filter(pk=mine.pk).count() == 0
    for found in (Comment.objects.of(learner).order_by("-pk"), bookmarked_by(learner, course)):
        plan = found.select_related("step")[:21].explain()
        assert "SCAN discussions_comment" not in plan and "Seq Scan on discussions_comment" not in plan
