"""Courses, weeks, topics and steps in the admin: made, edited, put in order, looked at before they are saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses import arranging
from courses.admin.course_form import CourseForm
from courses.admin.filters import InsideFilter, StateFilter
from courses.admin.forms import StepForm, TopicForm, WeekForm
from courses.admin.ordering import OrderedAdmin
from courses.admin.parts import PARTS
from courses.admin.preview import PreviewAdmin, preview_of
from courses.admin.quiz import QuizInline
from courses.admin.uploads import keep_uploads
from courses.content import writing
from courses.models import Course, Step, Topic, Week
from courses.progress import steps_of
from courses.views.learning import step_context

ADDRESS = gettext_lazy("Address and permanent id")


class OutlineAdmin(PreviewAdmin, OrderedAdmin):
    """What the four share. After a row and its parts are saved, `after_save` renews the pages, in the same transaction."""

    preview_template = "courses/course.html"
    save_on_top = True

    class Media:
        css: ClassVar[Any] = {"all": ["css/admin.css"]}

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """For writing, behind the lock that the loader takes too: neither overwrites what the other has just written."""
        row = super().get_object(request, object_id, from_field)
        if row and request.method == "POST":
            course = row.pk if isinstance(row, Course) else row.course_id
            Course.objects.select_for_update().get(pk=course)
            row.refresh_from_db()
        return row

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change or (self.parent and self.parent in form.changed_data):
            obj.position = arranging.last_position(obj)
        course = obj if isinstance(obj, Course) else obj.course
        keep_uploads(obj, course=course.uid, preview=preview_of(request))
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self.after_save(form, change)

    def after_save(self, form: Any, change: bool) -> None:
        writing.refresh(form.instance.course)

    def preview_context(self, obj: Any) -> Mapping[str, Any]:
        course = Course.objects.get(pk=obj.pk if isinstance(obj, Course) else obj.course_id)
        return {"course": course, "outline": course.outline, "next": None, "done": 0}

    def view_on_site(self, obj: Any) -> str | None:
        return f"{reverse('courses:outline', args=[obj.course.slug])}"

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: Any) -> str:
        if getattr(obj, "retired_at", None):
            return _("Retired")
        if isinstance(obj, Week | Topic):
            return _("In the course")
        return _("Published") if obj.published else _("Draft")

    def link_to_list(self, of: str, words: str, **chosen: Any) -> SafeString:
        """A link to the list of what is inside."""
        query = "&".join(f"{name}={value}" for name, value in chosen.items())
        return format_html('<a href="{}?{}">{}</a>', reverse(f"admin:courses_{of}_changelist"), query, words)


class EmptyOnly(OutlineAdmin):
    """What holds steps, retired ones too, cannot be deleted: learners' progress and discussions hang on them."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and Step.objects.filter(**{self.steps_inside: obj}).exists():
            return False
        return super().has_delete_permission(request, obj)

    steps_inside: ClassVar[str]


@admin.register(Course)
class CourseAdmin(EmptyOnly):
    form = CourseForm
    parent = None
    steps_inside = "course"
    ordering = ("position", "pk")
    list_display = ("title", "state", "weeks", "order", "on_site")
    list_display_links = ("title",)
    search_fields = ("title", "uid", "slug")
    prepopulated_fields: ClassVar[Any] = {"slug": ("title",), "uid": ("title",)}
    fieldsets = (
        (None, {"fields": ("title", "tagline", "description", "published")}),
        (gettext_lazy("What it offers"), {"fields": ("outcomes", "audience", "faq")}),
        (
            gettext_lazy("How it is made"),
            {"fields": ("hours_per_week", "language", "licence", "contributors", "sources_note")},
        ),
        (gettext_lazy("Picture"), {"fields": ("picture", "picture_alt")}),
        (ADDRESS, {"fields": ("slug", "uid")}),
    )

    def for_list(self, rows: QuerySet[Course]) -> QuerySet[Course]:
        return rows.annotate(week_count=Count("weeks", filter=Q(weeks__retired_at=None))).defer("outline", "loaded")

    @admin.display(description=gettext_lazy("weeks"))
    def weeks(self, obj: Any) -> SafeString:
        words = ngettext("%(n)d week", "%(n)d weeks", obj.week_count) % {"n": obj.week_count}
        return self.link_to_list("week", words, course__id__exact=obj.pk)

    @admin.display(description=gettext_lazy("page"))
    def on_site(self, obj: Course) -> SafeString:
        return _on_site(obj.get_absolute_url(), obj.title)

    def view_on_site(self, obj: Course) -> str:
        return obj.get_absolute_url()

    def after_save(self, form: Any, change: bool) -> None:
        writing.refresh(form.instance)


