"""Every address × every role → status. An address without a row here fails the last test."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Invitation, User
from courses.models import Step
from tests import factories

pytestmark = pytest.mark.django_db

STEP = "/courses/harbour/steps/one-a/"
# address: (visitor, learner, educator), for GET; 302 is the way to the sign-in page, or on from it
READ = {
    "home": ("/", 200, 200, 200),
    "support": ("/support/", 200, 200, 200),
    "guidelines": ("/guidelines/", 200, 200, 200),
    "privacy": ("/privacy/", 200, 200, 200),
    "accessibility": ("/accessibility/", 200, 200, 200),
    "favicon": ("/favicon.ico", 302, 302, 302),
    "display": ("/display/", 405, 405, 405),
    "courses:course": ("/courses/harbour/", 200, 200, 200),
    "courses:outline": ("/courses/harbour/outline/", 200, 200, 200),
    "courses:sources": ("/courses/harbour/sources/", 200, 200, 200),
    "courses:glossary": ("/courses/harbour/glossary/", 200, 200, 200),
    "courses:resources": ("/courses/harbour/resources/", 200, 200, 200),
    "courses:step": (STEP, 200, 200, 200),
    "courses:step-done": (f"{STEP}done/", 405, 405, 405),
    "courses:step-answers": (f"{STEP}answers/", 405, 405, 405),
    "discussions:comment-post": (f"{STEP}comments/", 405, 405, 405),
    "discussions:comment-reply": (f"{STEP}comments/COMMENT/", 200, 200, 200),
    "discussions:comment-withdraw": (f"{STEP}comments/COMMENT/withdraw/", 405, 405, 405),
    "accounts:educator": ("/accounts/educator/TOKEN/", 200, 200, 200),
    "account_signup": ("/accounts/signup/", 200, 302, 302),
    "account_login": ("/accounts/login/", 200, 302, 302),
    "account_logout": ("/accounts/logout/", 302, 200, 200),
    "account_email_verification_sent": ("/accounts/confirm-email/", 200, 200, 200),
    "account_inactive": ("/accounts/inactive/", 200, 200, 200),
    "account_change_password": ("/accounts/password/change/", 302, 200, 200),
    "account_reauthenticate": ("/accounts/reauthenticate/", 302, 200, 200),
    "media": ("/media/nothing.svg", 404, 404, 404),
    "admin:": ("/admin/", 302, 302, 200),
}
# what writes: (visitor, learner, educator), for POST with nothing in it
WRITE = {
    "display": ("/display/", 302, 302, 302),
    "courses:step-done": (f"{STEP}done/", 302, 302, 302),
    "courses:step-answers": (f"{STEP}answers/", 404, 404, 404),
    "discussions:comment-post": (f"{STEP}comments/", 422, 422, 422),
    "discussions:comment-reply": (f"{STEP}comments/COMMENT/", 422, 422, 422),
    "discussions:comment-withdraw": (f"{STEP}comments/COMMENT/withdraw/", 302, 404, 404),
}
READ_ONLY = ["/", "/support/", "/courses/harbour/", "/courses/harbour/outline/", STEP, "/media/nothing.svg"]
READ_ONLY += [f"/courses/harbour/{page}/" for page in ("sources", "glossary", "resources")]


@pytest.fixture
def roles(course, learner, educator) -> dict[str, Client]:
    found = {"visitor": Client()}
    for name, user in (("learner", learner), ("educator", educator)):
        found[name] = Client()
        found[name].force_login(user)
    return found


def filled(address: str) -> str:
    comment = factories.comment(
        Step.objects.get(slug="one-a"), User.objects.filter(handle="Tern").first() or factories.person("Tern")
    )
    return address.replace("COMMENT", str(comment.pk)).replace(
        "TOKEN", Invitation.issue() if "TOKEN" in address else ""
    )


@pytest.mark.parametrize("name", READ)
def test_who_may_read_an_address(name, roles):
    address, *expected = READ[name]
    statuses = [client.get(filled(address)).status_code for client in roles.values()]
    assert statuses == expected


@pytest.mark.parametrize("name", WRITE)
def test_who_may_write_to_an_address(name, roles):
    address, *expected = WRITE[name]
    statuses = [client.post(filled(address)).status_code for client in roles.values()]
    assert statuses == expected


@pytest.mark.parametrize("address", READ_ONLY)
def test_reading_addresses_refuse_to_be_written_to(address, roles):
    assert [client.post(address).status_code for client in roles.values()] == [405, 405, 405]


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_methods_without_a_use_are_refused_everywhere(method, roles):
    for client in roles.values():
        assert getattr(client, method)("/").status_code == 405


def test_a_write_without_the_browsers_token_is_refused_and_the_words_come_back(learner, course):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner)
    response = strict.post(f"{STEP}comments/", {"body": "My words."})
    assert response.status_code == 403 and "My words." in response.text


@pytest.mark.parametrize(
    "address",
    [
        "/courses/nowhere/",
        "/courses/harbour/steps/nowhere/",
        "/courses/nowhere/outline/",
        "/courses/nowhere/sources/",
        "/courses/nowhere/glossary/",
        "/courses/nowhere/resources/",
        f"{STEP}comments/999999/",
        "/x\x00y",
        "/%FF",
    ],
)
def test_what_does_not_exist_is_a_404_in_our_own_look(address, roles):
    for client in roles.values():
        response = client.get(address)
        assert response.status_code == 404 and "There is no page here" in response.text


def _named(resolver: URLResolver, space: str = "") -> set[str]:
    names: set[str] = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            names |= {f"{space}{inner}"} if inner == "admin:" else _named(pattern, space + inner)
        elif isinstance(pattern, URLPattern):
            names.add(f"{space}{pattern.name or re.sub(r'[^a-z]', '', str(pattern.pattern))}")
    return names


def test_every_address_has_a_row():
    assert _named(get_resolver()) - set(READ) == set()
