"""Filters of the lists: by course, and inside the chosen course by week and topic."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.filters import RelatedFieldListFilter
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.related import RelatedField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.requests import whole_number
from courses import roles
from courses.models import Course, Topic
from courses.publishing import State


class InsideFilter(RelatedFieldListFilter):
    """Weeks or topics of the course and week that are chosen already, or of the only course."""

    def field_choices(
        self, field: RelatedField[Any, Any], request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> Any:
        inside = {"course": request.GET.get("course__id__exact", "")}
        if field.related_model is Topic:
            inside["week"] = request.GET.get("topic__week__id__exact", "") or request.GET.get("week__id__exact", "")
        chosen = {name: pk for name, text in inside.items() if (pk := whole_number(text)) is not None}
        ordering = self.field_admin_ordering(field, request, model_admin)
        own = roles.only_in(request.user, roles.Role.EDUCATOR)
        limits = Q(**chosen, **({} if own is None else {"course__in": own}))
        if "course" not in chosen:  # with several courses these would be hundreds, and many of the same title
            others = Course.objects.exclude(pk=OuterRef("course"))
            limits &= Q(~Exists(others if own is None else others.filter(pk__in=own)))
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to=limits)


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, str(state.label)) for state in State]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case State.PUBLISHED:
                return queryset.filter(published=True, retired_at=None)
            case State.DRAFT:
                return queryset.filter(published=False, publish_at=None, retired_at=None)
            case State.SCHEDULED:
                return queryset.filter(published=False, publish_at__isnull=False, retired_at=None)
            case State.RETIRED:
                return queryset.exclude(retired_at=None)
        return queryset
