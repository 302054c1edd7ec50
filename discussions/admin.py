"""Comments in the admin: moderators find, hide and restore them, with a reason, and each goes into the log. Nobody edits another's
words. Cases and decisions can be read. Who stands behind an alias, who likes what and who reported is shown nowhere here."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses.admin.roles import ByCourse, OwnCourses
from courses.roles import Role
from discussions import moderation
from discussions.models import Case, Comment, Decision, Reason
from discussions.refusals import Refused

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


class WithReason(ActionForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("because"),
        choices=[("", gettext_lazy("(choose a reason)")), *Reason.choices],
        required=False,
    )


class ReadOnly(ByCourse):
    """Rows that are read here and written elsewhere."""

    role = Role.MODERATOR
    course_field = "comment__step__course"
    may = frozenset({"view", "change"})
    show_full_result_count = False
    ordering = ("-pk",)
    sortable_by: ClassVar[tuple[str, ...]] = ()
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Comment)
class CommentAdmin(ReadOnly):
    list_display = ("excerpt", "by", "step", "created_at", "state", "on_site")
    list_display_links = ("excerpt",)
    course_field = "step__course"
    list_filter = (StateFilter, ("step__course", OwnCourses))
    list_select_related = ("author", "alias", "parent", "step__course")
    search_fields = ("body", "author__handle", "step__title")
    action_form = WithReason
    actions = ("hide", "restore")
    fields = ("by", "step", "answers_to", "created_at", "state", "body")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        return (
            super().get_queryset(request).defer("step__body", "step__body_html", "step__page", "step__course__outline")
        )

    @admin.display(description=gettext_lazy("comment"))
    def excerpt(self, comment: Comment) -> str:
        return Truncator(comment.body).chars(SHOWN_IN_LIST) or _("(withdrawn)")

    @admin.display(description=gettext_lazy("by"))
    def by(self, comment: Comment) -> str:
        return _("%(name)s (alias)") % {"name": comment.name} if comment.alias else comment.name

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
        """The comment's permanent address, which leads to the page it stands on."""
        if comment.hidden_at or comment.step.retired_at:
            return None
        return f"{comment.step.get_absolute_url()}comments/{comment.pk}/"

    @admin.action(description=gettext_lazy("Hide"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        done = self._decide(request, queryset.filter(hidden_at=None), Decision.Act.HIDE)
        if done:
            words = ngettext("%(n)d comment hidden.", "%(n)d comments hidden.", done) % {"n": done}
            self.message_user(request, words, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Restore what was hidden"), permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        done = self._decide(request, queryset.exclude(hidden_at=None), Decision.Act.RESTORE)
        if done:
            words = ngettext("%(n)d comment restored.", "%(n)d comments restored.", done) % {"n": done}
            self.message_user(request, words, messages.SUCCESS)

    def _decide(self, request: HttpRequest, chosen: QuerySet[Comment], act: str) -> int:
        """Act on each, with the reason that was chosen beside the action; returns how many were done."""
        reason = request.POST.get("reason", "")
        if reason not in Reason.values:
            self.message_user(request, _("Choose a reason beside the action; nothing was done."), messages.ERROR)
            return 0
        done = 0
        for comment in chosen.order_by("step_id", "pk"):
            try:
                moderation.decide(moderator=request.user, comment=comment, acts=[act], reason=reason)  # type: ignore[arg-type]
            except Refused as refusal:
                self.message_user(request, f"{self.excerpt(comment)}: {refusal}", messages.WARNING)
            else:
                done += 1
        return done


class Unchanged(ReadOnly):
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Case)
class CaseAdmin(Unchanged):
    list_display = ("excerpt", "urgent", "opened_at", "closed_at")
    list_filter = ("urgent",)
    list_select_related = ("comment",)
    fields = ("excerpt", "urgent", "opened_at", "closed_at")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("comment"))
    def excerpt(self, case: Case) -> str:
        return Truncator(case.comment.body).chars(SHOWN_IN_LIST) or _("(withdrawn)")


@admin.register(Decision)
class DecisionAdmin(Unchanged):
    list_display = ("act", "reason", "about", "moderator", "decided_at")
    list_filter = ("act", "reason")
    list_select_related = ("about_person", "about_alias", "moderator")
    fields = ("act", "reason", "about", "days", "words", "note", "moderator", "decided_at")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("about"))
    def about(self, decision: Decision) -> str:
        if decision.about_alias:
            return _("%(name)s (alias)") % {"name": decision.about_alias.name}
        return decision.about_person.handle if decision.about_person else _("someone whose account is deleted")
