"""Who helps with some courses only sees those, and their weeks, topics and steps; and where administrators say who helps.

Permissions of Django hold for all courses. A role in one course (courses.roles) gives in that course what `may` names, and whoever
has such a role sees nothing of other courses, neither in lists, nor among choices, nor by address.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.filters import RelatedFieldListFilter
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.handles import tidy
from accounts.models import User
from courses import roles
from courses.admin.rows import NamedRows
from courses.models import Course, CourseRole
from courses.roles import Role


class ByCourse(admin.ModelAdmin):  # type: ignore[type-arg]
    """A ModelAdmin that shows and changes what belongs to one's own courses."""

    role: ClassVar[Role] = Role.EDUCATOR
    course_field: ClassVar[str] = "course"  # the way from a row to its course
    may: ClassVar[frozenset[str]] = frozenset({"view", "add", "change", "delete"})

    def only_in(self, request: HttpRequest) -> frozenset[int] | None:
        return roles.only_in(request.user, self.role)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows, own = super().get_queryset(request), self.only_in(request)
        return rows if own is None else rows.filter(**{f"{self.course_field}__in": own})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row; what is not there and what is not theirs is the same 404."""
        row = super().get_object(request, object_id, from_field)
        if row is None:
            raise Http404
        return row

    def _allowed(self, request: HttpRequest, act: str, row: Any) -> bool | None:
        """What a role in some courses says to it; None for who has no such role, so that Django's permissions count."""
        own = self.only_in(request)
        if own is None:
            return None
        return act in self.may and (row is None or row.pk is None or self._course_of(row) in own)

    def _course_of(self, row: Any) -> int | None:
        """The number of a row's course."""
        *way, last = self.course_field.split("__")
        for name in way:
            row = row and getattr(row, name)
        found: int | None = row and getattr(row, last if last == "pk" else f"{last}_id")
        return found

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.only_in(request) is not None or super().has_module_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = self._allowed(request, "view", obj)
        return super().has_view_permission(request, obj) if allowed is None else allowed

    def has_add_permission(self, request: HttpRequest) -> bool:
        allowed = self._allowed(request, "add", None)
        return super().has_add_permission(request) if allowed is None else allowed

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = self._allowed(request, "change", obj)
        return super().has_change_permission(request, obj) if allowed is None else allowed

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = self._allowed(request, "delete", obj)
        return super().has_delete_permission(request, obj) if allowed is None else allowed

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        own = self.only_in(request)
        if db_field.related_model is Course and own is not None:
            kwargs["queryset"] = Course.objects.filter(pk__in=own)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, told which courses' weeks and topics it may offer."""
        form = super().get_form(request, obj, change, **kwargs)
        form.only_in = self.only_in(request)  # type: ignore[attr-defined]
        return form


class OwnCourses(RelatedFieldListFilter):
    """A filter by course that names only one's own."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        own = model_admin.only_in(request)
        courses = Course.objects.all() if own is None else Course.objects.filter(pk__in=own)
        return list(courses.values_list("pk", "title"))  # the whole rows carry outlines of 48 steps


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who has which role; a person is named by their handle."""

    handle = forms.CharField(label=gettext_lazy("Name"), max_length=200)

    class Meta:
        model = CourseRole
        fields = ("handle", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["handle"].initial = self.instance.person.handle
            self.fields["handle"].disabled = True

    def clean_handle(self) -> str:
        handle = tidy(self.cleaned_data["handle"])
        person = User.objects.named(handle)
        if person is None or not person.is_active:
            raise ValidationError(_("Nobody here has this name. Write it as it stands beside their comments."))
        self.instance.person = person
        return handle

    def validate_constraints(self) -> None:
        """A person who has the role already, said at the name."""
        try:
            self.instance.validate_constraints()
        except ValidationError:
            self.add_error("handle", _("This person has this role in the course already."))


class RoleFormSet(NamedRows):
    def clean(self) -> None:
        """The same person twice with one role, said at the later row."""
        super().clean()
        seen = set()
        for form in self.forms:
            if form.cleaned_data.get("DELETE") or not form.instance.person_id:
                continue
            given = (form.instance.person_id, form.cleaned_data.get("role"))
            if given in seen:
                form.add_error("handle", _("This person has this role in the course already."))
            seen.add(given)


class RoleInline(admin.StackedInline):  # type: ignore[type-arg]
    """For administrators: who helps with this course and no other. No table: its columns would not fit a phone."""

    model = CourseRole
    form = RoleForm
    formset = RoleFormSet
    fields = (("handle", "role"),)
    extra = 1
    max_num = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[CourseRole]:
        return super().get_queryset(request).select_related("person").order_by("role", "person__handle")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)
