"""The parts of a step on its page in the admin: figures, captions, reflection questions, resources, references."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from django import forms
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.admin.rows import NamedRows
from courses.admin.source_forms import SourceForm
from courses.admin.uploads import look_at, look_at_kept
from courses.admin.words import sentence, without_place
from courses.content.checking_media import CheckedFile
from courses.content.errors import Problem
from courses.models import Caption, Figure, Reference, ReflectionQuestion, Resource, Step


class PartForm(SourceForm):
    """A part. `key` is the field that tells it apart from the others of its step."""

    key: ClassVar[str] = "uid"
    uid_help: ClassVar[Any] = gettext_lazy("Chosen once and never changed.")

    position = forms.IntegerField(
        label=gettext_lazy("Position"),
        required=False,
        min_value=0,
        max_value=10_000,
        help_text=gettext_lazy("Left empty: behind the others."),
        widget=forms.NumberInput({"class": "part-position"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial["position"] = None
        if "uid" in self.fields:
            self.fields["uid"].label, self.fields["uid"].help_text = _("Id"), self.uid_help

    def validate_constraints(self) -> None:
        """An id that another row of the step has already, said at the field."""
        try:
            self.instance.validate_constraints(exclude=self._get_validation_exclusions())  # type: ignore[attr-defined]
        except ValidationError:
            self.add_error(self.key, _("Another one in this step has this already; give each its own."))

    def add_problem(self, field: str | None, problem: Problem) -> None:
        """What the content checks found, unless Django found the field wrong already."""
        field = self.names.get(field or "", field) or self.key
        known = getattr(self, "known_before_checks", None)
        if known is None:
            known = self.known_before_checks = set(self.errors)
        if field not in known:
            message = sentence(without_place(problem.message, problem.field))
            self.add_error(field if field in self.fields else None, message)


class PartFormSet(NamedRows):
    """All parts of one kind. `source_name` is what their list is called in a content file."""

    source_name: ClassVar[str]

    def kept_forms(self) -> list[Any]:
        """The rows that will be there after saving."""
        if not self.is_bound:
            return list(self.initial_forms)
        deleted = self.deleted_forms
        return [form for form in self.forms if form not in deleted and (form.instance.pk or form.has_changed())]

    def source(self) -> list[dict[str, Any]]:
        return [form.source() for form in self.kept_forms()]

    def validate_unique(self) -> None:
        """Rows of this page that have the same id, said at the field of the later one."""
        seen = set()
        for form in self.kept_forms():
            value = form.value(form.key) if form.key in form.fields else None
            if value and value in seen and form.key not in form.errors:
                form.add_error(form.key, _("“%(value)s” stands here twice; give each its own.") % {"value": value})
            seen.add(value)

    def clean(self) -> None:
        super().clean()
        last = max(
            (form.value("position") for form in self.kept_forms() if _is_number(form.value("position"))), default=0
        )
        for form in self.kept_forms():
            if "position" in form.cleaned_data and form.cleaned_data["position"] is None:
                last += 1
                form.instance.position = last


def _is_number(value: Any) -> bool:
    return isinstance(value, int)


KEPT = "courses.kept-file"


def kept_file(name: str) -> str:
    """What a new row says to have this file of the storage. Sealed, so that nobody names another one."""
    return signing.dumps(name, salt=KEPT)


class FileForm(PartForm):
    """A part that is a file: one that is chosen, or `kept` one of a part that somebody else took away meanwhile."""

    kind: ClassVar[Literal["picture", "captions"]]

    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and not self.instance.pk and (sealed := self.data.get(self.add_prefix("kept"))):
            with contextlib.suppress(signing.BadSignature):
                self.instance.file = signing.loads(sealed, salt=KEPT)
                self.initial["file"] = self.instance.file

    def looked_at(self) -> CheckedFile | None:
        """What a new file is, be it chosen or kept; None when nothing is new. Raises ValidationError when it may not be kept."""
        file = self.cleaned_data["file"]
        if self.instance.pk or isinstance(file, UploadedFile):
            return look_at(file, self.kind)
        return look_at_kept(file.name, self.kind)

    def source(self) -> dict[str, Any]:
        return {**super().source(), "file": "file"}


class FigureForm(FileForm):
    kind = "picture"
    uid_help = gettext_lazy("The text shows it with ![](figure:id) alone on a line.")
    names: ClassVar[Mapping[str, str]] = {"id": "uid", "alt": "alt", "caption": "caption", "credit": "credit"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "alt" in self.fields:
            self.fields["alt"].error_messages["required"] = _("Describe the picture for someone who cannot see it.")

    def clean_file(self) -> Any:
        if looked_at := self.looked_at():
            self.instance.width, self.instance.height = looked_at.width, looked_at.height
        return self.cleaned_data["file"]


class CaptionForm(FileForm):
    kind = "captions"
    key = "language"
    names: ClassVar[Mapping[str, str]] = {"language": "language", "label": "label"}

    def clean_file(self) -> Any:
        if looked_at := self.looked_at():
            self.instance.cues = looked_at.cues
        return self.cleaned_data["file"]


class QuestionForm(PartForm):
    names: ClassVar[Mapping[str, str]] = {"id": "uid", "text": "text"}


class PromptForm(PartForm):
    names: ClassVar[Mapping[str, str]] = {"id": "uid", "title": "title", "text": "text"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "title" in self.fields:
            self.fields["title"].required = True


class ResourceForm(PartForm):
    key = "url"  # for what concerns the whole row; two may well lead to the same place
    names: ClassVar[Mapping[str, str]] = {"title": "title", "url": "url", "step": "to_step", "note": "note"}
    left_out_when_empty: ClassVar[frozenset[str]] = frozenset({"url", "step"})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and bool(cleaned.get("url")) == bool(cleaned.get("to_step")):
            self.add_error("url", _("Give either an address outside the course or the id of a step, not both."))
        return cleaned


class ReferenceForm(PartForm):
    uid_help = gettext_lazy("The text cites it as [^id].")
    names: ClassVar[Mapping[str, str]] = {name: name for name in ("source", "year", "url", "claim")} | {"id": "uid"}
    left_out_when_empty: ClassVar[frozenset[str]] = frozenset({"url"})


class FigureFormSet(PartFormSet):
    source_name = "figures"


class CaptionFormSet(PartFormSet):
    source_name = "captions"


class QuestionFormSet(PartFormSet):
    """A question that is removed is retired, because answers may hang on it; typing its id again brings it back."""

    source_name = "reflect"
    kind: ClassVar[str] = ReflectionQuestion.Kind.REFLECTION

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        if self.is_bound and self.instance.pk and not form.instance.pk:
            uid = (form["uid"].value() or "").strip()
            here = self.get_queryset().model._default_manager.filter(step=self.instance, uid=uid)
            retired = here.exclude(retired_at=None).first() if uid else None
            form.instance = retired or form.instance
        return form

    def save_new(self, form: Any, commit: bool = True) -> Any:
        form.instance.retired_at = None
        if self.kind:
            form.instance.kind = self.kind
        return super().save_new(form, commit)

    def delete_existing(self, obj: Any, commit: bool = True) -> None:
        obj.retired_at = timezone.now()
        obj.save(update_fields=["retired_at"])


class WorksheetFormSet(QuestionFormSet):
    source_name = "worksheet"
    kind = ReflectionQuestion.Kind.WORKSHEET


class ResourceFormSet(PartFormSet):
    source_name = "see_also"

    def validate_unique(self) -> None:
        """Two resources may lead to the same place."""


class ReferenceFormSet(PartFormSet):
    source_name = "references"


class PartInline(InlineModelAdmin):  # type: ignore[type-arg]
    """Who may write a step may write its parts."""

    extra = 1
    max_num = 150  # more than a rendered step may have notes
    formfield_overrides: ClassVar[Any] = {
        models.URLField: {"assume_scheme": "https", "widget": forms.URLInput({"class": "vURLField"})}
    }

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Build no more rows than can be saved: left to itself, Django makes a thousand more for a request that claims them."""
        return super().get_formset(request, obj, **{"absolute_max": self.max_num, **kwargs})

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        steps = self.admin_site.get_model_admin(Step)
        return steps.has_change_permission(request, obj) if obj else steps.has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.get_model_admin(Step).has_view_permission(request, obj)


