"""The forms of courses, weeks, topics and steps: the checks that content files go through, with each message beside its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel

from courses.admin import lists
from courses.admin.uploads import look_at
from courses.admin.words import sentence, without_place
from courses.content import rendering
from courses.content.checking import check_step
from courses.content.complexity import TooComplex
from courses.content.errors import Problem
from courses.content.explaining import shaped
from courses.content.schema import CourseDocument, TopicDocument, WeekDocument
from courses.content.sources import Document, StepSource
from courses.content.text import TextError, decode
from courses.models import Course, Step, Topic, Week

LONGEST_ID = 80
LONG_LINE = 300  # characters from which a line gets a box with room to read it
BODY_HELP = gettext_lazy(
    "Markdown. A figure: ![](figure:its-id) alone on a line. A source: [^its-id]. Another step: [words](step:its-id)."
)


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form whose fields are those of a content file. `names` maps the file's names to the form's."""

    names: ClassVar[Mapping[str, str]] = {}
    left_out_when_empty: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
                self.add_error(field, _in_words(problem))

    def place_of(self, problem: Problem) -> tuple[Any, str | None]:
        """The form and field that a problem belongs to."""
        name = problem.field.split(".")[0]
        field = self.names.get(name, name)
        return self, field if field in self.fields else None


def _in_words(problem: Problem) -> str:
    return sentence(without_place(problem.message, problem.field))


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


_TWO_LINES = gettext_lazy("An empty line between entries; in each, %(what)s.")


