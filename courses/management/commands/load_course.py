"""`manage.py load_course`: content files into the database, with a plan that says what becomes of each page."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courses.content import checking, files, loading
from courses.content.errors import ContentErrors


class Command(BaseCommand):
    help = "Load courses from the content folder. A course with problems is refused, and the database stays as it was."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG", help="folders of courses; without any, all courses")
        parser.add_argument("--all", action="store_true", help="all courses, as without any SLUG")
        parser.add_argument("--dry-run", action="store_true", help="only show the plan")
        parser.add_argument("--quick", action="store_true", help="skip courses whose files were the last ones loaded")

    def handle(self, *args: Any, **options: Any) -> None:
        known = {folder.name: folder for folder in files.course_folders(settings.CONTENT_DIR)}
        for slug in options["slugs"]:
            if slug not in known:
                raise CommandError(f"There is no course {slug} in {settings.CONTENT_DIR}; there are: {', '.join(known)}.")
        wanted = known.values() if options["all"] else [known[slug] for slug in options["slugs"]] or known.values()
        if options["quick"]:
            wanted = [folder for folder in wanted if not loading.is_loaded(files.digest_of(folder))]
        apart = checking.check_apart(files.read_course_documents(known.values())) if wanted else []
        for problem in apart:
            self.stderr.write(str(problem))
        if apart:
            raise CommandError("Nothing was loaded.")
        refused = [folder.name for folder in wanted if not self.load(folder, dry_run=options["dry_run"])]
        if refused:
            raise CommandError(f"Not loaded, and left in the database as they were: {', '.join(refused)}.")

    def load(self, folder: Path, *, dry_run: bool) -> bool:
        """Whether the course could be loaded; what is in the way is printed."""
        try:
            course, problems = checking.check_course(files.read_course(folder))
            if course:
                plan = loading.plan(course) if dry_run else loading.apply(course)
        except ContentErrors as error:
            course, problems = None, error.problems
        for problem in problems:
            self.stderr.write(str(problem))
        if course is None:
            return False
        self.stdout.write(f"{folder.name} (only a plan, nothing was written)" if dry_run else folder.name)
        for line in plan.lines():
            self.stdout.write(f"  {line}")
        return True
