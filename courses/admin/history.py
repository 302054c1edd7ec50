"""The history of a course, week, topic or step in the admin: who changed what and when, any two versions compared, one brought back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import whole_number
from courses import history, restoring
from courses.admin.differences import difference, label
from courses.admin.pages import OwnPagesAdmin
from courses.content.errors import ContentErrors
from courses.models import Revision

ON_A_PAGE = 50
NOW = "now"  # in the place of a version's number: the row as it is


class HistoryAdmin(OwnPagesAdmin):
    """A ModelAdmin that keeps each saved change, and shows what was kept."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            recording = history.Recording([obj], by=request.user, source=history.Source.ADMIN)
            request.recording = recording  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change:
            request.recording.write()  # type: ignore[attr-defined]
        else:
            history.record_new(form.instance, by=request.user)

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        version = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.version_view))
        compare = self.admin_site.admin_view(require_safe(self.compare_view))
        return [
            path("<int:pk>/history/compare/", compare, name=f"{name}_compare"),
            path("<int:pk>/history/<int:number>/", version, name=f"{name}_version"),
            *super().get_urls(),
        ]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The versions that were kept, the newest first, with the fields that changed in each."""
        row = self.row_to_see(request, whole_number(unquote(object_id)))
        kept = history.revisions_of(row).select_related("author").defer("fields")
        pages = Paginator(kept, ON_A_PAGE)
        page = pages.get_page(request.GET.get("p"))
        shown = [(revision, [label(name) for name in revision.changed]) for revision in page]
        return self._history_page(request, "history", row, {"page": page, "shown": shown})

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Two versions beside each other (?from=…&to=…): how each field differs."""
        row = self.row_to_see(request, pk)
        sides = [self._version(row, request.GET.get(name, "")) for name in ("from", "to")]
        (older, before), (newer, after) = sides
        names = history.differing(before, after)
        fields = [(label(name), difference(before[name], after[name])) for name in names]
        return self._history_page(request, "compare", row, {"older": older, "newer": newer, "fields": fields})

    def version_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """What one change did; how the version differs from what stands there now; and bringing back what one chooses of it."""
        row = self.row_to_see(request, pk)
        revision = get_object_or_404(history.revisions_of(row).select_related("author"), pk=number)
        problems: Any = []
        if request.method == "POST":
            if not self.has_change_permission(request, row):
                raise PermissionDenied
            wanted = request.POST.getlist("field")
            try:
                done = restoring.restore(row=row, revision=revision, fields=wanted, by=request.user)
            except ContentErrors as error:
                problems = error.problems
            else:
                return self._restored(request, row, revision, done)
        before = history.revisions_of(row).filter(pk__lt=revision.pk).values_list("fields", flat=True).first() or {}
        changed = [(label(n), difference(before.get(n), revision.fields[n])) for n in revision.changed]
        now = history.fields_of(row)
        chosen = set(request.POST.getlist("field"))
        back = [
            (n, label(n), difference(now[n], revision.fields[n]), n in (chosen or _expected(revision)))
            for n in restoring.restorable(now, revision)
        ]
        context = {"revision": revision, "changed": changed, "back": back, "problems": problems}
        context["may_restore"] = self.has_change_permission(request, row)
        return self._history_page(request, "version", row, context, status=422 if problems else 200)

    def _restored(self, request: HttpRequest, row: Any, revision: Revision, done: list[str]) -> HttpResponse:
        if not done:
            self.message_user(request, _("Nothing was chosen, or it stands there already."), messages.WARNING)
            return HttpResponseRedirect(request.path)
        self.log_change(request, row, _("Restored from an earlier version: %(fields)s.") % {"fields": ", ".join(done)})
        words = _("Restored: %(fields)s. What stood there before is kept in the history.")
        names = ", ".join(label(name) for name in done)
        self.message_user(request, words % {"fields": names}, messages.SUCCESS)
        return HttpResponseRedirect(reverse(f"admin:courses_{self.opts.model_name}_history", args=[row.pk]))

    def _version(self, row: Any, number: str) -> tuple[Revision | None, Any]:
        """A version and its fields; None and the row's fields as they are, for "now"."""
        if number == NOW:
            return None, history.fields_of(row)
        revision = get_object_or_404(history.revisions_of(row).select_related("author"), pk=whole_number(number))
        return revision, revision.fields

    def _history_page(
        self, request: HttpRequest, name: str, row: Any, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        title = _("History of “%(title)s”") % {"title": row}
        about = {"row": row, "model": self.opts.model_name}
        for what in ("change", "history"):
            about[f"{what}_url"] = reverse(f"admin:courses_{self.opts.model_name}_{what}", args=[row.pk])
        return self.own_page(request, name, title, {**about, **context}, status)


def _expected(revision: Revision) -> set[str]:
    """What is ticked at first: the words, and not where the row stands or whether it is shown."""
    return set(revision.fields) - restoring.PLACE_AND_STATE
