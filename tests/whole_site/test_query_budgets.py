"""How many queries a page may cost, session and user included: the same with one row and with many."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.models import Completion, Step
from courses.pages import shelf
from discussions.models import Comment
from tests import factories

pytestmark = pytest.mark.django_db
BUDGETS = {"/": 3, "/courses/harbour/": 3, "/courses/harbour/outline/": 4, "/courses/harbour/steps/one-a/": 7}


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", BUDGETS)
def test_a_page_keeps_to_its_budget_with_few_rows_and_with_many(address, as_learner, learner, course):
    step = Step.objects.get(slug="one-a")
    root = factories.comment(step)
    Completion.objects.create(learner=learner, step=step)

    def cold() -> int:
        shelf.clear()
        return queries(as_learner, address)

    few = cold()
    assert few <= BUDGETS[address]
    people = [factories.person() for _ in range(20)]
    for i in range(60):
        factories.comment(step, people[i % 20], parent=root if i % 3 else None)
    for finished in Step.objects.exclude(pk=step.pk):
        Completion.objects.create(learner=learner, step=finished)
    for _ in range(20):
        factories.step(course.topics.first(), fresh=False)
    factories.ready(course)
    assert cold() == few
    assert queries(as_learner, address) <= few  # and no more when the shared part is kept


def test_a_thousand_comments_cost_a_step_page_what_one_costs(as_learner, other, course):
    step = Step.objects.get(slug="one-a")
    factories.comment(step, other)
    one = queries(as_learner, step.get_absolute_url())
    Comment.objects.bulk_create(Comment(step=step, author=other, body="x", body_html="<p>x</p>") for _ in range(1000))
    factories.comment(step, other)
    shelf.clear()
    assert queries(as_learner, step.get_absolute_url()) == one <= 7


def test_reading_without_an_account_asks_for_no_session(client, course):
    client.get("/courses/harbour/steps/one-a/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/courses/harbour/steps/one-a/")
    assert not [q for q in captured if "session" in q["sql"] or "accounts_user" in q["sql"]]
    assert len(captured) == 2  # the step, and its discussion's version
