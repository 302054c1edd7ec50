"""Render every step and course again from its source; for when the rules of rendering changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from courses.content.rendering import TooComplex
from courses.content.writing import rerender_everything


class Command(BaseCommand):
    help = "Renders every step and course again from its source, after the rules of rendering changed."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = rerender_everything()
        except TooComplex as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS(f"Rendered {count} steps again."))