@admin.register(Week)
class WeekAdmin(EmptyOnly):
    form = WeekForm
    parent = "course"
    steps_inside = "topic__week"
    ordering = ("course__position", "course_id", "position", "pk")
    list_display = ("title", "course", "state", "topics", "order")
    list_display_links = ("title",)
    list_filter = ("course",)
    list_select_related = ("course",)
    search_fields = ("title", "uid")
    prepopulated_fields: ClassVar[Any] = {"uid": ("title",)}
    fieldsets = ((None, {"fields": ("course", "title", "lead")}), (ADDRESS, {"fields": ("uid",)}))

    def for_list(self, rows: QuerySet[Week]) -> QuerySet[Week]:
        return rows.annotate(topic_count=Count("topics", filter=Q(topics__retired_at=None))).defer("course__outline")

    @admin.display(description=gettext_lazy("topics"))
    def topics(self, obj: Any) -> SafeString:
        words = ngettext("%(n)d topic", "%(n)d topics", obj.topic_count) % {"n": obj.topic_count}
        return self.link_to_list("topic", words, course__id__exact=obj.course_id, week__id__exact=obj.pk)


@admin.register(Topic)
class TopicAdmin(EmptyOnly):
    form = TopicForm
    parent = "week"
    steps_inside = "topic"
    ordering = ("course__position", "course_id", "week__position", "week_id", "position", "pk")
    list_display = ("title", "week", "state", "steps", "order")
    list_display_links = ("title",)
    list_filter = ("course", ("week", InsideFilter))
    list_select_related = ("week",)
    search_fields = ("title", "uid")
    prepopulated_fields: ClassVar[Any] = {"uid": ("title",)}
    fieldsets = ((None, {"fields": ("week", "title", "lead")}), (ADDRESS, {"fields": ("uid",)}))

    def for_list(self, rows: QuerySet[Topic]) -> QuerySet[Topic]:
        return rows.annotate(step_count=Count("steps", filter=Q(steps__retired_at=None)))

    @admin.display(description=gettext_lazy("steps"))
    def steps(self, obj: Any) -> SafeString:
        words = ngettext("%(n)d step", "%(n)d steps", obj.step_count) % {"n": obj.step_count}
        return self.link_to_list("step", words, course__id__exact=obj.course_id, topic__id__exact=obj.pk)


