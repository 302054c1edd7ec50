"""How often one may write: every address that takes a write is bound, the answer says when, and no word is lost."""

from __future__ import annotations

import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from accounts.limits import limited, wait
from tests.whole_site.test_access import STEP, WRITE, filled

pytestmark = pytest.mark.django_db
MOMENT = 1_800_000_000  # the first second of a minute


@pytest.fixture(autouse=True)
def _limits(settings):
    settings.WRITE_LIMITS, settings.WRITES_A_MINUTE, settings.ADDRESS_WRITES_A_MINUTE = True, 3, 5
    with time_machine.travel(MOMENT, tick=False):  # each minute counts anew
        yield


@pytest.mark.parametrize("name", sorted(set(WRITE) - {"leave"}))  # leaving signs out: what follows counts by address
def test_every_write_is_bound(name, course, as_learner):
    address = filled(WRITE[name][0])
    answers = [as_learner.post(address) for _ in range(4)]
    assert [a.status_code == 429 for a in answers] == [False, False, False, True]


def test_the_next_minute_is_open_again_and_the_answer_says_when(course, as_learner):
    with time_machine.travel(MOMENT + 20, tick=False) as clock:
        for _ in range(3):
            as_learner.post("/display/")
        refused = as_learner.post("/display/")
        assert refused.status_code == 429 and refused.headers["Retry-After"] == "40"
        assert "try again in 40 seconds" in refused.text
        clock.move_to(MOMENT + 61)
        assert as_learner.post("/display/").status_code == 302


def test_no_word_is_lost_and_no_password_shown(course, as_learner):
    for _ in range(3):
        as_learner.post("/display/")
    refused = as_learner.post(f"{STEP}comments/", {"body": "What I <b>wrote</b>", "password": "four plain words here"})
    assert refused.status_code == 429
    assert "What I &lt;b&gt;wrote&lt;/b&gt;" in refused.text and "four plain words here" not in refused.text


def test_reading_is_never_bound(course, as_learner):
    assert {as_learner.get(STEP).status_code for _ in range(8)} == {200}


def test_two_people_at_one_address_have_each_their_own(course, as_learner, as_educator):
    for _ in range(4):
        as_learner.post("/display/")
    assert as_educator.post("/display/").status_code == 302


def test_visitors_of_one_address_share_a_bound_and_a_word_about_it_is_believed_only_from_a_proxy(course, settings):
    def statuses(n: int) -> list[int]:
        return [Client().post("/display/", headers={"x-forwarded-for": f"203.0.113.{i}"}).status_code for i in range(n)]

    assert statuses(6)[-1] == 429
    cache.clear()
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert set(statuses(6)) == {302}


def test_a_view_can_be_bound_more_tightly(rf, learner):
    @limited("tight", times=1, seconds=3600)
    def view(request):
        return HttpResponse("done")

    def ask(method):
        request = getattr(rf, method)("/")
        request.user = learner
        return view(request)

    assert [ask("post").status_code, ask("post").status_code, ask("get").status_code] == [200, 429, 200]


def test_a_cache_that_is_gone_stops_nobody(monkeypatch):
    monkeypatch.setattr(type(cache._connections["default"]), "add", lambda *a, **k: False)
    monkeypatch.setattr(type(cache._connections["default"]), "incr", lambda *a, **k: None)
    assert [wait("x", "y", times=1, seconds=60) for _ in range(3)] == [0, 0, 0]
