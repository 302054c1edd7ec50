"""Filters of the lists: by course, and inside the chosen course by week and topic."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.filters import RelatedFieldListFilter
from django.db.models import QuerySet
from django.db.models.fields.related import RelatedField
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Topic


class InsideFilter(RelatedFieldListFilter):
    """Weeks or topics, but only those of the course and week that are chosen already."""

    def field_choices(
        self, field: RelatedField[Any, Any], request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> Any:
        inside = {"course": request.GET.get("course__id__exact", "")}
        if field.related_model is Topic:
            inside["week"] = request.GET.get("topic__week__id__exact", "") or request.GET.get("week__id__exact", "")
        chosen = {name: pk for name, pk in inside.items() if pk.isascii() and pk.isdigit() and len(pk) < 19}
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to=chosen)


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("published", _("Published")), ("draft", _("Draft")), ("retired", _("Retired"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "published":
                return queryset.filter(published=True, retired_at=None)
            case "draft":
                return queryset.filter(published=False, retired_at=None)
            case "retired":
                return queryset.exclude(retired_at=None)
        return queryset
