"""Lists in the order of the course, with two buttons on each row that move it: plain form buttons, which need no JavaScript."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from courses import arranging


class OrderedList(ChangeList):
    """Prepares the rows of a page together, so that twenty rows cost as many queries as one."""

    model_admin: OrderedAdmin

    def get_queryset(self, request: HttpRequest, exclude_parameters: list[str | None] | None = None) -> QuerySet[Any]:
        return self.model_admin.for_list(super().get_queryset(request, exclude_parameters))

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        self.model_admin.prepare_rows(request, rows)
        self.result_list = rows


class OrderedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A ModelAdmin whose rows stand in an order inside `parent`."""

    parent: ClassVar[str | None]  # the field that names it; None for courses, which all stand in one order
    sortable_by: ClassVar[tuple[str, ...]] = ()
    list_per_page = 200

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows with what the list shows of them."""
        return rows

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Give each row its buttons."""
        orders = self._orders(rows)
        for row in rows:
            order = orders.get(self._parent_of(row), [])
            row.move_buttons = self._buttons(request, row, order)

    def _parent_of(self, row: Any) -> Any:
        return getattr(row, f"{self.parent}_id") if self.parent else None

    def _orders(self, rows: Iterable[Any]) -> dict[Any, list[int]]:
        """The rows of each parent on the page in order, also those that stand on another page."""
        if not self.parent:
            return {None: list(self.model._default_manager.values_list("pk", flat=True))}
        parents = {self._parent_of(row) for row in rows}
        inside = self.model._default_manager.filter(**{f"{self.parent}__in": parents}, retired_at=None)
        orders: dict[Any, list[int]] = {}
        for parent, pk in inside.values_list(f"{self.parent}_id", "pk"):
            orders.setdefault(parent, []).append(pk)
        return orders

    def _buttons(self, request: HttpRequest, row: Any, order: list[int]) -> SafeString:
        if row.pk not in order:
            return SafeString("")
        address = reverse(f"admin:{self._move_name}", args=[row.pk])
        button = (
            '<button type="submit" class="button move" name="direction" value="{}" formaction="{}" aria-label="{}"{}>'
            '<span aria-hidden="true">{}</span></button>'
        )
        up, down = _("Move “%(title)s” up"), _("Move “%(title)s” down")
        return format_html(
            '<span class="moves" id="row-{}">{} {}</span>',
            row.pk,
            *(
                format_html(
                    button,
                    direction,
                    self._with_filters(request, address),
                    words % {"title": row.title},
                    SafeString(" disabled") if order[end] == row.pk else "",
                    arrow,
                )
                for direction, words, end, arrow in (("up", up, 0, "↑"), ("down", down, -1, "↓"))
            ),
        )

    @admin.display(description=gettext_lazy("order"))
    def order(self, row: Any) -> SafeString:
        return row.move_buttons  # type: ignore[no-any-return]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return OrderedList

    def get_list_display(self, request: HttpRequest) -> Any:
        shown = super().get_list_display(request)
        return shown if self.has_change_permission(request) else [name for name in shown if name != "order"]

    @property
    def _move_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_move"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.move_view))
        return [path("<int:pk>/move/", view, name=self._move_name), *super().get_urls()]

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Move a row up or down and go back to the list as it was filtered."""
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        up = request.POST.get("direction") == "up"
        if arranging.move(row=row, direction="up" if up else "down"):
            words = _("Moved “%(title)s” up.") if up else _("Moved “%(title)s” down.")
            self.log_change(request, row, words % {"title": row.title})
            self.message_user(request, words % {"title": row.title}, messages.SUCCESS)
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return HttpResponseRedirect(f"{self._with_filters(request, address)}#row-{row.pk}")

    def _with_filters(self, request: HttpRequest, address: str) -> str:
        context: dict[str, Any] = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        return add_preserved_filters(context, address)
