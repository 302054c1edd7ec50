"""How many queries a page may cost, session and user included: the same with one row and with many."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from courses.models import Completion, Step
from courses.pages import shelf
from discussions.models import Comment
from tests import factories
from tests.whole_site import filled_site

pytestmark = pytest.mark.django_db
# Every page: how many queries it may cost a visitor, a learner, an educator, with few rows and with many; None where it is not theirs.
PAGES: dict[str, tuple[int | None, int | None, int | None]] = {
    "home": (1, 3, 3),
    "support": (0, 2, 2),
    "guidelines": (0, 2, 2),
    "privacy": (0, 2, 2),
    "accessibility": (0, 2, 2),
    "robots": (0, 2, 2),
    "educators": (None, None, 12),
    "educators-numbers": (None, None, 11),
    "my-data": (None, 29, 29),
    "my-data-download": (None, 29, 29),
    "courses:course": (1, 3, 3),
    "courses:outline": (1, 4, 4),
    "courses:sources": (2, 4, 4),
    "courses:glossary": (1, 3, 3),
    "courses:resources": (2, 4, 4),
    "verify": (0, 2, 2),
    "certificate-key": (0, 2, 2),
    "courses:certificate": (1, 5, 5),
    "courses:progress": (1, 8, 8),
    "courses:journal": (1, 4, 4),
    "courses:journal-download": (None, 4, 4),
    "courses:step": (4, 7, 7),
    "draft": (4, 6, 6),
    "draft-outline": (4, 6, 6),
    "draft-step": (10, 12, 12),  # made anew each time, from its parts
    "draft-sources": (5, 7, 7),
    "draft-glossary": (4, 6, 6),
    "draft-resources": (5, 7, 7),
    "discussions:comment-reply": (5, 9, 9),
    "discussions:my-comments": (None, 4, 4),
    "discussions:my-bookmarks": (None, 4, 4),
    "discussions:notifications": (None, 3, 3),
    "discussions:notification-settings": (None, 5, 5),
    "discussions:comment-report": (4, 6, 6),
    "moderation:queue": (None, None, 7),
    "moderation:comment": (None, None, 11),
    "moderation:log": (None, None, 4),
    "moderation:counts": (4, 6, 6),
    "safety": (0, 2, 2),
    "accounts:names": (1, 3, 3),
    "accounts:settings": (None, 6, 6),
    "accounts:second-lock": (None, 3, None),
    "accounts:recovery-codes": (None, 3, 3),
    "accounts:recover": (0, 2, 2),
    "account_signup": (1, None, None),
    "account_login": (0, None, None),
    "account_request_login_code": (0, None, None),
    "account_logout": (None, 2, 2),
    "account_inactive": (0, 2, 2),
    "account_change_password": (None, 2, 2),
    "account_reset_password": (0, 2, 2),
    "account_password_reset_completed": (0, 2, 2),
    "account_reauthenticate": (None, 8, 8),
    "mfa_reauthenticate": (None, None, 8),
    "admin:": (None, None, 5),
    "admin:group": (None, None, 6),
    "admin:group-change": (None, None, 6),
    "admin:user": (None, None, 7),
    "admin:user-change": (None, None, 6),
    "admin:course": (None, None, 8),
    "admin:course-change": (None, None, 7),
    "admin:course-tree": (None, None, 16),
    "admin:course-link": (None, None, 5),
    "admin:week": (None, None, 10),
    "admin:week-change": (None, None, 8),
    "admin:topic": (None, None, 11),
    "admin:topic-change": (None, None, 8),
    "admin:step": (None, None, 12),
    "admin:step-change": (
        None,
        None,
        21,
    ),  # with the steps that a text can link to, and the state the form was filled from
    "admin:comment": (None, None, 6),
    "admin:comment-change": (None, None, 7),
    "admin:case": (None, None, 5),
    "admin:case-change": (None, None, 5),
    "admin:decision": (None, None, 5),
    "admin:dutyrecord": (None, None, 6),
    "admin:dbtaskresult": (None, None, 8),
}
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


def costs(learner: User, educator: User) -> dict[str, tuple[int | None, ...]]:
    """What every page costs each reader, once what a process keeps (but no page) is there."""
    found: dict[str, list[int | None]] = {}
    for client in filled_site.readers(learner, educator).values():
        for name, address in filled_site.addresses().items():
            if client.get(address).status_code != 200:
                found.setdefault(name, []).append(None)
                continue
            shelf.clear()
            found.setdefault(name, []).append(queries(client, address))
    return {name: tuple(counted) for name, counted in found.items()}


def test_every_page_keeps_to_its_budget_with_few_rows_and_with_many(learner, educator, course):
    """Nothing is kept from before but what a process learns once. A page without a row fails."""
    filled_site.more_rows(course=course, learner=learner, times=1)
    few = costs(learner, educator)
    assert set(few) - set(PAGES) == set()
    allowed = {name: [budget or 0 for budget in PAGES[name]] for name in few}
    assert {n: c for n, c in few.items() if any((a or 0) > b for a, b in zip(c, allowed[n], strict=True))} == {}
    filled_site.more_rows(course=course, learner=learner, times=9)
    many = costs(learner, educator)
    assert {name: (few[name], many[name]) for name in few if few[name] != many[name]} == {}


def test_reading_without_an_account_asks_for_no_session(client, course):
    client.get("/courses/harbour/steps/one-a/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/courses/harbour/steps/one-a/")
    assert not [q for q in captured if "session" in q["sql"] or "accounts_user" in q["sql"]]
    assert len(captured) == 2  # the step, and its discussion's version


def test_reading_without_an_account_sets_no_cookie_but_the_forms_own(client, course):
    for address in BUDGETS:
        client.cookies.clear()
        assert set(client.get(address).cookies) <= {"csrftoken"}
