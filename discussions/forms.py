"""What a comment must be before it is posted."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

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
        self.errors.pop("submission", None)  # a spoilt number only loses the protection against sending twice
        return super().clean() or {}
