"""The command that renders everything again."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from courses.content import rendering
from courses.models import Course, Step
from discussions.models import Comment
from tests import factories


def test_rerender_derives_every_step_again_from_its_source(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    first = Step.objects.filter(course=course).earliest("pk")
    Step.objects.filter(pk=first.pk).update(body="Words about *surroundings*.", body_html="old", render_version=0)
    call_command("rerender")
    first.refresh_from_db()
    assert first.body_html == "<p>Words about <em>surroundings</em>.</p>"
    assert first.render_version == rendering.RULES_VERSION
    assert f"Rendered {Step.objects.count()} steps and 0 comments again." in capsys.readouterr().out


def test_rerender_derives_comments_again_and_shows_them_at_once(course: Course, client: Client) -> None:
    step = Step.objects.get(slug="one-a")
    comment = factories.comment(step, body="Worth *saying*.")
    Comment.objects.update(body_html="<p>old</p>", render_version=0)
    call_command("rerender", if_needed=True, stdout=StringIO())
    comment.refresh_from_db()
    assert comment.body_html == "<p>Worth <em>saying</em>.</p>"
    assert "Worth <em>saying</em>." in client.get(step.get_absolute_url()).text


def test_rerender_if_needed_leaves_what_is_up_to_date_alone(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    version = course.version
    call_command("rerender", if_needed=True)
    course.refresh_from_db()
    assert course.version == version
    assert capsys.readouterr().out == ""


def test_rerender_says_when_a_source_is_too_complex(course: Course) -> None:
    Step.objects.filter(course=course).update(body="[" * 9_000)
    with pytest.raises(CommandError, match="square brackets"):
        call_command("rerender")
