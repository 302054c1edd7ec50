"""Make the embedded site ready and serve it: what `make run` and `make dev` do once Python has its libraries."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from accounts.invitations import first_educator_needed
from accounts.models import Invitation
from harmreduction import env


class Command(BaseCommand):
    help = "Migrates the database, loads what changed in the content files, prints the address, and serves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--dev", action="store_true", help="Django's own server, with autoreload and debug pages.")
        parser.add_argument("--prepare-only", action="store_true", help="Make everything ready, but do not serve.")

    def handle(self, **options: Any) -> None:
        host, port = options["host"], options["port"]
        # Django's autoreloader starts this command twice; the second time all is ready.
        if not os.environ.get("RUN_MAIN"):
            self.prepare()
            self.say_where(host, port)
        if options["prepare_only"]:
            return
        if options["dev"]:
            call_command("runserver", f"{host}:{port}")
            return
        self.stdout.flush()
        # What is due (harmreduction.maintenance) is done beside the site; this process becomes the server, and its end is theirs.
        beside = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_maintenance", "--every", "60"]
        subprocess.Popen(beside)  # noqa: S603 - our own command
        # WSGI, two processes: sync views gain nothing from async, and one process may be busy while the other answers.
        arguments = ["granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "2"]
        arguments += ["--blocking-threads", "2", "--no-ws", "--no-access-log", "--log-level", "warning"]
        arguments += ["--respawn-failed-workers", "--respawn-interval", "0.5"]  # one that was killed is replaced
        arguments += ["--backpressure", "128", "harmreduction.wsgi:application"]
        os.execv(sys.executable, [sys.executable, "-m", *arguments])  # noqa: S606 - our own interpreter

    def prepare(self) -> None:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        if not settings.DEBUG:
            self.collect_static()
        call_command("rerender", if_needed=True, stdout=self.stdout)
        try:
            call_command("load_course", quick=True, stdout=self.stdout, stderr=self.stderr)
        except CommandError as error:
            # The site still serves what was loaded before; a mistake in a text must not close it.
            self.stderr.write(f"{error}\nThe course files have errors (above): what was loaded before is served.")

    def collect_static(self) -> None:
        """Fingerprint and compress static files, only when one of them changed."""
        stamp = Path(settings.STATIC_ROOT) / ".stamp"
        files = sorted(p for d in settings.STATICFILES_DIRS for p in Path(d).rglob("*") if p.is_file())
        states = "".join(f"{p}:{p.stat().st_mtime_ns}:{p.stat().st_size}\n" for p in files)
        digest = hashlib.sha256(states.encode()).hexdigest()
        if stamp.exists() and stamp.read_text() == digest:
            return
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(digest)

    def say_where(self, host: str, port: int) -> None:
        shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
        address = (
            env.text("SITE_ADDRESS").rstrip("/") or f"http://{shown}:{port}"
        )  # as it is reached from outside, if told
        self.stdout.write(f"\n  The site:  {address}/")
        if first_educator_needed():
            link = reverse("accounts:educator", args=[Invitation.issue()])
            self.stdout.write(
                f"  Make the first educator's account (works once, within 7 days):\n             {address}{link}"
            )
        self.stdout.write("  Stop with Ctrl-C.\n")
