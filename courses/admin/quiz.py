"""The questions of a quiz on the step's page in the admin. Their answers are written as text, one below the other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.admin.parts import PartForm, PartInline, QuestionFormSet
from courses.admin.words import sentence, without_place
from courses.content.checking_quiz import LIST_OF
from courses.content.errors import Problem
from courses.content.text import plain_line_ends
from courses.models import QuizQuestion

Entry = dict[str, Any]

CHOICE = re.compile(r"\[( |x|X|)\]\s*(.*)")
REASON = re.compile(r"why:\s*(.*)", re.IGNORECASE)
BETWEEN = " = "
HELP = gettext_lazy(
    "One answer or several: “[x] text” for a right one, “[ ] text” for another, and below it “why: its explanation”. "
    "Put in order: one on each line, in the right order. Match: “left = right”, and below it “why: …” if you like."
)


def entries_to_text(kind: str, entries: list[Entry]) -> str:
    if kind == "order":
        return "\n".join(entry["text"] for entry in entries)
    if kind == "match":
        heads = [f"{entry['left']}{BETWEEN}{entry['right']}" for entry in entries]
    else:
        heads = [f"[{'x' if entry['right'] else ' '}] {entry['text']}" for entry in entries]
    reasons = [f"\nwhy: {entry['why']}" if entry["why"] else "" for entry in entries]
    return "\n\n".join(head + why for head, why in zip(heads, reasons, strict=True))


def text_to_entries(kind: str, text: str) -> list[Entry]:
    """The answers in such a text. Raises ValidationError with a message for each line that is none."""
    entries: list[Entry] = []
    wrong = []
    for number, line in enumerate(plain_line_ends(text).split("\n"), start=1):
        line = line.strip()
        choice, reason = CHOICE.fullmatch(line), REASON.fullmatch(line)
        if not line:
            continue
        if kind == "order" and not choice and not reason:
            entries.append({"text": line})
        elif kind == "match" and BETWEEN in line and not choice and not reason:
            left, _between, right = line.rpartition(BETWEEN)
            entries.append({"left": left.strip(), "right": right.strip(), "why": ""})
        elif kind in ("one", "several") and choice:
            entries.append({"text": choice[2], "right": bool(choice[1].strip()), "why": ""})
        elif kind != "order" and reason and entries:
            entries[-1]["why"] = f"{entries[-1]['why']} {reason[1]}".strip()
        else:
            wrong.append(_("Line %(line)d: %(what)s") % {"line": number, "what": _wanted(kind)})
    if wrong:
        raise ValidationError(wrong)
    return entries


def _wanted(kind: str) -> str:
    if kind == "order":
        return _("the lines of an order have neither “[x]” nor “why:”; its explanation has a field of its own.")
    if kind == "match":
        return _("write “left = right”, with a space on both sides of the sign, or “why: …” below it.")
    return _("write “[x] text” or “[ ] text”, and “why: …” below it, each on one line.")


class EntriesField(forms.CharField):
    """The answers as text, which browsers send with other line ends than ours."""

    def __init__(self) -> None:
        widget = AdminTextareaWidget({"rows": 10})
        super().__init__(label=gettext_lazy("Answers"), help_text=HELP, widget=widget)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return plain_line_ends(data or "").strip() != (initial or "").strip()


class QuizForm(PartForm):
    names: ClassVar[Mapping[str, str]] = {
        **{name: name for name in ("kind", "question", "why")},
        **dict.fromkeys(LIST_OF.values(), "options"),
        "id": "uid",
    }

    options = EntriesField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["options"] = entries_to_text(self.instance.kind, self.instance.options)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "options" in cleaned and "kind" in cleaned:
            if not {"options", "kind"} & {*self.changed_data}:
                cleaned["options"] = self.instance.options
                return cleaned
            try:
                cleaned["options"] = text_to_entries(cleaned["kind"], cleaned["options"])
            except ValidationError as error:
                self.add_error("options", error)
        return cleaned

    def source(self) -> dict[str, Any]:
        data = {name: value for name, value in super().source().items() if name not in LIST_OF.values()}
        entries = self.cleaned_data.get("options") if self.is_bound else self.instance.options
        return {**data, LIST_OF.get(data["kind"], "options"): entries if isinstance(entries, list) else []}

    def add_problem(self, field: str | None, problem: Problem) -> None:
        """A mistake in one of the answers says in which, and in the signs of this form."""
        _quiz, row, *place = problem.field.split(".")
        message = without_place(problem.message, problem.field).replace(f"quiz.{row}.", "")
        if len(place) > 1:
            message = f"{', '.join([_('Answer %(n)d') % {'n': int(place[1]) + 1}, *place[2:]])}: {message}"
        for words, here in (('"right: true"', "[x]"), ('"kind: several"', _("“Several answers”"))):
            message = message.replace(words, here)
        super().add_problem(field, Problem(problem.path, problem.line, sentence(message)))


class QuizFormSet(QuestionFormSet):
    source_name = "quiz"
    kind = ""  # each question's own


class QuizInline(PartInline, admin.StackedInline):  # type: ignore[type-arg]
    model = QuizQuestion
    form = QuizForm
    formset = QuizFormSet
    fields = (("position", "uid", "kind"), "question", "options", "why")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[QuizQuestion]:
        return super().get_queryset(request).filter(retired_at=None)
