"""Files and admin, for who has no terminal: a course as a ZIP, a ZIP looked at and loaded, and the choice where both sides were edited.

Nothing is loaded before its plan was shown. An uploaded ZIP waits in a folder of its own, under a number that only the page knows, and
goes with the next upload after a day.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import unified_diff
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.admin.pages import OwnPagesAdmin
from courses.content import archives, checking, files, loading
from courses.content.checking import CheckedCourse
from courses.content.errors import ContentErrors, Problem
from courses.content.export_folder import folder_of, in_step, write_into
from courses.content.exporting import export
from courses.content.folders import course_folders
from courses.content.merging import Choices, Side
from courses.content.planning import Plan, RowPlan
from courses.models import Course

LARGEST_ZIP = 200_000_000  # bytes
KEPT = 24 * 3600  # seconds that an uploaded ZIP waits to be loaded
CHOICE = "choose-"  # + the id of what both sides edited


class FilesAdmin(OwnPagesAdmin):
    """Adds the pages about files to the admin of courses."""

    change_list_template = "admin/courses/course_list.html"
    change_form_template = "admin/courses/course_change.html"

    def get_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, Any, str]] = [
            ("upload/", require_http_methods(["GET", "HEAD", "POST"])(self.upload_view), "upload"),
            ("upload/<uuid:number>/", require_http_methods(["GET", "HEAD", "POST"])(self.uploaded_view), "uploaded"),
            ("<int:pk>/zip/", require_safe(self.zip_view), "zip"),
            ("<int:pk>/files/", require_http_methods(["GET", "HEAD", "POST"])(self.files_view), "files"),
        ]
        own = [
            path(route, self.admin_site.admin_view(view), name=f"courses_course_{name}") for route, view, name in pages
        ]
        return [*own, *super().get_urls()]

    def zip_view(self, request: HttpRequest, pk: int) -> Any:
        """The course as one ZIP file, as `manage.py export_course` would write it."""
        course: Course = self.row_to_see(request, pk)
        packed = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        try:
            archives.pack(export(course), packed)
        except ContentErrors as error:
            packed.close()
            return self._problems(request, course.title, error.problems)
        packed.seek(0)
        return FileResponse(packed, as_attachment=True, filename=f"{course.slug}.zip", content_type="application/zip")

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """Take a ZIP, and keep it until its plan was looked at. What is wrong with it is said with file and line."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self.own_page(request, "upload", _("Load a course from a ZIP file"), {})
        sent = request.FILES.get("zip")
        if not isinstance(sent, UploadedFile) or not sent.size:
            wrong = [Problem(_("ZIP file"), 1, _("was not chosen; choose the file of a course"))]
            return self._problems(request, _("Load a course from a ZIP file"), wrong)
        name = Path(sent.name or "course.zip").name
        if sent.size > LARGEST_ZIP:
            words = _("is larger than %(most)d MB; leave films out, and put them in their place on the server")
            return self._problems(request, name, [Problem(name, 1, words % {"most": LARGEST_ZIP // 1_000_000})])
        number = uuid4()
        kept = _waiting_room() / f"{number}.zip"
        with kept.open("wb") as target:
            for chunk in sent.chunks():
                target.write(chunk)
        try:
            with _unpacked(kept, name) as folder:
                self._theirs(request, _checked(folder))
        except ContentErrors as error:
            kept.unlink(missing_ok=True)
            return self._problems(request, name, error.problems)
        return HttpResponseRedirect(reverse("admin:courses_course_uploaded", args=[number]))

    def uploaded_view(self, request: HttpRequest, number: UUID) -> HttpResponse:
        """What loading an uploaded ZIP would do; and the loading."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        kept = _waiting_room() / f"{number}.zip"
        if not kept.is_file():
            raise Http404
        try:
            with _unpacked(kept, kept.name) as folder:
                return self._plan_or_load(request, self._theirs(request, _checked(folder)), kept)
        except ContentErrors as error:
            return self._problems(request, _("This ZIP file cannot be loaded now"), error.problems)

    def files_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How the content files on the server and the admin differ; the choice between them; and writing the files."""
        course: Course = self.row_to_see(request, pk)
        if not self.has_change_permission(request, course):
            raise PermissionDenied
        try:
            if request.method == "POST" and "write" in request.POST:
                done = write_into(settings.CONTENT_DIR, course)
                words = _("Written into the files: %(written)d, taken away: %(removed)d.")
                counts = {"written": len(done.written), "removed": len(done.removed)}
                self.message_user(request, words % counts, messages.SUCCESS)
                return HttpResponseRedirect(request.path)
            folder = folder_of(settings.CONTENT_DIR, course)
            if folder is None:
                return self.own_page(
                    request, "no_files", _("Files of “%(title)s”") % {"title": course.title}, {"course": course}
                )
            return self._plan_or_load(request, _checked(folder), None, course)
        except ContentErrors as error:
            return self._problems(request, _("Files of “%(title)s”") % {"title": course.title}, error.problems)

    def _plan_or_load(
        self, request: HttpRequest, checked: CheckedCourse, kept: Path | None, course: Course | None = None
    ) -> HttpResponse:
        choices = choices_in(request.POST)
        if request.method == "POST":
            done = _load(checked, choices, uploaded=kept is not None, by=request.user)
            row = Course.objects.get(uid=checked.document.id)
            self.log_change(request, row, _("Loaded from files."))
            if kept:
                kept.unlink(missing_ok=True)
            left = len(done.conflicts)
            words = _("Loaded. %(left)d places are left to choose.") if left else _("Loaded.")
            self.message_user(request, words % {"left": left}, messages.WARNING if left else messages.SUCCESS)
            address = reverse("admin:courses_course_change", args=[row.pk])
            return HttpResponseRedirect(request.path if course else address)
        plan = loading.plan(checked, choices)
        context = {"plan": plan, "lines": _told(plan), "conflicts": conflicts_of(plan), "course": course}
        return self.own_page(request, "plan", checked.document.title, context)

    def _theirs(self, request: HttpRequest, checked: CheckedCourse) -> CheckedCourse:
        """The checked course, if this person may load it: a new one, or one that they write. Raises ContentErrors."""
        row = Course.objects.filter(uid=checked.document.id).first()
        if self.has_change_permission(request, row) if row else self.has_add_permission(request):
            return checked
        words = _("“%(id)s” is not the id of a course that you write; an administrator can load it")
        raise ContentErrors([Problem("course.yaml", 1, words % {"id": checked.document.id}, "id")])

    def _problems(self, request: HttpRequest, title: str, problems: list[Problem]) -> HttpResponse:
        return self.own_page(request, "problems", title, {"problems": problems}, status=422)


def _load(checked: CheckedCourse, choices: Choices, *, uploaded: bool, by: Any) -> Plan:
    """Load a course. One that came as a ZIP and has files on the server is written into these too: else they would take it back.

    Raises ContentErrors when something in those files waits to be loaded.
    """
    row = Course.objects.filter(uid=checked.document.id).first()
    has_files = row is not None and folder_of(settings.CONTENT_DIR, row) is not None
    if uploaded and row and not in_step(settings.CONTENT_DIR, row):
        words = _("has files on the server that were edited and not loaded; load those first, under “Files”")
        raise ContentErrors([Problem(row.slug, 1, words)])
    done = loading.apply(checked, choices, by=by)
    if uploaded and row and has_files:
        row.refresh_from_db()
        write_into(settings.CONTENT_DIR, row, overwrite=True)
    return done


def choices_in(sent: Any) -> Choices:
    """What was chosen on the plan's page: "choose-<id>" is "files" or "admin"; anything else is no choice yet."""
    sides: dict[str, Side] = {"files": "files", "admin": "admin"}
    chosen = {
        key.removeprefix(CHOICE): sides[value]
        for key, value in sent.items()
        if key.startswith(CHOICE) and value in sides
    }
    return Choices(None, chosen)


def conflicts_of(plan: Plan) -> list[tuple[RowPlan, list[tuple[str, str]]]]:
    """Each row that both sides edited, with its fields and how they differ, line by line."""
    return [(row, [(name, _difference(row, name)) for name in row.conflicts]) for row in plan.conflicts]


def _difference(row: RowPlan, name: str) -> str:
    here, there = _lines(row.stored[name]), _lines(row.wanted[name])
    return "\n".join(list(unified_diff(here, there, lineterm="", n=2))[2:])


def _lines(value: Any) -> list[str]:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    return text.split("\n")


def _told(plan: Plan) -> list[str]:
    """The plan in words, without the conflicts, which have a place of their own."""
    return [line for line in plan.lines() if not line.startswith(("conflict", " "))]


def _checked(folder: Path) -> CheckedCourse:
    apart = [f for f in course_folders(settings.CONTENT_DIR) if f.name != folder.name]
    course, problems = checking.check_course(files.read_course(folder))
    problems = [*problems, *checking.check_apart(files.read_course_documents([folder, *apart]))]
    if course is None or problems:
        raise ContentErrors(problems)
    return course


def _waiting_room() -> Path:
    """Where uploads wait; those that waited too long go."""
    room = Path(settings.DATA_DIR) / "uploads"
    room.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in room.glob("*.zip"):
        if time.time() - old.stat().st_mtime > KEPT:
            old.unlink(missing_ok=True)
    return room


@contextmanager
def _unpacked(kept: Path, name: str) -> Iterator[Path]:
    """The course's folder, in a place that goes afterwards whatever happens. Raises ContentErrors."""
    place = Path(tempfile.mkdtemp())
    try:
        with kept.open("rb") as stream:
            yield archives.unpack(stream, name, place)
    finally:
        shutil.rmtree(place, ignore_errors=True)