class FigureInline(PartInline, admin.StackedInline):  # type: ignore[type-arg]
    model = Figure
    form = FigureForm
    formset = FigureFormSet
    fields = (("position", "uid"), ("file", "kept"), "alt", "caption", "credit")


class CaptionInline(PartInline, admin.StackedInline):  # type: ignore[type-arg]
    model = Caption
    form = CaptionForm
    formset = CaptionFormSet
    fields = (("position", "language", "label"), ("file", "kept"))


class QuestionInline(PartInline, admin.StackedInline):  # type: ignore[type-arg]
    model = ReflectionQuestion
    form: Any = QuestionForm
    formset = QuestionFormSet
    fields: ClassVar[Any] = (("position", "uid"), "text")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ReflectionQuestion]:
        return super().get_queryset(request).filter(retired_at=None, kind=self.formset.kind)


class WorksheetInline(QuestionInline):
    """What learners fill in on a page of their own."""

    form = PromptForm
    formset = WorksheetFormSet
    fields = (("position", "uid"), "title", "text")
    extra = 0
    verbose_name = gettext_lazy("field of the worksheet")
    verbose_name_plural = gettext_lazy("worksheet")


class ResourceInline(PartInline, admin.StackedInline):  # type: ignore[type-arg]
    model = Resource
    form = ResourceForm
    formset = ResourceFormSet
    fields = (("position", "to_step"), "title", "url", "note")


class ReferenceInline(PartInline, admin.StackedInline):  # type: ignore[type-arg]
    model = Reference
    form = ReferenceForm
    formset = ReferenceFormSet
    fields = (("position", "uid", "year"), "source", "url", "claim")


PARTS: list[type[InlineModelAdmin[Any, Any]]] = [
    FigureInline,
    CaptionInline,
    QuestionInline,
    WorksheetInline,
    ResourceInline,
    ReferenceInline,
]
