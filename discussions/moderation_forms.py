"""The forms of reporting, deciding and appealing. What is too long or missing is said in words, and comes back whole."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from discussions.forms import PlainText
from discussions.models import Decision, Reason
from discussions.moderation import LONGEST_PAUSE

Act = Decision.Act
CHOOSE = {"required": _("Choose a reason."), "invalid_choice": _("Choose a reason from the list.")}
PAUSE = {
    "invalid": _("Write the days as a whole number."),
    "min_value": _("A pause is at least one day."),
    "max_value": _("A pause is at most %(limit_value)s days; to stop somebody for longer, end their writing."),
}


def text(most: int, rows: int, **options: Any) -> PlainText:
    """A field for some lines of text, which says how much too long it is."""
    too_long = _("This can have %(limit_value)d characters; it has %(show_value)d. Please shorten it.")
    options.setdefault("required", False)
    messages = {"max_length": too_long, "required": options.pop("missing", "")}
    return PlainText(
        strip=False, max_length=most, widget=forms.Textarea({"rows": rows}), error_messages=messages, **options
    )


class ReportForm(forms.Form):
    reason = forms.ChoiceField(label=_("What is wrong?"), choices=Reason.choices, error_messages=CHOOSE)
    note = text(1000, 3, label=_("Anything the moderators should know"))


class DecisionForm(forms.Form):
    """Two questions, about the comment and about its author; both left at "nothing" means that there is nothing to do."""

    comment_act = forms.ChoiceField(label=_("The comment"), required=False)
    author_act = forms.ChoiceField(label=_("Its author"), required=False)
    days = forms.IntegerField(
        label=_("Days"), required=False, min_value=1, max_value=LONGEST_PAUSE, error_messages=PAUSE
    )
    reason = forms.ChoiceField(label=_("What it is about"), choices=Reason.choices, error_messages=CHOOSE)
    words = text(2000, 3, label=_("To the author"))
    note = text(2000, 3, label=_("For moderators only"))
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, hidden: bool, stopped: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        comment: list[tuple[str, Any]] = [("", _("Leave it hidden")), (Act.RESTORE.value, _("Bring it back"))]
        if not hidden:
            comment = [("", _("Leave it as it is")), (Act.HIDE.value, _("Hide it"))]
        author = [
            ("", _("Nothing")),
            (Act.WARN.value, _("Warn")),
            (Act.MUTE.value, _("Pause their writing")),
            (Act.BAN.value, _("End their writing")),
        ]
        if stopped:
            author.append((Act.LIFT.value, _("Let them write again")))
        self.fields["comment_act"].choices = comment  # type: ignore[attr-defined]
        self.fields["author_act"].choices = author  # type: ignore[attr-defined]

    @property
    def acts(self) -> list[str]:
        chosen = [act for act in (self.cleaned_data["comment_act"], self.cleaned_data["author_act"]) if act]
        return chosen or [Act.DISMISS]


class HearingForm(forms.Form):
    act = forms.ChoiceField(
        label=_("Your answer"),
        choices=[(Act.UPHOLD.value, _("The decision stands")), (Act.OVERTURN.value, _("It is taken back"))],
        error_messages={
            "required": _("Choose whether the decision stands."),
            "invalid_choice": _("Choose whether the decision stands."),
        },
    )
    words = text(2000, 4, label=_("To the author"))
    note = text(2000, 3, label=_("For moderators only"))


class AppealForm(forms.Form):
    text = text(
        2000, 6, required=True, label=_("Why should it be looked at again?"), missing=_("Write a few words first.")
    )