@admin.register(Step)
class StepAdmin(OutlineAdmin):
    form = StepForm
    parent = "topic"
    preview_template = "courses/step.html"
    inlines = [*PARTS, QuizInline]
    ordering = (
        *("course__position", "course_id", "topic__week__position", "topic__week_id"),
        *("topic__position", "topic_id", "position", "pk"),
    )
    list_display = ("ref", "title", "kind", "minutes", "state", "order", "on_site")
    list_display_links = ("title",)
    list_filter = ("course", ("topic__week", InsideFilter), ("topic", InsideFilter), StateFilter, "kind")
    list_select_related = ("course",)
    search_fields = ("title", "uid", "slug", "body")
    prepopulated_fields: ClassVar[Any] = {"slug": ("title",), "uid": ("title",)}
    actions = ("retire", "restore")
    fieldsets = (
        (None, {"fields": ("topic", "title", "kind", "lead", ("minutes", "optional"), "published")}),
        (gettext_lazy("Text"), {"fields": ("content_note", "body")}),
        (
            gettext_lazy("Film (video steps)"),
            {"fields": ("script", "film", "audio", "poster", "chapters", "synthetic_voice")},
        ),
        (ADDRESS, {"fields": ("slug", "uid")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """For a step that is out of the course, what to do about it comes first."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or obj.retired_at is None:
            return fieldsets
        words = _(
            "This step is retired: it is not in the course. “Restore” among the actions of the list brings it back."
        )
        return ((_("Retired"), {"fields": (), "description": words}), *fieldsets)

    def for_list(self, rows: QuerySet[Step]) -> QuerySet[Step]:
        return rows.defer("body", "script", "body_html", "page", "loaded", "course__outline", "course__loaded")

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        super().prepare_rows(request, rows)
        outlines = Course.objects.filter(pk__in={row.course_id for row in rows}).values_list("outline", flat=True)
        refs = {step["pk"]: step["ref"] for outline in outlines for step in steps_of(outline)}
        for row in rows:
            row.number = refs.get(row.pk, "–")

    @admin.display(description=gettext_lazy("no."))
    def ref(self, obj: Any) -> str:
        return str(obj.number)

    @admin.display(description=gettext_lazy("page"))
    def on_site(self, obj: Step) -> SafeString | str:
        return "" if obj.retired_at else _on_site(obj.get_absolute_url(), obj.title)

    def view_on_site(self, obj: Step) -> str | None:
        return None if obj.retired_at else obj.get_absolute_url()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Steps are retired, never deleted."""
        return False

    def _create_formsets(self, request: HttpRequest, obj: Any, change: bool) -> Any:
        formsets, inlines = super()._create_formsets(request, obj, change)  # type: ignore[misc]
        obj.parts = formsets  # StepForm checks the text and the parts together
        return formsets, inlines

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for part in formset.forms:
            keep_uploads(part.instance, course=form.instance.course.uid, preview=preview_of(request))
        super().save_formset(request, form, formset, change)

    def after_save(self, form: Any, change: bool) -> None:
        before = {name: form[name].initial for name in ("slug", "title")} if change else {}
        arranging.step_written(step=form.instance, before=before)

    def preview_context(self, obj: Step) -> Mapping[str, Any]:
        return step_context(obj)

    @admin.action(
        description=gettext_lazy("Retire: take out of the course, keep what learners did"), permissions=["change"]
    )
    def retire(self, request: HttpRequest, queryset: QuerySet[Step]) -> None:
        done = arranging.retire(steps=queryset)
        self._tell(request, done, "Retired.")
        words = ngettext("%(n)d step retired.", "%(n)d steps retired.", len(done)) % {"n": len(done)}
        self.message_user(request, words, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Restore: put back where they were"), permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Step]) -> None:
        done, refused = arranging.restore(steps=queryset)
        self._tell(request, done, "Restored.")
        words = ngettext("%(n)d step restored.", "%(n)d steps restored.", len(done)) % {"n": len(done)}
        self.message_user(request, words, messages.SUCCESS)
        for step in refused:
            why = _("“%(title)s” stays retired: its address “%(slug)s” is another step's now. Give it a new one first.")
            self.message_user(request, why % {"title": step.title, "slug": step.slug}, messages.ERROR)

    def _tell(self, request: HttpRequest, steps: list[Step], what: str) -> None:
        for step in steps:
            self.log_change(request, step, what)


def _on_site(address: str, title: str) -> SafeString:
    words = capfirst(_("View on site"))
    return format_html('<a href="{}">{}<span class="visually-hidden">: {}</span></a>', address, words, title)
