"""Anything, sent to every address, form and content file: there is always an answer, and what was sent is never markup in it.

Here each address gets a few odd requests, always the same; `make fuzz` sends it many, and new ones each time.
"""

from __future__ import annotations

import os
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from courses.content import checking, files
from courses.content.errors import ContentErrors
from tests import factories
from tests.courses.content.course_files import FILES, CourseFiles
from tests.whole_site.test_access import READ, WRITE, filled
from tests.whole_site.test_running import ROOT

pytestmark = pytest.mark.django_db
MARK = "<b1t3>\"'"
few = settings(
    max_examples=int(os.environ.get("FUZZ", "5")),  # make fuzz asks for more
    deadline=None,
    derandomize="FUZZ" not in os.environ,  # a change is not refused for what it did not do
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _names() -> list[str]:
    """Every name under which a form or an address of ours is asked for something."""
    found = {"page", "next", "q", "login", "password", "password1", "username", "website"}
    for room in ("accounts", "courses", "discussions", "harmreduction"):
        for file in (ROOT / room).rglob("*.py"):
            words = file.read_text()
            found |= set(re.findall(r"""\b(?:POST|GET)(?:\.get|\.getlist)?[\(\[]["'](\w+)""", words))
            found |= set(re.findall(r"^    (\w+) = (?:forms\.\w+Field|PlainText)\(", words, flags=re.M))
    for file in (ROOT / "templates").rglob("*.html"):
        found |= set(re.findall(r'\bname="(\w+)"', file.read_text()))
    return sorted(found - {"csrfmiddlewaretoken"})


odd = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.sampled_from(
        [MARK, "\0", "1", "0", "-1", "9" * 400, "²", "٣", "1e400", "NaN", "true", "[[[[[[", "1. " * 300, "\u202e", "\r\nX: y", "%00",
         "../../etc/passwd", "{{ 7*7 }}", "' OR 1=1 --", "x" * 6000, "00000000-0000-0000-0000-000000000000", "2026-02-30"]
    ),
)  # fmt: skip
sent = st.dictionaries(st.sampled_from(_names()), st.one_of(odd, st.lists(odd, max_size=3)), max_size=6)


who = st.sampled_from(["", "Heron", "Noor"])  # a visitor, a learner, an educator


def client_of(handle: str) -> Client:
    """Signed in; the person is made again if an earlier example deleted their account."""
    client = Client()
    if handle:
        person = User.objects.filter(handle=handle).first()
        if person is None:
            person = factories.educator() if handle == "Noor" else factories.person(handle)
        client.force_login(person)
    return client


def answered(response: Any) -> None:
    assert response.status_code < 500
    if not response.streaming and "text/html" in response.headers.get("Content-Type", ""):
        assert MARK[:6] not in response.text
    assert "\n" not in response.headers.get("Location", "")


@pytest.mark.parametrize("name", READ)
@few
@given(who=who, query=sent)
def test_any_question_put_to_an_address_is_answered(name, who, query, course):
    address = filled(READ[name][0])
    answered(client_of(who).get(address, query))


@pytest.mark.parametrize("name", WRITE)
@few
@given(who=who, fields=sent)
def test_any_form_sent_to_an_address_is_answered(name, who, fields, course):
    address = filled(WRITE[name][0])
    answered(client_of(who).post(address, fields))


@pytest.mark.parametrize(
    "address", [row[0] for name, row in READ.items() if name.startswith(("account_", "accounts:", "my-data"))]
)
@few
@given(who=who, fields=sent)
def test_any_form_about_an_account_is_answered(address, who, fields, course):
    address = filled(address)
    answered(client_of(who).post(address, fields))


def _routes(resolver: URLResolver, before: str = "") -> list[str]:
    found: list[str] = []
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += [] if route.startswith("admin/") else _routes(pattern, route)
        elif isinstance(pattern, URLPattern) and "<" in route:
            found.append(route)
    return found


HOLES = {
    "int": st.sampled_from(["0", "1", "9" * 18, "9" * 25, "9" * 400]),
    "slug": st.from_regex(r"\A[-a-zA-Z0-9_]{1,80}\Z"),
    "uuid": st.uuids().map(str),
    "str": odd.map(lambda s: quote(s.replace("/", "") or "x", safe="")),
    "path": odd.map(lambda s: quote(s or "x")),
}


@pytest.mark.parametrize("route", sorted(_routes(get_resolver())))
@few
@given(data=st.data())
def test_any_address_is_answered(route, data, course):
    def fill(hole: re.Match[str]) -> str:
        kind, _colon, name = hole.group(1).rpartition(":")
        known = {"course_slug": "harbour", "step_slug": "one-a"}
        if name in known and data.draw(st.booleans()):
            return known[name]
        return str(data.draw(HOLES.get(kind or "str", HOLES["str"])))

    address = "/" + re.sub(r"<([^>]+)>", fill, route)
    client = client_of(data.draw(who))
    answered(client.get(address))
    answered(client.post(address, {"on": "1", "body": "x"}))


@pytest.mark.parametrize("name", sorted(name for name in FILES if name.endswith((".md", ".yaml"))))
@few
@given(data=st.data())
def test_a_spoilt_content_file_gives_problems_with_their_place_and_never_breaks(name, data, tmp_path):
    words = FILES[name]
    lines = words.split("\n")
    for _each in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        act = data.draw(st.sampled_from(["drop", "double", "replace", "value", "indent"]))
        if act == "drop":
            lines[at] = ""
        elif act == "double":
            lines.insert(at, lines[at])
        elif act == "replace":
            lines[at] = data.draw(odd)
        elif act == "value":
            lines[at] = lines[at].partition(":")[0] + ": " + data.draw(odd)
        else:
            lines[at] = " " * data.draw(st.integers(1, 5)) + lines[at]
    course = CourseFiles(tmp_path)
    course.write(name, "\n".join(lines))
    try:
        _course, problems = checking.check_course(files.read_course(course.folder))
    except ContentErrors as error:
        problems = error.problems
    for problem in problems:
        assert problem.message and str(problem)
