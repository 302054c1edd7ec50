"""Write everything the site keeps into one file, while it runs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from harmreduction import backups


class Command(BaseCommand):
    help = (
        "Writes the database and the media into one file that only you can read; the site may go on. See also: restore."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, help="A new file; without it, one named by the time in DATA_DIR/backups."
        )
        parser.add_argument(
            "--with-keys",
            action="store_true",
            help="The site's keys too. Who has that file can sign as the site: keep it apart, and encrypted.",
        )
        parser.add_argument("--without-media", action="store_true", help="For a bucket that keeps its own versions.")

    def handle(self, *args: Any, **options: Any) -> None:
        moment = timezone.now().strftime("%Y-%m-%dT%H-%M-%SZ")
        path = options["file"] or settings.DATA_DIR / "backups" / f"course-{moment}.tar"
        try:
            made = backups.make(path, with_keys=options["with_keys"], with_media=not options["without_media"])
        except backups.Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            raise CommandError(f"The backup could not be written: {error}") from error
        rows, media = sum(made.rows.values()), sum(name.startswith(backups.MEDIA) for name in made.files)
        size = path.stat().st_size
        self.stdout.write(f"{path}: {rows} rows in {len(made.rows)} tables, {media} media files, {size / 1e6:.1f} MB.")
        if not made.with_keys:
            self.stdout.write(
                "The site's keys are not in it; keep a copy of SECRET_KEY and of DATA_DIR's key files apart."
            )
