"""Counts every course anew and keeps the numbers for the educators' pages."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from harmreduction.numbers import rebuild


class Command(BaseCommand):
    help = "Count how the courses go, and keep the numbers for the educators' pages."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rebuild()} courses counted.")
