"""Render every course, step and comment again from its source; for when the rules of rendering changed."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from courses.content.rendering import RULES_VERSION, TooComplex
from courses.content.writing import rerender_everything
from courses.models import Step
from discussions import posting
from discussions.models import Comment


def needed() -> bool:
    """Whether anything stored was rendered by other rules than today's."""
    words = Comment.objects.filter(withdrawn_at=None)
    return any(rows.exclude(render_version=RULES_VERSION).exists() for rows in (Step.objects.all(), words))


class Command(BaseCommand):
    help = "Renders every course, step and comment again from its source, after the rules of rendering changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-needed", action="store_true", help="Only when the rules changed since.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_needed"] and not needed():
            return
        try:
            steps = rerender_everything()
        except TooComplex as error:
            raise CommandError(str(error)) from error
        comments = posting.rerender()
        self.stdout.write(f"Rendered {steps} steps and {comments} comments again.")
