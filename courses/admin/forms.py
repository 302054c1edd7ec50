"""The forms of weeks, topics and steps. A step is checked together with its parts, each message beside its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.admin import writing_aids
from courses.admin.publishing import PublishingForm
from courses.admin.source_forms import OutlineForm
from courses.admin.uploads import look_at
from courses.admin.words import sentence
from courses.content.checking import check_step
from courses.content.errors import Problem
from courses.content.schema import TopicDocument, WeekDocument
from courses.content.sources import Document, StepSource
from courses.content.transcripts import not_in_captions, unspoken
from courses.models import Course, Step, Topic, Week

BODY_HELP = gettext_lazy(
    "Markdown. A figure: ![](figure:its-id) alone on a line. A source: [^its-id]. Another step: [words](step:its-id)."
)


class InCourseForm(OutlineForm):
    """A form of what stands inside a course and cannot leave it."""

    names: ClassVar[Mapping[str, str]] = {"id": "uid", "title": "title", "lead": "lead"}
    only_in: ClassVar[frozenset[int] | None] = (
        None  # the courses whose places may be chosen (set by ByCourse); None: all
    )

    def course(self) -> Course | None:
        """The course it belongs to, as far as the form says."""
        raise NotImplementedError

    def language(self) -> str:
        course = self.course() or getattr(self.instance, "course", None)
        return course.language if course else "en"

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


def _open_places(places: QuerySet[Any], row: Any, now: int | None, only_in: frozenset[int] | None) -> QuerySet[Any]:
    """Places that are not retired, in these courses; for a row that is in a course already those of that one, its own among them."""
    chosen = places.filter(retired_at=None)
    if only_in is not None:
        chosen = chosen.filter(course__in=only_in)
    if row.pk:
        chosen = chosen.filter(course=row.course_id) | places.filter(pk=now)
    return chosen


class TopicForm(InCourseForm):
    shape = TopicDocument

    week = PlaceField(queryset=Week.objects.none(), label=gettext_lazy("Week"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        weeks = Week.objects.select_related("course").order_by("course__position", "course_id", "position", "pk")
        places = _open_places(weeks, self.instance, self.instance.week_id, self.only_in)
        self.fields["week"].queryset = places  # type: ignore[attr-defined]

    def course(self) -> Course | None:
        week: Week | None = self.cleaned_data.get("week")
        return week.course if week else None


class StepForm(PublishingForm, InCourseForm):
    """Sees the step's parts too (`instance.parts`, set by StepAdmin), because text and parts are checked together."""

    names: ClassVar[Mapping[str, str]] = {
        **{
            name: name
            for name in ("kind", "title", "lead", "minutes", "slug", "optional", "content_note", "quotes_stigma")
        },
        "id": "uid",
        "draft": "published",
    }
    film_names = ("script", "film", "audio", "poster", "chapters")

    topic = PlaceField(queryset=Topic.objects.none(), label=gettext_lazy("Topic"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = Topic.objects.select_related("course", "week").order_by(
            *("course__position", "course_id", "week__position", "week_id", "position", "pk")
        )
        places = _open_places(topics, self.instance, self.instance.topic_id, self.only_in)
        self.fields["topic"].queryset = places  # type: ignore[attr-defined]
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

    def clean_audio(self) -> Any:
        look_at(self.cleaned_data["audio"], "audio")
        return self.cleaned_data["audio"]

    def clean_chapters(self) -> Any:
        look_at(self.cleaned_data["chapters"], "chapters")
        return self.cleaned_data["chapters"]

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
        video: dict[str, Any] = {name: name for name in self.film_names if self.value(name)}
        if self.value("synthetic_voice"):
            video["synthetic_voice"] = True
        if captions := parts.pop("captions", []):
            video["captions"] = captions
        published = self.value("published")
        # Charts are written in files only; the text is checked with those that the step has.
        fields = {**super().source(), **parts, "charts": self.instance.charts, "draft": not published}
        return {**fields, **({"video": video} if video else {})}

    def advice(self) -> list[Problem]:
        texts = {name: self.value(name) or "" for name in ("body", "script")}
        return writing_aids.advice_on_step(data=self.source(), language=self.language(), **texts)

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
        if data.get("quiz") and data["kind"] != Step.Kind.QUIZ and "kind" not in self.errors:
            self.add_error("kind", _("Only a quiz has quiz questions. Choose “Quiz”, or remove them."))
        ids = {*course.steps.filter(retired_at=None).values_list("uid", flat=True), data["id"]}
        source = StepSource(
            Document("", data), name=data["slug"] or "", number=0, body=self.value("body") or "", body_line=1
        )
        _step, problems = check_step(source, step_ids=ids)
        self.put_beside(problems)
        self.check_spoken(course.language)

    def check_spoken(self, language: str) -> None:
        """What the script says is in the captions, where either was changed here."""
        forms = self.parts()["captions"].kept_forms() if "captions" in self.parts() else []
        captions = next((form for form in forms if form.instance.language == language), None)
        script = self.value("script")
        if (
            captions is None
            or captions.errors
            or not script
            or not ("script" in self.changed_data or captions.has_changed())
        ):
            return
        for line in unspoken(script, captions.instance.cues):
            message = _("Line %(line)d: %(what)s")
            what = not_in_captions(line, captions.instance.file.name.rpartition("/")[2])
            self.add_error("script", message % {"line": line.at, "what": sentence(what)})

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
        if names == ["quiz"]:
            names = ["kind"]
        formset = self.parts().get(names[0])
        if formset is None:
            field = self.names.get(names[0], names[0])
            return self, field if field in self.fields else None
        row = int(names[1]) if len(names) > 1 else 0
        return formset.kept_forms()[row], names[2] if len(names) > 2 else None
