"""Lists every stored field about people: why it is kept, for how long, and in how many rows. Fails when one has no reason."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from harmreduction.privacy import KEPT, unexplained


class Command(BaseCommand):
    help = "List every stored field about people with why it is kept and for how long; fail when one has no reason."

    def handle(self, *args: Any, **options: Any) -> None:
        counted: dict[str, int] = {}
        for label, (why, how_long) in KEPT.items():
            model = ".".join(label.split(".")[:2])
            if model not in counted:
                counted[model] = apps.get_model(model)._default_manager.count()
                self.stdout.write(f"\n{model} ({counted[model]} rows)")
            field = label.removeprefix(model).lstrip(".") or "all of it"
            self.stdout.write(f"  {field}: {why}. Kept: {how_long}.")
        if missing := unexplained():
            raise CommandError(
                "Kept about people without a reason: "
                + ", ".join(missing)
                + ". Say why and how long in the app's privacy.py."
            )
