"""An educator who is no administrator, at work in the admin: forms as a browser would send them, and what they answer."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from tests import factories

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"><path d="M0 0h40"/></svg>'
VTT = b"WEBVTT\n\n00:01.000 --> 00:04.000\nThe first words.\n"


def picture(name: str = "drawing.svg", content: bytes = SVG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/svg+xml")


def captions(name: str = "film.vtt", content: bytes = VTT) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "text/vtt")


class _Fields(HTMLParser):
    """The fields of the page's own form with what stands in them."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self._inside = False
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value if value is not None else name for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id", "").endswith("_form")
        if not self._inside:
            return
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "input" and given.get("type") in ("checkbox", "radio"):
            if "checked" in given:
                self.values[name] = given.get("value", "on")
        elif tag == "input" and given.get("type") not in ("submit", "file", "button") and "disabled" not in given:
            self.values[name] = value
        elif tag == "textarea":
            self.values[name], self._area = "", name
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.values[self._select] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data.removeprefix("\n") if not self.values[self._area] else data


def filled(client: Client, address: str) -> dict[str, Any]:
    """What a browser would send from the form at this address if nothing were changed."""
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return fields_of(response)


def fields_of(response: Any) -> dict[str, Any]:
    parser = _Fields()
    parser.feed(response.text)
    return {name: value for name, value in parser.values.items() if "__prefix__" not in name}


def send(client: Client, address: str, **changes: Any) -> Any:
    """Open the form, change some fields, send it. A field named like "figures__0__alt" is that of a part."""
    data = filled(client, address) | {name.replace("__", "-"): value for name, value in changes.items()}
    for name in list(data):
        prefix, _dash, rest = name.partition("-")
        row = rest.partition("-")[0]
        if row.isdigit() and f"{prefix}-TOTAL_FORMS" in data:
            data[f"{prefix}-TOTAL_FORMS"] = max(int(data[f"{prefix}-TOTAL_FORMS"]), int(row) + 1)
    return client.post(address, {name: value for name, value in data.items() if value is not None})


def errors(response: Any) -> dict[str, list[str]]:
    """The messages by the field they stand at; "" for those that stand at none."""
    assert response.status_code == 200, f"{response.status_code}: it was saved"
    found = {name.replace("__all__", ""): list(e) for name, e in response.context["adminform"].form.errors.items()}
    for inline in response.context["inline_admin_formsets"]:
        for i, row in enumerate(inline.formset.errors):
            found |= {f"{inline.formset.prefix}-{i}-{name}": list(e) for name, e in row.items()}
        if inline.formset.non_form_errors():
            found[inline.formset.prefix] = list(inline.formset.non_form_errors())
    for messages in found.values():
        for message in messages:
            from django.utils.html import escape

            assert escape(message) in response.text
    return found


@pytest.fixture
def editor(db: None) -> User:
    """In the group of educators, and no more than that."""
    return factories.course_writer("Ines")


@pytest.fixture
def as_editor(editor: User) -> Client:
    client = Client()
    client.force_login(editor)
    return client
