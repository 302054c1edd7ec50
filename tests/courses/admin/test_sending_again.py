"""A form of the admin that is sent by who is signed out meanwhile, or with an old token: not a word is lost, nothing is forged."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.test import Client

from courses.models import Step
from tests import factories
from tests.courses.admin.conftest import filled, picture

pytestmark = pytest.mark.django_db
WORDS = "Typed for an hour.\n\nWith \"quotes\", <b>signs</b> & 'marks', and ünïcode."
OURS = "http://testserver"


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.action = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and (given.get("action") or "").startswith("/admin/"):
            self.action = given["action"] or ""
        if tag == "input" and given.get("type") == "hidden" and self.action:
            self.fields.append((given["name"] or "", given["value"] or ""))


def handed_back(response) -> _Page:
    page = _Page()
    page.feed(response.text)
    return page


def opened(client: Client, step: Step) -> tuple[str, dict[str, str]]:
    address = f"/admin/courses/step/{step.pk}/change/"
    return address, filled(client, address) | {"body": WORDS}


def test_what_is_sent_after_the_session_ended_is_handed_back_and_can_be_sent_again(as_editor, editor, course):
    step = course.steps.get(slug="one-a")
    address, data = opened(as_editor, step)
    as_editor.logout()
    response = as_editor.post(address, {**data, "_continue": "Save", "poster": picture("poster.svg")})
    assert response.status_code == 403 and "no-store" in response["Cache-Control"]
    assert "You were logged out. Nothing is lost." in response.text and "poster.svg" in response.text
    assert "<b>signs</b>" not in response.text
    page = handed_back(response)
    assert page.action == address
    sent = dict(page.fields)
    assert sent["body"].replace("\r\n", "\n") == WORDS and sent["_continue"] == "Save"
    step.refresh_from_db()
    assert step.body != WORDS
    as_editor.force_login(editor)
    assert as_editor.post(page.action, sent).status_code == 302
    step.refresh_from_db()
    assert step.body == WORDS


def test_an_old_token_loses_nothing(editor, course):
    """Who signs in again in another tab gets a new token there; the form has the old one."""
    step = course.steps.get(slug="one-a")
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    address, data = opened(client, step)
    response = client.post(address, {**data, "csrfmiddlewaretoken": "x" * 64}, headers={"Origin": OURS})
    assert response.status_code == 403 and "one more press" in response.text
    again = dict(handed_back(response).fields)
    assert again["csrfmiddlewaretoken"] != "x" * 64
    assert client.post(address, again, headers={"Origin": OURS}).status_code == 302
    step.refresh_from_db()
    assert step.body == WORDS


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://testserver.evil.example", "http://testserver:81", None]
)
def test_words_from_another_site_get_no_button(editor, course, origin):
    step = course.steps.get(slug="one-a")
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    address, data = opened(client, step)
    data["csrfmiddlewaretoken"] = "x" * 64
    for person in ("educator", "nobody"):
        response = client.post(address, data, headers={"Origin": origin} if origin else {})
        assert response.status_code == 403, person
        assert handed_back(response).action == ""
        client.cookies.clear()


def test_passwords_and_tokens_are_not_handed_back(as_editor, client):
    response = client.post("/admin/password_change/", {"old_password": "plum", "new_password1": "pear", "note": "kept"})
    assert response.status_code == 403
    assert "plum" not in response.text and "pear" not in response.text and "kept" in response.text
    assert client.post("/admin/password_change/", {"old_password": "plum"}).status_code == 302


def test_who_is_signed_in_and_may_not_is_told_so_as_ever(client, course):
    client.force_login(factories.person("Heron"))
    step = course.steps.get(slug="one-a")
    response = client.post(f"/admin/courses/step/{step.pk}/change/", {"body": WORDS})
    assert response.status_code in (302, 403) and "Send again" not in response.text
