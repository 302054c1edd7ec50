"""The shell of the site: errors, headers, compression, media."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client

ROOT = Path(__file__).parents[2]
PICTURE = "courses/x/lamp.0123456789.svg"


@pytest.fixture
def picture():
    default_storage.save(PICTURE, ContentFile(b"<svg xmlns='http://www.w3.org/2000/svg'/>" + b" " * 500))
    yield PICTURE
    default_storage.delete(PICTURE)


class TestErrors:
    def test_a_broken_page_says_so_without_the_database(self, monkeypatch, course):
        client = Client(raise_request_exception=False)

        def down(*args, **kwargs):
            raise connection.Database.OperationalError("the database is down")

        with connection.execute_wrapper(down):
            response = client.get("/courses/harbour/")
        assert response.status_code == 500
        assert "Something broke on our side" in response.text and "the database is down" not in response.text

    def test_a_request_that_cannot_be_read_is_a_400_in_our_own_look(self, course):
        client = Client(raise_request_exception=False, headers={"host": "evil.example"})
        response = client.get("/")
        assert response.status_code == 400 and "This request could not be read" in response.text

    def test_what_is_forbidden_is_a_403_in_our_own_look(self, rf):
        from harmreduction.views.errors import forbidden

        request = rf.get("/")
        request.user = __import__("django.contrib.auth.models", fromlist=["AnonymousUser"]).AnonymousUser()
        response = forbidden(request)
        assert response.status_code == 403 and "This page is not open to you" in response.text


@pytest.mark.django_db
class TestHeaders:
    @pytest.mark.parametrize(
        "address", ["/", "/courses/harbour/steps/one-a/", "/accounts/signup/", "/nowhere/", "/admin/login/"]
    )
    def test_every_page_forbids_what_it_does_not_need(self, client, course, address):
        response = client.get(address)
        policy = response["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Frame-Options"] == "DENY"

    @pytest.mark.parametrize("address", ["/", "/courses/harbour/steps/one-a/", "/accounts/signup/", "/privacy/"])
    def test_pages_have_no_inline_script_or_style_and_ask_nobody_else(self, client, course, address):
        page = client.get(address).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
        assert not re.search(r'(?:src|srcset|action)="(?:https?:)?//', page)
        assert not re.search(r'<link[^>]+href="(?:https?:)?//', page)

    def test_a_signed_in_page_is_private(self, as_learner, course):
        assert "private" in as_learner.get("/courses/harbour/outline/")["Cache-Control"]


@pytest.mark.django_db
class TestCompression:
    def test_a_page_is_compressed_for_who_can_read_it(self, client, course):
        response = client.get("/courses/harbour/", headers={"accept-encoding": "gzip, br"})
        assert response["Content-Encoding"] == "gzip" and "Accept-Encoding" in response["Vary"]
        assert "Course harbour" in gzip.decompress(response.content).decode()
        assert int(response["Content-Length"]) == len(response.content)

    def test_a_page_stays_as_it_is_for_who_cannot(self, client, course):
        response = client.get("/courses/harbour/")
        assert "Content-Encoding" not in response and "Course harbour" in response.text

    def test_a_short_answer_is_left_alone(self, client, db):
        assert "Content-Encoding" not in client.get("/display/", headers={"accept-encoding": "gzip"})


class TestMedia:
    def read(self, client: Client, name: str, **headers: str):
        response = client.get(f"/media/{name}", headers=headers)
        return response, b"".join(response.streaming_content) if response.streaming else response.content

    def test_a_file_is_served_whole_and_for_ever(self, client, picture):
        response, body = self.read(client, picture)
        assert response.status_code == 200 and len(body) == int(response["Content-Length"]) == 541
        assert response["Content-Type"] == "image/svg+xml" and "immutable" in response["Cache-Control"]
        assert "sandbox" in response["Content-Security-Policy"]

    def test_drawings_and_captions_are_compressed_and_films_are_not(self, client, picture):
        response, body = self.read(client, picture, accept_encoding="gzip")
        assert response["Content-Encoding"] == "gzip" and "Accept-Encoding" in response["Vary"]
        assert len(gzip.decompress(body)) == 541 > len(body) == int(response["Content-Length"])
        default_storage.save("film.mp4", ContentFile(b" " * 541))
        response, body = self.read(client, "film.mp4", accept_encoding="gzip")
        default_storage.delete("film.mp4")
        assert "Content-Encoding" not in response and len(body) == 541

    @pytest.mark.parametrize(
        ("wanted", "content_range", "length"),
        [
            ("bytes=0-9", "bytes 0-9/541", 10),
            ("bytes=531-", "bytes 531-540/541", 10),
            ("bytes=-5", "bytes 536-540/541", 5),
            ("bytes=0-99999", "bytes 0-540/541", 541),
        ],
    )
    def test_a_part_of_a_file_is_served(self, client, picture, wanted, content_range, length):
        response, body = self.read(client, picture, range=wanted)
        assert (response.status_code, response["Content-Range"], len(body)) == (206, content_range, length)

    @pytest.mark.parametrize("wanted", ["bytes=541-", "bytes=9999-10000", "bytes=10-5"])
    def test_a_part_outside_the_file_is_refused(self, client, picture, wanted):
        response, _ = self.read(client, picture, range=wanted)
        assert (response.status_code, response["Content-Range"]) == (416, "bytes */541")

    @pytest.mark.parametrize("wanted", ["", "bytes=-", "lines=1-2", "bytes=0-1,3-4", "bytes=x-y"])
    def test_what_is_no_single_range_gets_the_whole_file(self, client, picture, wanted):
        response, body = self.read(client, picture, range=wanted)
        assert (response.status_code, len(body)) == (200, 541)

    @pytest.mark.parametrize(
        "name",
        ["../secret_key", "..%2Fsecret_key", "courses/../../secret_key", "/etc/passwd", "nothing.svg", "courses"],
    )
    def test_nothing_outside_the_media_folder_is_served(self, client, db, name):
        assert client.get(f"/media/{name}").status_code == 404

    def test_other_files_are_downloads(self, client):
        default_storage.save("page.html", ContentFile(b"<script>alert(1)</script>"))
        response, _ = self.read(client, "page.html")
        assert response["Content-Disposition"] == "attachment" and "sandbox" in response["Content-Security-Policy"]
        default_storage.delete("page.html")


def test_every_icon_that_is_used_is_in_the_sprite_and_none_is_there_in_vain():
    sprite = set(re.findall(r'id="i-([\w-]+)"', (ROOT / "static/img/icons.svg").read_text()))
    used = {"article", "video", "discussion", "activity", "case-study", "quiz", "summary"}
    for place in ("templates", "courses", "discussions", "accounts", "harmreduction"):
        for file in (ROOT / place).rglob("*"):
            if file.suffix in {".html", ".py"}:
                text = file.read_text()
                used |= set(re.findall(r'{% icon "([\w-]+)"', text))
    assert used == sprite


def test_all_visible_words_of_templates_can_be_translated():
    """Text between tags that stands outside every translation tag, after tags, variables and comments are taken away."""
    faults = []
    for file in (ROOT / "templates").rglob("*.html"):
        if file.parts[-2] == "admin" or "admin" in file.parts:
            continue
        text = re.sub(
            r"{% comment %}.*?{% endcomment %}|{#.*?#}|{% blocktranslate.*?{% endblocktranslate %}",
            "",
            file.read_text(),
            flags=re.S,
        )
        text = re.sub(
            r"<(code|cite)\b.*?</\1>|{%.*?%}|{{.*?}}|<svg.*?</svg>|<a href=\"https.*?</a>", "", text, flags=re.S
        )
        words = re.findall(r"[A-Za-z]{3,}", re.sub(r"<[^>]*>|&\w+;", " ", text))
        if words:
            faults.append((str(file.relative_to(ROOT)), words[:5]))
    assert faults == []


def test_search_engines_are_told_what_a_page_is_about_and_which_of_its_addresses_counts(client, course, settings):
    settings.SITE_ADDRESS = "https://course.example"
    for address, counts in (
        ("/", "/courses/harbour/"),
        ("/courses/harbour/steps/one-a/?sort=oldest", "/courses/harbour/steps/one-a/"),
    ):
        page = client.get(address).text
        assert f'<link rel="canonical" href="https://course.example{counts}">' in page
    for address in (
        "/",
        "/courses/harbour/outline/",
        "/courses/harbour/steps/one-a/",
        "/accounts/signup/",
        "/support/",
    ):
        response = client.get(address)
        assert "X-Robots-Tag" not in response and "noindex" not in response.text
        assert re.search(r'<meta name="description" content="[^"]{5,}">', response.text), address
    assert client.get("/robots.txt").text.splitlines() == ["User-agent: *", "Disallow: /*?"]


def test_a_page_names_no_canonical_address_where_the_site_has_no_public_one(client, course):
    assert "canonical" not in client.get("/").text
