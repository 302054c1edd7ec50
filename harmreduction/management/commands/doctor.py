"""Look a running installation over, and say how to mend what is found."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from harmreduction.examining import BAD, ODD, examine

SIGNS = {BAD: "✗", ODD: "!"}


class Command(BaseCommand):
    help = "Looks at settings, database, cache, storage, mail, TLS, clock, disk, duties and workers; ends with 1 when something is bad."
    requires_system_checks = []  # they are part of what is looked at

    def handle(self, *args: Any, **options: Any) -> None:
        bad = 0
        for name, finding in examine():
            bad += finding.state == BAD
            self.stdout.write(f"{SIGNS.get(finding.state, '✓')} {name:<10} {finding.what}")
            if finding.mend and finding.state in SIGNS:
                self.stdout.write(f"  {'':<10} → {finding.mend}")
        if bad:
            self.stdout.write(f"\n{bad} to mend.")
            sys.exit(1)
        self.stdout.write("\nAll is well.")
