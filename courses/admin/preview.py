"""Shows a page as it would be with what stands in a form, and writes nothing.

The form is saved as always, the page rendered from what was saved, and all of it rolled back (that of a step is made in memory: see
`live_preview`). New files never reach the storage: the
page gets new pictures as `data:` addresses.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, ClassVar

from django.contrib import admin
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import get_template, render_to_string
from django.template.response import TemplateResponse
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
        """The page, with a banner. It is not kept: its version belongs to what is rolled back."""
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


def preview_of(request: HttpRequest) -> Preview | None:
    """The preview for which a form is being saved; None when it is really saved."""
    return getattr(request, "preview", None)


class PreviewAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A ModelAdmin with a "Preview" button. A subclass says in `preview_page` which page shows what."""

    preview_template: ClassVar[str]

    def preview_context(self, obj: Any) -> Mapping[str, Any]:
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

    def preview_view(self, request: HttpRequest, object_id: str | None = None) -> HttpResponseBase:
        """The page, or what stands in its way. Whoever may not change the row gets 403 from the form's own view."""
        request.preview = Preview()  # type: ignore[attr-defined]
        with transaction.atomic():
            response: HttpResponseBase = self.changeform_view(request, object_id)
            if isinstance(response, TemplateResponse):
                response.render()
            transaction.set_rollback(True)
        return response

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        new = object_id is None
        address = reverse(f"admin:{self._name_of('preview')}{'_new' if new else ''}", args=[] if new else [object_id])
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), "preview_url": address})

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        if preview := preview_of(request):
            return preview.page(request, self.preview_template, self.preview_context(obj))
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if preview := preview_of(request):
            return preview.page(request, self.preview_template, self.preview_context(obj))
        return super().response_change(request, obj)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        if preview_of(request):
            context = {**self.admin_site.each_context(request), **context, "title": _("No preview yet")}
            context["form"] = context["adminform"].form
            return TemplateResponse(request, "admin/courses/preview_refused.html", context, status=422)
        return super().render_change_form(request, context, *args, **kwargs)
