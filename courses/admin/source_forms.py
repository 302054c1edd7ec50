"""What the forms share: the checks that content files go through, with each message beside its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel

from courses.admin import writing_aids
from courses.admin.words import sentence, without_place
from courses.content.errors import Problem
from courses.content.explaining import shaped
from courses.content.sources import Document
from courses.content.text import TextError, decode

LONGEST_ID = 80
LONG_LINE = 300  # characters from which a line gets a box with room to read it


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form whose fields are those of a content file. `names` maps the file's names to the form's."""

    names: ClassVar[Mapping[str, str]] = {}
    left_out_when_empty: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cleaned_data: dict[str, Any] = {}  # until there is something to clean; advice is given on saved words too
        if "uid" in self.fields and self.instance.pk:
            self.fields["uid"].disabled = True
        for field in self.fields.values():
            if isinstance(field.widget, forms.TextInput) and (getattr(field, "max_length", 0) or 0) >= LONG_LINE:
                field.widget = AdminTextareaWidget({"rows": 2, **field.widget_attrs(field.widget)})
                field.widget.is_required = field.required

    def clean(self) -> dict[str, Any]:
        """Texts as files have them: plain line ends, no control characters, and one line where a file has one."""
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if isinstance(value, str):
                try:
                    text = decode(value.encode("utf-8", "surrogatepass"))
                except TextError as error:
                    words = _("Line %(line)d %(what)s.") if "\n" in value else "%(what)s."
                    self.add_error(name, sentence(words % {"line": error.line, "what": error.message}))
                else:
                    is_line = getattr(self.fields[name], "max_length", None)
                    cleaned[name] = " ".join(text.split("\n")) if is_line else text
        return cleaned

    def value(self, name: str) -> Any:
        """A field's value; as it was typed where it is not valid."""
        return self.cleaned_data[name] if name in self.cleaned_data else self[name].value()

    def source(self) -> dict[str, Any]:
        """The fields as a content file would have them."""
        values = {name: self.value(field) for name, field in self.names.items() if field in self.fields}
        return {name: value for name, value in values.items() if value or name not in self.left_out_when_empty}


class OutlineForm(SourceForm):
    """What courses, weeks, topics and steps share: an id that follows from the title unless it is typed, and never changes."""

    shape: ClassVar[type[BaseModel]]
    refused: ClassVar[
        list[str]
    ] = []  # what stands in the way of saving, whatever the fields say (courses.admin.collisions)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "title" in self.fields and not self.instance.pk and not self.is_bound:
            self.fields["title"].widget.attrs["autofocus"] = True
        for name in ("uid", "slug"):
            if name in self.fields and not self.instance.pk:
                self.fields[name].required = False
                self.fields[name].help_text = gettext_lazy("Made from the title when left empty.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in ("uid", "slug"):
            if name in self.fields and not self.instance.pk and name not in self.errors:
                self.fill_from_title(name)
        return cleaned

    def fill_from_title(self, name: str) -> None:
        """Make the id or address from the title when it was left empty, with a number behind it when it is taken."""
        if self.cleaned_data.get(name) or "title" not in self.cleaned_data:
            return
        start = slugify(self.cleaned_data["title"]).replace("_", "-")[:LONGEST_ID].strip("-")
        if not start:
            self.add_error(name, _("The title has no letters from which this could be made; type it here."))
            return
        wanted, number = start, 1
        while self.taken(name, wanted):
            number += 1
            wanted = f"{start[: LONGEST_ID - 5]}-{number}"
        self.cleaned_data[name] = wanted

    def neighbours(self) -> QuerySet[Any]:
        """The other rows whose ids must differ from this one's."""
        raise NotImplementedError

    def taken(self, name: str, value: str) -> bool:
        return self.neighbours().filter(**{name: value}).exists()

    def check_differs(self, name: str, message: str) -> None:
        value = self.cleaned_data.get(name)
        if value and name not in self.errors and self.taken(name, value):
            self.add_error(name, message % {"value": value})

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound:
            self.check()
            for words in self.refused:
                self.add_error(None, words)

    def language(self) -> str:
        """In which language the course is written."""
        raise NotImplementedError

    def advice(self) -> list[Problem]:
        """The warnings of `check_content` about what stands in the form, saved or not."""
        return writing_aids.advice_on_fields(data=self.source(), language=self.language())

    def check(self) -> None:
        """The checks of content files, when Django's own are done."""
        problems: list[Problem] = []
        shaped(Document("", self.source()), self.shape, problems)
        self.put_beside(problems)

    def put_beside(self, problems: Iterable[Problem]) -> None:
        """Each problem at its field, unless Django found that field wrong already, or it waits for what it is made from."""
        known = {*self.errors, *(name for name in ("uid", "slug") if name in self.fields and not self.value(name))}
        for problem in problems:
            form, field = self.place_of(problem)
            if form is not self:
                form.add_problem(field, problem)
            elif field not in known:
                self.add_error(field, in_words(problem))

    def place_of(self, problem: Problem) -> tuple[Any, str | None]:
        """The form and field that a problem belongs to."""
        name = problem.field.split(".")[0]
        field = self.names.get(name, name)
        return self, field if field in self.fields else None


def in_words(problem: Problem) -> str:
    return sentence(without_place(problem.message, problem.field))
