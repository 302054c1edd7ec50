"""Let expire what people wrote longer ago than they want it to stay; run it once a day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from discussions import expiry


class Command(BaseCommand):
    help = "Takes text or author from comments that are older than their writers want them to stay."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Expired {expiry.expire_words()} comments.")
