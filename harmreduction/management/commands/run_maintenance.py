"""Do what is due: for cron or a timer, every few minutes; or again and again, beside the embedded site."""

from __future__ import annotations

import logging
import os
import time
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from harmreduction import maintenance

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Does what is due: forgets what expired, sends what is to be sent. Run it every five minutes from cron or a timer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("duty", nargs="*", help="Only these, due or not.")
        parser.add_argument("--all", action="store_true", help="All, due or not.")
        parser.add_argument("--list", action="store_true", help="Name the duties that are due, and do nothing.")

        parser.add_argument(
            "--every",
            type=float,
            metavar="SECONDS",
            help="Again and again, until the process that started this one is gone.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["every"]:
            with suppress(KeyboardInterrupt):  # Ctrl-C ends the site and this with it
                self.again_and_again(options["every"])
            return
        known = {duty.name: duty for duty in maintenance.DUTIES}
        if unknown := [name for name in options["duty"] if name not in known]:
            raise CommandError(f"There is no duty {unknown[0]!r}. There are: {', '.join(known)}.")
        chosen = [known[name] for name in options["duty"]] or (
            list(known.values()) if options["all"] else maintenance.due()
        )
        if options["list"]:
            for duty in chosen:
                self.stdout.write(duty.name)
            return
        asked = bool(options["duty"] or options["all"])
        if failed := [duty.name for duty in chosen if not maintenance.perform(duty, due_or_not=asked)]:
            raise CommandError(
                f"Failed: {', '.join(failed)}. What went wrong stands in the log and in the admin, under Duties."
            )

    def again_and_again(self, pause: float) -> None:
        """What the embedded site does, which has no timer. Whatever happens, the next round is tried."""
        parent = os.getppid()
        while os.getppid() == parent:
            close_old_connections()
            try:
                for duty in maintenance.due():
                    maintenance.perform(duty)
            except Exception:  # the database may be away for a while
                logger.exception("maintenance could not be done")
            slept = 0.0
            while slept < pause and os.getppid() == parent:
                time.sleep(min(1.0, pause))
                slept += 1