class CourseForm(OutlineForm):
    shape = CourseDocument
    names: ClassVar[Mapping[str, str]] = {
        **{name: name for name in ("title", "tagline", "description", "outcomes", "audience", "contributors", "faq")},
        **{name: name for name in ("hours_per_week", "language", "licence", "sources_note", "picture")},
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
            self.add_error("slug", _in_words(problem))

    def check_text(self, name: str, text: str, about: str = "") -> None:
        try:
            rendering.render_text(text)
        except TooComplex as error:
            self.add_error(name, f"“{about}”: {error}" if about else str(error))


def _without_html(entry: Any) -> Any:
    """An answer as files have it; its HTML is kept beside it in the row."""
    return {name: text for name, text in entry.items() if name != "html"} if isinstance(entry, dict) else entry


class InCourseForm(OutlineForm):
    """A form of what stands inside a course and cannot leave it."""

    names: ClassVar[Mapping[str, str]] = {"id": "uid", "title": "title", "lead": "lead"}

    def course(self) -> Course | None:
        """The course it belongs to, as far as the form says."""
        raise NotImplementedError

    def neighbours(self) -> QuerySet[Any]:
        model: type[Model] = type(self.instance)
        return model._default_manager.filter(course=self.course()).exclude(pk=self.instance.pk)

    def fill_from_title(self, name: str) -> None:
        if self.course():
            super().fill_from_title(name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if course := self.course():
            self.instance.course = course
            self.check_differs("uid", _("The id “%(value)s” is already used in this course; choose another."))
        return cleaned


class WeekForm(InCourseForm):
    shape = WeekDocument

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "course" in self.fields:
            self.fields["course"].disabled = True

    def course(self) -> Course | None:
        return self.cleaned_data.get("course") if "course" in self.fields else self.instance.course


class PlaceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Chooses where something stands; shows the whole way there."""

    def label_from_instance(self, obj: Any) -> str:
        way = [obj.course.title, obj.title] if isinstance(obj, Week) else [obj.course.title, obj.week.title, obj.title]
        return " › ".join(way)


def _open_places(places: QuerySet[Any], row: Any, now: int | None) -> QuerySet[Any]:
    """Places that are not retired; for a row that is in a course already those of that course, its own among them."""
    chosen = places.filter(retired_at=None)
    if row.pk:
        chosen = chosen.filter(course=row.course_id) | places.filter(pk=now)
    return chosen


class TopicForm(InCourseForm):
    shape = TopicDocument

    week = PlaceField(queryset=Week.objects.none(), label=gettext_lazy("Week"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        weeks = Week.objects.select_related("course").order_by("course__position", "course_id", "position", "pk")
        self.fields["week"].queryset = _open_places(weeks, self.instance, self.instance.week_id)  # type: ignore[attr-defined]

    def course(self) -> Course | None:
        week: Week | None = self.cleaned_data.get("week")
        return week.course if week else None


class StepForm(InCourseForm):
    """Sees the step's parts too (`instance.parts`, set by StepAdmin), because text and parts are checked together."""

    names: ClassVar[Mapping[str, str]] = {
        **{name: name for name in ("kind", "title", "lead", "minutes", "slug", "optional", "content_note")},
        "id": "uid",
        "draft": "published",
    }
    film_names = ("script", "film", "poster")

    topic = PlaceField(queryset=Topic.objects.none(), label=gettext_lazy("Topic"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = Topic.objects.select_related("course", "week").order_by(
            *("course__position", "course_id", "week__position", "week_id", "position", "pk")
        )
        self.fields["topic"].queryset = _open_places(topics, self.instance, self.instance.topic_id)  # type: ignore[attr-defined]
        if "body" in self.fields:
            self.fields["body"].help_text = BODY_HELP
        for name in {"body", "script"} & set(self.fields):
            self.fields[name].strip = False  # type: ignore[attr-defined] # lines are counted as they stand in the box

    def course(self) -> Course | None:
        topic: Topic | None = self.cleaned_data.get("topic")
        return topic.course if topic else None

    def taken(self, name: str, value: str) -> bool:
        neighbours = self.neighbours()
        if name == "slug":
            neighbours = neighbours.filter(retired_at=None)
        return bool(neighbours.filter(**{name: value}).exists())

    def clean_film(self) -> Any:
        look_at(self.cleaned_data["film"], "film")
        return self.cleaned_data["film"]

    def clean_poster(self) -> Any:
        look_at(self.cleaned_data["poster"], "picture")
        return self.cleaned_data["poster"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in ("body", "script"):
            if name in cleaned:
                text, stored = cleaned[name].rstrip(), getattr(self.instance, name)
                cleaned[name] = stored if text.strip() == stored.strip() else text  # space around it is no edit
        if self.course() and self.instance.retired_at is None:
            self.check_differs("slug", _("The address “%(value)s” is already that of another step; choose another."))
        return cleaned

    def parts(self) -> dict[str, Any]:
        """The formsets of the parts, by the name that their list has in a content file."""
        return {formset.source_name: formset for formset in getattr(self.instance, "parts", [])}

    def source(self) -> dict[str, Any]:
        parts = {name: formset.source() for name, formset in self.parts().items()}
        video = {name: self.value(name) and name for name in self.film_names if self.value(name)}
        if captions := parts.pop("captions", []):
            video["captions"] = captions
        published = self.value("published")
        return {**super().source(), **parts, "draft": not published, **({"video": video} if video else {})}

    def check(self) -> None:
        for formset in self.parts().values():
            formset.is_valid()
        course = self.course()
        if course is None:
            return
        data = self.source()
        if "video" in data and data["kind"] != Step.Kind.VIDEO and "kind" not in self.errors:
            self.add_error(
                "kind", _("Only a video has a film, a script, a poster or captions. Choose “Video”, or remove them.")
            )
        ids = {*course.steps.filter(retired_at=None).values_list("uid", flat=True), data["id"]}
        source = StepSource(
            Document("", data), name=data["slug"] or "", number=0, body=self.value("body") or "", body_line=1
        )
        _step, problems = check_step(source, step_ids=ids)
        self.put_beside(problems)

    def put_beside(self, problems: Iterable[Problem]) -> None:
        in_body = [problem for problem in problems if problem.field == "body"]
        if "body" not in self.errors:
            for problem in in_body:
                self.add_error(
                    "body", _("Line %(line)d: %(what)s") % {"line": problem.line, "what": sentence(problem.message)}
                )
        super().put_beside(problem for problem in problems if problem.field != "body")

    def place_of(self, problem: Problem) -> tuple[Any, str | None]:
        names = problem.field.split(".")
        if names[0] == "video":
            names = names[1:] or ["kind"]
        formset = self.parts().get(names[0])
        if formset is None:
            field = self.names.get(names[0], names[0])
            return self, field if field in self.fields else None
        row = int(names[1]) if len(names) > 1 else 0
        return formset.kept_forms()[row], names[2] if len(names) > 2 else None
