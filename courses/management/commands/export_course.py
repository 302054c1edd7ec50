"""`manage.py export_course`: a course from the database into content files, so that edits made in the admin come into the files."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courses.content.errors import ContentErrors
from courses.content.export_folder import write, write_into
from courses.content.exporting import export
from courses.models import Course


class Command(BaseCommand):
    help = "Write courses from the database as content files. Edits in the files that were not loaded are never overwritten."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG", help="addresses of courses; without any, all courses")
        parser.add_argument("--to", type=Path, metavar="FOLDER", help="write there, and leave the content folder alone")
        parser.add_argument(
            "--overwrite", action="store_true", help="write over files that were edited and not loaded since"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        courses = Course.objects.all()
        if options["slugs"]:
            courses = courses.filter(slug__in=options["slugs"])
            if missing := set(options["slugs"]) - set(courses.values_list("slug", flat=True)):
                there = ", ".join(Course.objects.values_list("slug", flat=True))
                raise CommandError(f"There is no course {', '.join(sorted(missing))}; there are: {there}.")
        refused = []
        for course in courses:
            try:
                if options["to"] and options["to"].resolve() != settings.CONTENT_DIR:
                    done = write(export(course), options["to"] / course.slug)
                else:
                    done = write_into(settings.CONTENT_DIR, course, overwrite=options["overwrite"])
            except ContentErrors as error:
                for problem in error.problems:
                    self.stderr.write(str(problem))
                refused.append(course.slug)
                continue
            self.stdout.write(f"{course.slug} → {done.folder}")
            for word, paths in (("written", done.written), ("removed", done.removed)):
                for path in paths:
                    self.stdout.write(f"  {word:<8} {path}")
            if not (done.written or done.removed):
                self.stdout.write("  nothing to do")
        if refused:
            raise CommandError(f"Not written: {', '.join(refused)}.")
