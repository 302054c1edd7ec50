"""People in the admin: their name, whether they may sign in, and their role. No password, no hash, no e-mail address."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db.models.functions import Lower
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import HandleWidget, free_handle
from accounts.models import User


class NewPersonForm(AdminUserCreationForm):  # type: ignore[type-arg]
    """Tidies the name as signing up does, and says at the field when it is taken."""

    class Meta:
        model = User
        fields = ("handle",)
        widgets: ClassVar[Any] = {"handle": HandleWidget()}

    def clean_handle(self) -> str:
        return free_handle(self.cleaned_data["handle"])


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    """A name is chosen once: pages that are kept show it beside comments. Accounts are closed, not deleted."""

    form = ModelForm
    add_form = NewPersonForm
    list_display = ("handle", "is_staff", "is_superuser", "is_active", "joined_on")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    search_fields = ("handle",)
    ordering = (Lower("handle"),)  # as the index of one_person_per_handle, so that a large site sorts nobody
    show_full_result_count = False  # one count of all people less
    filter_horizontal = ("groups",)
    readonly_fields = ("password_link", "joined_on")
    fieldsets = (
        (None, {"fields": ("handle", "password_link", "joined_on")}),
        (gettext_lazy("Role"), {"fields": ("is_active", "is_staff", "groups", "is_superuser")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("handle", "usable_password", "password1", "password2")}),)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Only what the filters offer. Django lets an address name any column, and any row that points at a person: an alias too."""
        return lookup.partition("__")[0] in self.list_filter and super().lookup_allowed(lookup, value, request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("handle", *self.readonly_fields) if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("password"))
    def password_link(self, person: User) -> SafeString:
        address = reverse("admin:auth_user_password_change", args=[person.pk])
        return format_html('<a href="{}">{}</a>', address, _("Give a new password"))
