"""The house in the admin: its duties, what failed and why, and a button to try again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from harmreduction import maintenance
from harmreduction.models import DutyRecord


@admin.register(DutyRecord)
class DutyAdmin(admin.ModelAdmin[DutyRecord]):
    list_display = ("name", "in_order", "done_at", "result", "failed_at")
    fields = readonly_fields = ("name", "done_at", "result", "failed_at", "error")
    ordering = ("name",)
    actions = ("do_now",)

    @admin.display(description=gettext_lazy("in order"), boolean=True)
    def in_order(self, record: DutyRecord) -> bool:
        return record.failed_at is None

    @admin.action(description=gettext_lazy("Do now"), permissions=["view"])
    def do_now(self, request: HttpRequest, chosen: QuerySet[DutyRecord]) -> None:
        known = {duty.name for duty in maintenance.DUTIES}
        for record in chosen:
            if record.name in known:
                maintenance.hand_over(record.name)
        messages.info(request, _("Asked for. Load this page again in a while to see what came of it."))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
