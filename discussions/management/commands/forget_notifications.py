"""Delete notifications that are older than 30 days; run it once a day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from discussions import notifications


class Command(BaseCommand):
    help = "Deletes notifications, and notes of what was sent by e-mail, that are older than 30 days."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Forgot {notifications.forget_old()} notifications.")
