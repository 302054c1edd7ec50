"""`manage.py check_content`: everything that is wrong with the content files, or one line for each course that is ready.

Beside what is wrong it warns of words that had better be others, of lengths, of sources named in two ways, and of marks that would be
shown as they were typed; a warning keeps nothing from being loaded.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courses.content import checking, files
from courses.content.errors import ContentErrors
from courses.content.folders import course_folders
from courses.content.language import language_warnings
from courses.content.lengths import length_warnings
from courses.content.misreading import misread_warnings
from courses.content.naming import naming_warnings
from courses.content.support import read_support


class Command(BaseCommand):
    help = "Check content files. Prints every problem as path:line: what is wrong and how to mend it."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folders", nargs="*", metavar="FOLDER", help="folders of courses; without any, all courses")

    def handle(self, *args: Any, **options: Any) -> None:
        folders = [self.folder(name) for name in options["folders"]] or course_folders(settings.CONTENT_DIR)
        problems = [] if options["folders"] else read_support(Path(settings.CONTENT_DIR))[1]
        for folder in folders:
            try:
                source = files.read_course(folder)
                course, found = checking.check_course(source)
                warnings = language_warnings(source) + length_warnings(source) + naming_warnings(source)
                for warning in sorted(warnings + misread_warnings(source)):
                    self.stderr.write(f"{warning.path}:{warning.line}: warning: {warning.message}")
            except ContentErrors as error:
                course, found = None, error.problems
            problems += found
            if course:
                self.stdout.write(course.summary())
        problems += checking.check_apart(files.read_course_documents(folders))
        for problem in problems:
            self.stderr.write(str(problem))
        if problems:
            raise CommandError(f"{len(problems)} to mend.")
        if not folders:
            raise CommandError(f"There is no course in {settings.CONTENT_DIR}.")

    def folder(self, name: str) -> Path:
        """A folder by its path, or by its name inside the content folder."""
        folder = Path(name) if Path(name).is_dir() else Path(settings.CONTENT_DIR, name)
        if not folder.is_dir():
            raise CommandError(f"There is no folder {name}, neither here nor in {settings.CONTENT_DIR}.")
        return folder.resolve()
