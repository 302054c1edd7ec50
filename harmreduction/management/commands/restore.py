"""Bring a backup back, into a new place, and make sure it is what was put in."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from harmreduction import backups


class Command(BaseCommand):
    help = "Brings a backup back into an empty DATA_DIR and database (as the settings name them), and compares."
    requires_system_checks = []  # there is no database yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = backups.restore(options["file"])
        except backups.Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            raise CommandError(f"The backup could not be brought back: {error}") from error
        rows, media = sum(found.rows.values()), sum(name.startswith(backups.MEDIA) for name in found.files)
        self.stdout.write(
            f"Brought back and compared: {rows} rows in {len(found.rows)} tables, {media} media files, as of {found.made_at}.\n"
            "Next: manage.py migrate (if this is a newer version), then start the site. Sessions are as they were; "
            "`manage.py doctor` looks the whole over."
        )
