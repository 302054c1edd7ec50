"""Draft, publish, schedule and unpublish in the admin: buttons beside "Save", actions of the lists, and the state in words."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses import publishing

PUBLISH, UNPUBLISH = "_publish", "_unpublish"  # the names of the buttons


class PublishingForm:
    """For the forms of steps and courses: a draft may wait for a time, what is published does not."""

    def clean_publish_at(self: Any) -> Any:
        at = self.cleaned_data["publish_at"]
        if at is None or "publish_at" not in self.changed_data:
            return None if self.cleaned_data.get("published") else at
        if self.cleaned_data.get("published"):
            raise ValidationError(_("It is published already. Untick “published” to have it wait for this time."))
        if at <= timezone.now():
            words = _(
                "This time has passed (it is in the time zone %(zone)s). Give a later one, or press “Save and publish”."
            )
            raise ValidationError(words % {"zone": timezone.get_current_timezone_name()})
        return at


class PublishingAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A ModelAdmin whose rows are published and unpublished."""

    actions: Any = ("publish", "unpublish")

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """“Save and publish” and “Save as a draft” are the form with “published” ticked or not, and no time to wait for."""
        pressed = {PUBLISH, UNPUBLISH} & {*request.POST}
        if request.method == "POST" and pressed:
            sent = request.POST.copy()
            sent.pop("published", None)
            if PUBLISH in pressed:
                sent["published"] = "on"
            sent["publish_at_0"] = sent["publish_at_1"] = ""
            request.POST = sent  # type: ignore[assignment]
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), "can_publish": True})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What is new begins as a draft: “Save” shows nobody what is half written, “Save and publish” stands beside it."""
        return {"published": False, **super().get_changeform_initial_data(request)}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if field := form.base_fields.get("publish_at"):
            zone = _("Time zone: %(zone)s.") % {"zone": timezone.get_current_timezone_name()}
            field.help_text = f"{field.help_text} {zone}"
            for part, name in zip(field.widget.widgets, (_("Date"), _("Time")), strict=True):
                part.attrs["aria-label"] = f"{field.label}: {name}"
        return form

    @admin.action(description=gettext_lazy("Publish now"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        done = publishing.publish(rows=queryset, by=request.user)
        self._say(request, done, _("Published."), ngettext("%(n)d published.", "%(n)d published.", len(done)))

    @admin.action(description=gettext_lazy("Unpublish: make drafts, keep what learners did"), permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        done = publishing.unpublish(rows=queryset, by=request.user)
        words = ngettext("%(n)d is a draft now.", "%(n)d are drafts now.", len(done))
        self._say(request, done, _("Unpublished."), words)

    def _say(self, request: HttpRequest, rows: list[Any], what: str, words: str) -> None:
        for row in rows:
            self.log_change(request, row, what)
        self.message_user(request, words % {"n": len(rows)}, messages.SUCCESS)
