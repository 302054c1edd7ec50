"""Lists in the order of the course, with two buttons on each row that move it: plain form buttons, which need no JavaScript.

Rows of several courses have no order among them. They come newest first, until a course is chosen: sorted by their places they would
cost more with each course on the site.
"""

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
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from courses import arranging
from courses.models import Course

# Filters that leave the rows of one course.
OF_ONE_COURSE = ("course__id__exact", "week__id__exact", "topic__week__id__exact", "topic__id__exact")


class OrderedList(ChangeList):
    """Prepares the rows of a page together, so that twenty rows cost as many queries as one."""

    model_admin: OrderedAdmin
    newest_first = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = str(capfirst(self.opts.verbose_name_plural))

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        self.newest_first = not self.model_admin.in_order(request)
        return ["-pk"] if self.newest_first else super().get_ordering(request, queryset)

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
    change_list_template = "admin/courses/ordered_list.html"
    sortable_by: ClassVar[tuple[str, ...]] = ()
    list_per_page = 50

    def only_in(self, request: HttpRequest) -> frozenset[int] | None:
        """The courses whose rows this person sees; None: those of all."""
        raise NotImplementedError

    def in_order(self, request: HttpRequest) -> bool:
        """Whether the list shows what has one order: courses, or the rows of one course, be it chosen or the only one."""
        if not self.parent or any(request.GET.get(name) for name in OF_ONE_COURSE):
            return True
        own = self.only_in(request)
        if own is not None:
            return len(own) < 2
        if not hasattr(request, "has_one_course"):
            request.has_one_course = len(Course.objects.values_list("pk")[:2]) < 2  # type: ignore[attr-defined]
        return bool(request.has_one_course)  # type: ignore[attr-defined]

    def for_list(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows with what the list shows of them."""
        return rows

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Give each row its buttons, where the list has them."""
        if not self.in_order(request):
            return
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
        """Without "order" where nothing can be moved; of several courses with the course, and without numbers and places in each."""
        shown = super().get_list_display(request)
        if not self.in_order(request):
            return [*(name for name in shown if name not in ("ref", "order", "course")), "course"]
        return shown if self.may_order(request) else [name for name in shown if name != "order"]

    def may_order(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    @property
    def _move_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_move"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.move_view))
        return [path("<int:pk>/move/", view, name=self._move_name), *super().get_urls()]

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Move a row up or down and go back to the list as it was filtered."""
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        if not (self.may_order(request) and self.has_change_permission(request, row)):
            raise PermissionDenied
        up = request.POST.get("direction") == "up"
        if arranging.move(row=row, direction="up" if up else "down", by=request.user):
            words = _("Moved “%(title)s” up.") if up else _("Moved “%(title)s” down.")
            self.log_change(request, row, words % {"title": row.title})
            self.message_user(request, words % {"title": row.title}, messages.SUCCESS)
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return HttpResponseRedirect(f"{self._with_filters(request, address)}#row-{row.pk}")

    def _with_filters(self, request: HttpRequest, address: str) -> str:
        context: dict[str, Any] = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        return add_preserved_filters(context, address)
