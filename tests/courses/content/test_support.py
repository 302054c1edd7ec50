"""Where to turn: a file that whoever runs the site may change, and the page that shows it."""

from __future__ import annotations

import os

import pytest

from courses.content.support import read_support
from tests.courses.content.test_commands import run

SUPPORT = """\
regions:
  - name: Anywhere
    organisations:
      - name: Lamp & Line
        url: https://example.org/lamp
        note: By people who use drugs.
  - name: The coast
    organisations:
      - name: Harbour House
        url: https://example.org/harbour
"""


@pytest.fixture
def support(content):
    file = content / "support.yaml"
    file.write_text(SUPPORT)
    return file


def test_the_file_of_this_site_is_a_good_one(settings):
    regions, problems = read_support(settings.BASE_DIR / "content")

    assert problems == []
    assert len(regions) >= 8 and sum(len(region.organisations) for region in regions) > 40


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("url: https://example.org/harbour", "url: example.org", 10, "must be a web address that begins with https://"),
        ("        url: https://example.org/lamp\n", "", 4, '"url" is missing in regions.0.organisations.0'),
        ("note: By", "phone: By", 6, 'unknown field "phone"'),
        ("name: Harbour House", "name:", 9, "regions.1.organisations.0.name is empty"),
        ("regions:", "region:", 1, '"regions" is missing'),
        ("name: The coast", "name: The: coast", 7, "YAML"),
    ],
)
def test_a_mistake_is_said_with_its_line_by_check_content(support, files, old, new, line, words):
    support.write_text(SUPPORT.replace(old, new))

    _stdout, stderr, failure = run("check_content")

    assert f"content/support.yaml:{line}: " in stderr and words in stderr
    assert failure.endswith("to mend.")


def test_a_site_may_have_none(content, files):
    assert read_support(content) == ([], [])
    assert run("check_content")[1:] == ("", "")


@pytest.mark.django_db
class TestThePage:
    def test_the_local_emergency_line_stands_first_then_the_regions(self, client, support):
        page = client.get("/support/").text

        assert page.index("call your local emergency number now") < page.index("Anywhere") < page.index("The coast")
        assert '<a href="https://example.org/lamp" rel="noopener noreferrer">Lamp &amp; Line</a>' in page
        assert "By people who use drugs." in page and "search for the organisation’s name" in page

    def test_a_change_of_the_file_shows_at_once(self, client, support):
        client.get("/support/")
        support.write_text(SUPPORT.replace("Harbour House", "Quay House"))
        os.utime(support, ns=(0, 1))

        assert "Quay House" in client.get("/support/").text

    def test_a_file_with_a_mistake_lists_nobody_and_says_so_in_the_log(self, client, support, caplog):
        support.write_text(SUPPORT.replace("url: https://example.org/lamp", "url: lamp"))
        os.utime(support, ns=(0, 2))

        page = client.get("/support/").text

        assert "Harbour House" not in page and "findahelpline.com" in page
        assert "support.yaml:5: regions.0.organisations.0.url must be a web address" in caplog.text

    def test_without_the_file_there_is_still_one_place_to_turn(self, client, content):
        assert "findahelpline.com" in client.get("/support/").text
