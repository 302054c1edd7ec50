"""Pages of our own inside the admin: in its frame, for who may see the row that they are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse


class OwnPagesAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A ModelAdmin with pages besides Django's list and forms."""

    def row_to_see(self, request: HttpRequest, pk: int | None) -> Any:
        """The row of this number, if this person may see it; else 404 or 403."""
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        return row

    def own_page(
        self, request: HttpRequest, name: str, title: str, context: Mapping[str, Any], status: int = 200
    ) -> HttpResponse:
        """The template of this name with what the admin's frame needs."""
        whole = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/courses/{name}.html", whole, status=status)
