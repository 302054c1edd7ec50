"""Comments in the admin: moderators find, hide and restore them. Nobody edits another person's words, and no address is shown."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from discussions import moderation
from discussions.models import Comment

SHOWN_IN_LIST = 140  # characters


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("visible", _("Visible")), ("hidden", _("Hidden")), ("withdrawn", _("Withdrawn"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        match self.value():
            case "visible":
                return queryset.filter(hidden_at=None, withdrawn_at=None)
            case "hidden":
                return queryset.exclude(hidden_at=None)
            case "withdrawn":
                return queryset.exclude(withdrawn_at=None)
        return queryset


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("excerpt", "by", "step", "created_at", "state", "on_site")
    list_display_links = ("excerpt",)
    list_filter = (StateFilter, "step__course")
    list_select_related = ("author", "step__course")
    search_fields = ("body", "author__handle", "step__title")
    show_full_result_count = False
    ordering = ("-pk",)
    sortable_by: ClassVar[tuple[str, ...]] = ()
    list_per_page = 50
    actions = ("hide", "restore")
    fields = ("by", "step", "answers_to", "created_at", "state", "body")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        return (
            super().get_queryset(request).defer("step__body", "step__body_html", "step__page", "step__course__outline")
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("comment"))
    def excerpt(self, comment: Comment) -> str:
        return Truncator(comment.body).chars(SHOWN_IN_LIST) or _("(withdrawn)")

    @admin.display(description=gettext_lazy("by"))
    def by(self, comment: Comment) -> str:
        return comment.author.handle if comment.author else _("someone whose account is deleted")

    @admin.display(description=gettext_lazy("answers"))
    def answers_to(self, comment: Comment) -> str:
        return Truncator(comment.parent.body).chars(SHOWN_IN_LIST) if comment.parent else "–"

    @admin.display(description=gettext_lazy("state"))
    def state(self, comment: Comment) -> str:
        if comment.hidden_at:
            return _("Hidden")
        return _("Withdrawn") if comment.withdrawn_at else _("Visible")

    @admin.display(description=gettext_lazy("page"))
    def on_site(self, comment: Comment) -> SafeString | str:
        address = self.view_on_site(comment)
        return format_html('<a href="{}">{}</a>', address, _("View on site")) if address else ""

    def view_on_site(self, comment: Comment) -> str | None:
        """The page of the discussion that begins with the comment's conversation."""
        if comment.hidden_at or comment.step.retired_at:
            return None
        root = comment.root_id or comment.pk
        return f"{comment.step.get_absolute_url()}?before={root + 1}&replies={root}#c-{comment.pk}"

    @admin.action(description=gettext_lazy("Hide, with the replies under them"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        chosen = list(queryset.filter(hidden_at=None))
        done = moderation.hide(comments=chosen)
        self._note(request, chosen, "Hidden.")
        words = ngettext("%(n)d comment hidden.", "%(n)d comments hidden.", done) % {"n": done}
        self.message_user(request, words, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Restore what was hidden"), permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        chosen = list(queryset.exclude(hidden_at=None))
        done = moderation.restore(comments=chosen)
        self._note(request, chosen, "Restored.")
        words = ngettext("%(n)d comment restored.", "%(n)d comments restored.", done) % {"n": done}
        self.message_user(request, words, messages.SUCCESS)

    def _note(self, request: HttpRequest, comments: list[Comment], what: str) -> None:
        for comment in comments:
            self.log_change(request, comment, what)
