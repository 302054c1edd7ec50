"""What a comment must be before it is posted."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from discussions.models import Notification, Preferences

KEPT_CONTROLS = "\n\t"


def plain(text: str) -> str:
    """The text with its line ends made one kind, and without control characters and direction overrides, which only mislead."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    overrides = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
    return "".join(
        c for c in text if (c in KEPT_CONTROLS or unicodedata.category(c) != "Cc") and c not in overrides
    ).strip()


class PlainText(forms.CharField):
    def to_python(self, value: Any) -> str:
        return plain(str(value or ""))


class CommentForm(forms.Form):
    body = PlainText(
        required=False,  # so that our own words say what is missing
        strip=False,
        widget=forms.Textarea({"rows": 5}),
    )
    submission = forms.UUIDField(required=False, widget=forms.HiddenInput)
    under = forms.ChoiceField(choices=[("handle", "handle"), ("alias", "alias")], required=False)
    question = forms.CharField(max_length=100, required=False)  # the uid of the step's question that is answered
    # That what may identify somebody shall stay (identifying.digest).
    anyway = forms.CharField(max_length=64, required=False)
    was = forms.CharField(max_length=64, required=False)  # of words that are changed: how they were (posting.mark_of)

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if not any(unicodedata.category(c)[0] in "LNPS" for c in body):
            raise forms.ValidationError(_("Write something first."), code="empty")
        most = settings.COMMENT_MAX_LENGTH
        if len(body) > most:
            raise forms.ValidationError(
                _(
                    "A comment can have %(most)d characters; this one has %(length)d. Shorten it, or post it in two parts."
                ),
                code="long",
                params={"most": most, "length": len(body)},
            )
        return body

    def first_error(self) -> str:
        return str(next((e[0] for e in self.errors.values()), ""))

    def clean(self) -> dict[str, Any]:
        # A spoilt number only loses the protection against sending twice, and a question that never was is not answered.
        for spoilt in ("submission", "question", "anyway", "was"):
            if self.errors.pop(spoilt, None):
                self.cleaned_data[spoilt] = None if spoilt == "submission" else ""
        return super().clean() or {}


NO_ADDRESS = _("Add an e-mail address to your account first, and confirm it.")


class ToldForm(forms.Form):
    """What a person wants to be told of, and whether by e-mail."""

    wanted = forms.MultipleChoiceField(
        label=_("Tell me of"),
        required=False,
        choices=[choice for choice in Notification.Kind.choices if choice[0] not in Notification.ALWAYS],
        widget=forms.CheckboxSelectMultiple,
    )
    email = forms.ChoiceField(
        label=_("By e-mail too"), choices=Preferences.Email.choices, required=False, widget=forms.RadioSelect
    )

    course_mail = forms.BooleanField(label=_("Once a week, how my courses are going, in numbers"), required=False)

    def __init__(self, data: Any = None, *, choices: Preferences, address: str, educator: bool) -> None:
        wanted = [kind for kind, _label in self.base_fields["wanted"].choices if kind not in choices.unwanted]  # type: ignore[attr-defined]
        initial = {"wanted": wanted, "email": choices.email, "course_mail": choices.course_mail}
        super().__init__(data, initial=initial)
        self.address = address
        if not educator:
            del self.fields["course_mail"]

    def clean_email(self) -> str:
        how: str = self.cleaned_data["email"] or Preferences.Email.NEVER
        if how != Preferences.Email.NEVER and not self.address:
            raise forms.ValidationError(NO_ADDRESS)
        return how

    def clean_course_mail(self) -> bool:
        wanted: bool = self.cleaned_data["course_mail"]
        if wanted and not self.address:
            raise forms.ValidationError(NO_ADDRESS)
        return wanted

    def save(self, person: Any) -> None:
        all_kinds = [kind for kind, _label in self.fields["wanted"].choices]  # type: ignore[attr-defined]
        unwanted = [kind for kind in all_kinds if kind not in self.cleaned_data["wanted"]]
        chosen = {name: value for name, value in self.cleaned_data.items() if name != "wanted"}
        Preferences.objects.update_or_create(person=person, defaults={"unwanted": unwanted, **chosen})


class ExpiryForm(forms.Form):
    """How long a person's words shall stay, and what goes then."""

    NEVER, MONTH, HALF_YEAR = 0, 30, 180
    words_expire_days = forms.TypedChoiceField(
        label=_("My words expire"),
        coerce=int,
        choices=[
            (NEVER, _("Never")),
            (MONTH, _("30 days after I wrote them")),
            (HALF_YEAR, _("180 days after I wrote them")),
        ],
        widget=forms.RadioSelect,
    )
    words_expire_how = forms.ChoiceField(
        label=_("What goes then"), choices=Preferences.Expiry.choices, widget=forms.RadioSelect
    )

    def __init__(self, data: Any = None, *, choices: Preferences) -> None:
        initial = {"words_expire_days": choices.words_expire_days, "words_expire_how": choices.words_expire_how}
        super().__init__(data, initial=initial)

    @property
    def days(self) -> int:
        return int(self.cleaned_data["words_expire_days"])

    def save(self, person: Any) -> None:
        Preferences.objects.update_or_create(person=person, defaults=self.cleaned_data)
