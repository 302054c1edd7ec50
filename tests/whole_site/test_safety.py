"""What every answer carries and every form demands, over all addresses and roles; and that docs/SECURITY.md names tests that exist."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests import factories
from tests.whole_site.test_access import READ, WRITE, filled, roles
from tests.whole_site.test_running import ROOT, SAFE, manage

__all__ = ["roles"]  # a fixture
pytestmark = pytest.mark.django_db
ADMIN = ["/admin/", "/admin/courses/course/", "/admin/courses/step/add/", "/admin/accounts/user/", "/admin/login/"]


@pytest.mark.parametrize("address", [row[0] for row in READ.values()] + ADMIN)
def test_every_answer_says_what_a_browser_may_do_with_it(address, roles):
    for client in roles.values():
        headers = client.get(filled(address)).headers
        policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] in {"'self'", "'none'"} and "unsafe" not in policy.get("script-src", "")
        if "sandbox" not in headers["Content-Security-Policy"]:
            assert "unsafe" not in headers["Content-Security-Policy"]
            assert policy["frame-ancestors"] == "'none'" and policy["object-src"] == "'none'"
            assert policy["base-uri"] == "'none'" and policy["form-action"] == "'self'"
        assert headers["X-Frame-Options"] == "DENY" and headers["X-Content-Type-Options"] == "nosniff"
        secret = address.startswith("/drafts/")  # the address lets its reader in, so that it is sent nowhere
        assert headers["Referrer-Policy"] == ("no-referrer" if secret else "same-origin")
        assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "geolocation=()" in headers["Permissions-Policy"] and "camera=()" in headers["Permissions-Policy"]


BY_SIGNED_ADDRESS = {"discussions:mail-stop"}  # from a mail program, without a cookie: the address itself is the proof


@pytest.mark.parametrize("name", sorted(WRITE.keys() - BY_SIGNED_ADDRESS))
def test_no_write_is_taken_without_the_browsers_token(name, learner, educator, course):
    for person in (None, learner, educator):
        strict = Client(enforce_csrf_checks=True)
        if person:
            strict.force_login(person)
        assert strict.post(filled(WRITE[name][0])).status_code == 403


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example/", "https:evil.example", "javascript:alert(1)", "\thttps://evil.example"],
)  # fmt: skip
def test_nobody_is_led_away_by_an_address_in_an_address(elsewhere, learner, course):
    def leads(response) -> str:
        return response.headers.get("Location", "")

    client = Client()
    answers = [client.post("/display/", {"next": elsewhere, "scheme": "dark"})]
    answers.append(
        client.post("/accounts/login/", {"login": "Heron", "password": factories.PASSWORD, "next": elsewhere})
    )
    answers.append(client.get("/accounts/login/", {"next": elsewhere}))
    answers.append(client.post("/accounts/logout/", {"next": elsewhere}))
    client.force_login(learner)
    answers.append(client.post("/courses/harbour/steps/one-a/done/", {"done": "1", "next": elsewhere}))
    assert len([a for a in answers if a.status_code == 302]) >= 4
    assert not [leads(a) for a in answers if "evil" in leads(a) or "script" in leads(a)]


def test_signing_in_does_not_say_who_is_here(learner, settings):
    """A wrong password and a name that nobody has get the same page, but for the name that was typed."""

    def page(name: str) -> str:
        words = Client().post("/accounts/login/", {"login": name, "password": "wrong"}).text
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", words).replace(name, "NAME")

    assert page("Heron") == page("Nobody Here")


def test_in_production_cookies_travel_only_under_tls(tmp_path):
    show = "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY,"
    show += " s.SESSION_COOKIE_SAMESITE, s.SECURE_HSTS_SECONDS >= 31536000, s.SECURE_SSL_REDIRECT, s.DEBUG)"
    run = manage("shell", "-v0", "-c", show, **SAFE, DATA_DIR=str(tmp_path))
    assert run.stdout.split() == ["True", "True", "True", "Lax", "True", "True", "False"], run.stderr


def test_templates_hold_no_script_and_no_style_of_their_own():
    """So that the policy needs no exception."""
    found = []
    for template in (ROOT / "templates").rglob("*.html"):
        words = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", template.read_text(), flags=re.S)
        scripts = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", words)
        if scripts or re.search(r"<[a-z][^>]*\s(style|on[a-z]+)=", words) or "<style" in words:
            found.append(template.name)
    assert found == []


def test_every_promise_in_the_threat_model_has_a_test_that_exists():
    words = (ROOT / "docs" / "SECURITY.md").read_text()
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", words)
    assert len(named) >= 25
    for path, test in named:
        assert (ROOT / path).exists(), path
        assert not test or f"def {test}(" in (ROOT / path).read_text(), f"{path}::{test}"
