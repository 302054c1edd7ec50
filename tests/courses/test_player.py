"""The page of a film: to watch, to listen to, to read; each an address of its own, complete without JavaScript."""

from __future__ import annotations

import re

import pytest
from django.core.files.base import ContentFile

from courses.content import writing
from courses.models import Caption, Step
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/courses/harbour/steps/talk/"


@pytest.fixture
def film(course) -> Step:
    step = factories.step(
        course.topics.first(), "talk", kind="video", script="Hello.\n\nGood bye.", synthetic_voice=True, fresh=False
    )
    step.film.save("talk.mp4", ContentFile(b"f" * 2_000_000), save=False)
    step.audio.save("talk.m4a", ContentFile(b"a" * 500_000), save=False)
    step.poster.save("talk.jpg", ContentFile(b"p"), save=False)
    step.save()
    caption = Caption(step=step, language="en", label="English", cues=[[0.0, "Hello."], [61.4, "Good bye."]])
    caption.file.save("talk.en.vtt", ContentFile(b"WEBVTT"), save=True)
    writing.refresh(course, rendered=[step])
    yield step
    for file in (step.film, step.audio, step.poster, caption.file):
        file.delete(save=False)


def test_the_film_plays_in_the_browsers_own_player_with_captions_and_sizes(client, film):
    page = client.get(ADDRESS).text
    assert re.search(
        r'<video controls preload="none" playsinline aria-label="[^"]+" poster="[^"]+" src="/media/[^"#]+\.mp4">', page
    )
    assert '<track kind="captions"' in page and 'srclang="en"' in page
    assert "1.9\xa0MB" in page and "488.3\xa0KB" in page and "15\xa0bytes" in page
    assert "read by a machine" in page and "<audio" not in page


def test_listening_and_reading_are_addresses_of_their_own(client, film):
    sound = client.get(f"{ADDRESS}?as=sound").text
    assert "<audio controls" in sound and "<video" not in sound and "Good bye." in sound
    text = client.get(f"{ADDRESS}?as=text").text
    assert "<audio" not in text and "<video" not in text and "Good bye." in text and "player.js" not in text


def test_each_line_of_the_transcript_is_a_link_to_its_moment(client, film):
    assert f'href="{ADDRESS}?t=61#player"' in client.get(ADDRESS).text
    assert ".mp4#t=61" in client.get(f"{ADDRESS}?t=61").text
    assert ".m4a#t=61" in client.get(f"{ADDRESS}?as=sound&t=61").text


@pytest.mark.parametrize("query", ["t=-1", "t=x", 't="><script>', "t=999999999", "as=nonsense", "as=", "t=٣"])
def test_nonsense_in_the_address_shows_the_film_from_the_start(client, film, query):
    page = client.get(f"{ADDRESS}?{query}").text
    assert "<video" in page and "#t=" not in page and "<script>" not in page


def test_low_data_reads_first_and_loads_neither_film_nor_poster(client, film):
    client.cookies["low_data"] = "1"
    page = client.get(ADDRESS).text
    assert "<video" not in page and "Good bye." in page
    asked = client.get(f"{ADDRESS}?as=film").text
    assert '<video controls preload="none"' in asked and "poster=" not in asked


def test_the_film_page_costs_what_another_step_costs(client, film, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        client.get(ADDRESS)
