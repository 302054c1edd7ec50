"""Send the e-mails about notifications that are due; run it every few minutes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from discussions import mailing


class Command(BaseCommand):
    help = "Sends the e-mails that are due: at once, daily, weekly. Each goes once, also when two run at the same time."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Sent {mailing.send_due()} e-mails.")
