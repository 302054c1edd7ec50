"""Shows a page as it would be with what stands in a form, and writes nothing.

The form is checked as always, and the page made in memory from what it says: nothing is saved, and nobody's saving waits for it. New
files never reach the storage: the page gets new pictures as `data:` addresses.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.forms.formsets import all_valid
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template, render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.content.sources import StoredFile
from courses.pages import Chunk, Either, Hole, Marks, fill_hole, is_in, low_data

PICTURES = {".svg": "svg+xml", ".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png", ".webp": "webp"}
OWN_HOLES = "courses."  # those of other apps stay empty: what people said under a step is not part of the preview
PLACE_FOR_NOTES = "courses.holes.notes"


class Preview:
    """One preview while it is made: the files that came with the form."""

    def __init__(self, *, live: bool = False) -> None:
        self.live = live  # shown beside the form, where it needs no words about itself
        self.pictures: dict[str, str] = {}
        self.unplayable = False
        self.unseen = ""  # why what stands in the form is not on the page

    def add_file(self, name: str, file: StoredFile) -> None:
        """A new file that the page will name although the storage does not have it."""
        kind = PICTURES.get(PurePosixPath(name).suffix)
        if kind is None:
            self.unplayable = True
            return
        with file.open() as stream:
            content = base64.b64encode(stream.read()).decode()
        self.pictures[default_storage.url(name)] = f"data:image/{kind};base64,{content}"

    def page(self, request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
        """The page, with a banner. It is not kept: nothing of it is saved."""
        marks = Marks()
        page = get_template(template).render({**context, "marks": marks, "low_data": low_data(request)})
        text = "".join(self._filled(marks.cut(page), request))
        for address, data in self.pictures.items():
            text = text.replace(f'"{address}"', f'"{data}"')
        return HttpResponse(text, headers={"Cache-Control": "no-store"})

    def _filled(self, chunks: Iterable[Chunk], request: HttpRequest) -> Iterator[str]:
        for chunk in chunks:
            match chunk:
                case str():
                    yield chunk
                case Either():
                    yield from self._filled(chunk.yes if is_in(request, chunk.path, chunk.key) else chunk.no, request)
                case Hole(path=path) if path == PLACE_FOR_NOTES:
                    yield "" if self.live else render_to_string("admin/courses/preview_banner.html", {"preview": self})
                case Hole() if chunk.path.startswith(OWN_HOLES):
                    yield fill_hole(request, chunk.path, chunk.arguments)


class PreviewAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A ModelAdmin with a "Preview" button. A subclass says what saving sets besides the fields, and which page shows the row."""

    def put_in_place(self, row: Any, form: Any, *, change: bool) -> None:
        raise NotImplementedError

    def preview_page(self, request: HttpRequest, row: Any, formsets: Iterable[Any], preview: Preview) -> HttpResponse:
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.preview_view))
        name = self._name_of("preview")
        return [
            path("add/preview/", view, name=f"{name}_new"),
            path("<path:object_id>/preview/", view, name=name),
            *super().get_urls(),
        ]

    def _name_of(self, what: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{what}"

    def preview_view(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """The page (200), or what stands in its way (422)."""
        return self.page_or_refusals(request, object_id, "admin/courses/preview_refused.html", Preview())

    def page_or_refusals(
        self, request: HttpRequest, object_id: str | None, refusals: str, preview: Preview
    ) -> HttpResponse:
        """Reads, and takes no lock. Raises Http404 for a row that is not theirs, PermissionDenied where they may not write."""
        row = admin.ModelAdmin.get_object(self, request, object_id) if object_id else None
        if object_id and row is None:
            raise Http404
        change = row is not None
        if not (self.has_change_permission(request, row) if change else self.has_add_permission(request)):
            raise PermissionDenied
        form = self.get_form(request, row, change=change)(request.POST, request.FILES, instance=row)
        formsets, inlines = self._create_formsets(request, form.instance, change=change)  # type: ignore[attr-defined]
        if not (form.is_valid() & all_valid(formsets)):
            inline_formsets = self.get_inline_formsets(request, formsets, inlines, row)
            context = {**self.admin_site.each_context(request), "title": _("No preview yet"), "form": form}
            context |= {"inline_admin_formsets": inline_formsets}
            return render(request, refusals, context, status=422)
        self.put_in_place(form.instance, form, change=change)
        return self.preview_page(request, form.instance, formsets, preview)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        new = object_id is None
        address = reverse(f"admin:{self._name_of('preview')}{'_new' if new else ''}", args=[] if new else [object_id])
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), "preview_url": address})
