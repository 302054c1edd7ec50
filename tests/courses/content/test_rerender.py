"""The command that renders everything again."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from courses.content import rendering
from courses.models import Course, Step


def test_rerender_derives_every_step_again_from_its_source(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    first = Step.objects.filter(course=course).earliest("pk")
    Step.objects.filter(pk=first.pk).update(body="Words about *surroundings*.", body_html="old", render_version=0)
    call_command("rerender")
    first.refresh_from_db()
    assert first.body_html == "<p>Words about <em>surroundings</em>.</p>"
    assert first.render_version == rendering.RULES_VERSION
    assert f"Rendered {Step.objects.count()} steps again." in capsys.readouterr().out


def test_rerender_says_when_a_source_is_too_complex(course: Course) -> None:
    Step.objects.filter(course=course).update(body="[" * 9_000)
    with pytest.raises(CommandError, match="square brackets"):
        call_command("rerender")
