"""The form of a course, in which its lists are text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.admin import lists
from courses.admin.publishing import PublishingForm
from courses.admin.source_forms import OutlineForm, in_words
from courses.admin.uploads import look_at
from courses.content import rendering
from courses.content.complexity import TooComplex
from courses.content.errors import Problem
from courses.content.explaining import shaped
from courses.content.schema import CourseDocument, WeekDocument
from courses.content.sources import Document
from courses.content.text import TextError, decode
from courses.models import Course


class ListField(forms.CharField):
    """A list of a course as text. Without a new text the list stays as it is."""

    def __init__(
        self, label: Any, help_text: Any, rows: int, first: str = "", second: str = "", on_one_line: bool = True
    ) -> None:
        widget = AdminTextareaWidget({"rows": rows})
        super().__init__(required=False, label=label, help_text=help_text, widget=widget, strip=False)
        self.first, self.second, self.on_one_line = first, second, on_one_line

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return lists.entries_to_text(value, self.first, self.second) if self.first else lists.lines_to_text(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(
            self.prepare_value(initial or []).strip(), (data or "").replace("\r\n", "\n").strip()
        )

    def clean(self, value: Any) -> Any:
        text: str = super().clean(value)
        try:
            text = decode(text.encode("utf-8", "surrogatepass"))
        except TextError as error:
            raise ValidationError(_("Line %(l)d %(what)s.") % {"l": error.line, "what": error.message}) from error
        if not self.first:
            return lists.text_to_lines(text)
        return lists.text_to_entries(text, self.first, self.second, on_one_line=self.on_one_line)


HELP: Mapping[str, Any] = {
    "description": gettext_lazy(
        "Markdown: **bold**, *slanted*, an empty line between paragraphs, “- ” before each line of a list."
    ),
    "language": gettext_lazy("In which the course is written, as a code: en, fr, pt-BR …"),
}
_TWO_LINES = gettext_lazy("An empty line between entries; in each, %(what)s.")


class CourseForm(PublishingForm, OutlineForm):
    shape = CourseDocument
    names: ClassVar[Mapping[str, str]] = {
        **{name: name for name in ("title", "tagline", "description", "outcomes", "audience", "contributors", "faq")},
        **{name: name for name in ("hours_per_week", "language", "licence", "sources_note", "picture")},
        **{name: name for name in ("certificate_percent", "organisation")},
        "id": "uid",
    }
    lists = ("outcomes", "audience", "contributors", "faq")

    outcomes = ListField(gettext_lazy("Outcomes"), gettext_lazy("One on each line."), 8)
    audience = ListField(
        gettext_lazy("Who it is for"),
        _TWO_LINES % {"what": gettext_lazy("a title, and the text below it")},
        *(12, "title", "text"),
    )
    contributors = ListField(
        gettext_lazy("Contributors"),
        _TWO_LINES % {"what": gettext_lazy("a name, and the role below it")},
        *(8, "name", "role"),
    )
    faq = ListField(
        gettext_lazy("Questions people ask first"),
        gettext_lazy(
            "An empty line between entries; in each, a question, and the answer (Markdown) below it. "
            "Further paragraphs of an answer begin with two spaces."
        ),
        20,
        "question",
        "answer",
        on_one_line=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in HELP.keys() & self.fields.keys():
            self.fields[name].help_text = HELP[name]

    def neighbours(self) -> QuerySet[Any]:
        return Course.objects.exclude(pk=self.instance.pk)

    def clean_picture(self) -> Any:
        picture = self.cleaned_data["picture"]
        looked_at = look_at(picture, "picture")
        if looked_at:
            self.instance.picture_width, self.instance.picture_height = looked_at.width, looked_at.height
        elif not picture:
            self.instance.picture_width = self.instance.picture_height = 0
        return picture

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in self.lists:
            if name not in self.errors and name not in self.changed_data:
                cleaned[name] = getattr(self.instance, name)
        if cleaned.get("picture") and not cleaned.get("picture_alt") and "picture_alt" not in self.errors:
            self.add_error("picture_alt", _("Describe the picture for someone who cannot see it."))
        return cleaned

    def language(self) -> str:
        return str(self.value("language"))

    def source(self) -> dict[str, Any]:
        data = {**super().source(), "picture": None}
        if "hours_per_week" in self.cleaned_data:
            data["hours_per_week"] = float(self.cleaned_data["hours_per_week"])
        for name in self.lists:
            if isinstance(data[name], list):
                data[name] = [_without_html(entry) for entry in data[name]]
        return data

    def check(self) -> None:
        super().check()
        self.check_slug()
        self.check_text("description", self.cleaned_data.get("description", ""))
        for entry in self.cleaned_data.get("faq", []):
            self.check_text("faq", entry["answer"], about=entry["question"])

    def check_slug(self) -> None:
        problems: list[Problem] = []
        shaped(Document("", {"id": self.cleaned_data.get("slug", "x"), "title": "x"}), WeekDocument, problems)
        for problem in problems:
            self.add_error("slug", in_words(problem))

    def check_text(self, name: str, text: str, about: str = "") -> None:
        try:
            rendering.render_text(text)
        except TooComplex as error:
            self.add_error(name, f"“{about}”: {error}" if about else str(error))


def _without_html(entry: Any) -> Any:
    """An answer as files have it; its HTML is kept beside it in the row."""
    return {name: text for name, text in entry.items() if name != "html"} if isinstance(entry, dict) else entry
