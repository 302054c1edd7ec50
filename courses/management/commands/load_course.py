"""`manage.py load_course`: content files into the database, with a plan that says what becomes of each page."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courses.content.folders import course_folders, digest_of
from courses.content.merging import Choices, Side
from courses.models import Course


def choices_of(options: Mapping[str, Any]) -> Choices:
    """What --ours and --theirs say. Raises CommandError when they contradict each other."""
    by_uid: dict[str, Side] = {}
    for_all: list[Side] = []
    sides: list[tuple[str, Side]] = [("ours", "admin"), ("theirs", "files")]
    for name, side in sides:
        asked = options.get(name)
        if asked == []:
            for_all.append(side)
        for uid in asked or []:
            if by_uid.setdefault(uid, side) != side:
                raise CommandError(f"{uid} stands behind --ours and behind --theirs; choose one.")
    if len(for_all) == 2:
        raise CommandError("Both --ours and --theirs are for all; name the ids for one of them.")
    return Choices(for_all[0] if for_all else None, by_uid)


def _name_of(slug: str) -> str:
    """The name of a course's folder, which may be given as its path in the content folder too."""
    path = Path(slug).resolve()
    return path.name if path.parent == settings.CONTENT_DIR else slug.rstrip("/")


class Command(BaseCommand):
    help = "Load courses from the content folder. A course with problems is refused, and the database stays as it was."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG", help="folders of courses; without any, all courses")
        parser.add_argument("--all", action="store_true", help="all courses, as without any SLUG")
        parser.add_argument("--dry-run", action="store_true", help="only show the plan")
        for name, words in (
            ("ours", "where both were edited, keep what the admin has"),
            ("theirs", "where both were edited, take what the files have"),
        ):
            parser.add_argument(
                f"--{name}",
                nargs="*",
                metavar="ID",
                help=f"{words}: for the steps (or the course, weeks, topics) with these ids, without any for all",
            )
        parser.add_argument("--quick", action="store_true", help="skip courses whose files were the last ones loaded")

    def handle(self, *args: Any, **options: Any) -> None:
        known = {folder.name: folder for folder in course_folders(settings.CONTENT_DIR)}
        slugs = [_name_of(slug) for slug in options["slugs"]]
        for slug in slugs:
            if slug not in known:
                raise CommandError(
                    f"There is no course {slug} in {settings.CONTENT_DIR}; there are: {', '.join(known)}."
                )
        wanted = known.values() if options["all"] else [known[slug] for slug in slugs] or known.values()
        if options["quick"]:
            loaded = {said.get("digest") for said in Course.objects.values_list("loaded", flat=True)}
            wanted = [folder for folder in wanted if digest_of(folder) not in loaded]
        if wanted:
            self.load(list(wanted), list(known.values()), choices_of(options), dry_run=options["dry_run"])

    def load(self, folders: list[Path], known: list[Path], choices: Choices, *, dry_run: bool) -> None:
        # Imported here, because a quick start with nothing to load is quick only without them.
        from courses.content import checking, files, loading
        from courses.content.errors import ContentErrors

        apart = checking.check_apart(files.read_course_documents(known))
        self.report(apart)
        if apart:
            raise CommandError("Nothing was loaded.")
        refused = []
        met: set[str] = set()
        for folder in folders:
            try:
                course, problems = checking.check_course(files.read_course(folder))
                if course:
                    plan = loading.plan(course, choices) if dry_run else loading.apply(course, choices)
            except ContentErrors as error:
                course, problems = None, error.problems
            self.report(problems)
            if course is None:
                refused.append(folder.name)
                continue
            self.stdout.write(f"{folder.name}, only a plan, nothing was written" if dry_run else folder.name)
            for line in plan.lines():
                self.stdout.write(f"  {line}")
            met.update(row.uid for row in plan.rows)
        if refused:
            raise CommandError(f"Not loaded, and left in the database as they were: {', '.join(refused)}.")
        if nowhere := choices.by_uid.keys() - met:
            raise CommandError(f"Nothing was chosen for {', '.join(sorted(nowhere))}: no page has this id.")

    def report(self, problems: Iterable[object]) -> None:
        for problem in problems:
            self.stderr.write(str(problem))
