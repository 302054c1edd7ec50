"""Courses, weeks, topics and steps in the admin: made, edited, put in order, looked at before they are saved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses import arranging, publishing, roles
from courses.admin import course_preview
from courses.admin.collisions import CollisionsAdmin, trial_of
from courses.admin.course_form import CourseForm
from courses.admin.files import FilesAdmin
from courses.admin.filters import InsideFilter, StateFilter
from courses.admin.forms import StepForm, TopicForm, WeekForm
from courses.admin.history import HistoryAdmin
from courses.admin.links import DraftLinkAdmin
from courses.admin.live_preview import LivePreviewAdmin
from courses.admin.ordering import OrderedAdmin
from courses.admin.parts import PARTS
from courses.admin.preview import Preview, PreviewAdmin
from courses.admin.publishing import PublishingAdmin
from courses.admin.quiz import QuizInline
from courses.admin.roles import ByCourse, OwnCourses, RoleInline
from courses.admin.tree import BackToTree, TreeAdmin
from courses.admin.uploads import keep_uploads
from courses.admin.writing_aids import FileCheckAdmin, help_to_write, put_beside
from courses.content import writing
from courses.models import Course, Step, Topic, Week
from courses.progress import steps_of

ADDRESS = gettext_lazy("Address and permanent id")


class OutlineAdmin(
    ByCourse, BackToTree, CollisionsAdmin, HistoryAdmin, DraftLinkAdmin, FileCheckAdmin, PreviewAdmin, OrderedAdmin
):
    """What the four share. After a row and its parts are saved, `after_save` renews the pages, in the same transaction."""

    change_form_template = "admin/courses/change.html"
    save_on_top = True
    inside: ClassVar[str | None] = None  # what stands in a row, to be counted in the list

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Count what is inside these rows alone: with the rows of the list, it would be counted for all of the site."""
        super().prepare_rows(request, rows)
        if not self.inside:
            return
        among: Any = self.opts.get_field(self.inside).related_model
        of = self.opts.model_name
        inside = among._default_manager.filter(**{f"{of}__in": rows}, retired_at=None)
        counts = dict(inside.order_by().values_list(of).annotate(Count("pk")))
        for row in rows:
            row.count_inside = counts.get(row.pk, 0)

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

    def put_in_place(self, row: Any, form: Any, *, change: bool) -> None:
        """What is new, or goes into another week or topic, stands behind all others there."""
        if not change or (self.parent and self.parent in form.changed_data):
            row.position = arranging.last_position(row)

    def preview_page(self, request: HttpRequest, row: Any, formsets: Iterable[Any], preview: Preview) -> HttpResponse:
        return course_preview.page(request, row, preview)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        self.put_in_place(obj, form, change=change)
        course = obj if isinstance(obj, Course) else obj.course
        keep_uploads(obj, course=course.uid, preview=trial_of(request))
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self.after_save(form, change)

    def after_save(self, form: Any, change: bool) -> None:
        writing.refresh(form.instance.course)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        if not trial_of(request) and "title" in context["adminform"].form.fields:  # else it is for reading only
            put_beside(context["adminform"].form)
            context |= {"check_file_url": self.check_file_url(), "shared": request.session.get("shared")}
        return super().render_change_form(request, context, *args, **kwargs)

    def view_on_site(self, obj: Any) -> str | None:
        return f"{reverse('courses:outline', args=[obj.course.slug])}"

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: Any) -> str:
        if getattr(obj, "retired_at", None):
            return _("Retired")
        if isinstance(obj, Week | Topic):
            return _("In the course")
        return publishing.state_words(obj)

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
class CourseAdmin(TreeAdmin, FilesAdmin, PublishingAdmin, EmptyOnly):
    form = CourseForm
    parent = None
    inside = "weeks"
    steps_inside = "course"
    course_field = "pk"
    may: ClassVar[frozenset[str]] = frozenset({"view", "change"})
    inlines = (RoleInline,)
    ordering = ("position", "pk")
    list_display = ("title", "state", "weeks", "order", "on_site")
    list_display_links = ("title",)
    search_fields = ("title", "uid", "slug")
    prepopulated_fields: ClassVar[Any] = {"slug": ("title",), "uid": ("title",)}
    fieldsets = (
        (None, {"fields": ("title", "tagline", "description", "published", "publish_at")}),
        (gettext_lazy("What it offers"), {"fields": ("outcomes", "audience", "faq")}),
        (
            gettext_lazy("How it is made"),
            {"fields": ("hours_per_week", "language", "licence", "organisation", "contributors", "sources_note")},
        ),
        (gettext_lazy("Certificate"), {"fields": ("certificate_percent",)}),
        (gettext_lazy("Picture"), {"fields": ("picture", "picture_alt")}),
        (ADDRESS, {"fields": ("slug", "uid")}),
    )

    def for_list(self, rows: QuerySet[Course]) -> QuerySet[Course]:
        return rows.only("title", "slug", "published", "publish_at")  # the whole rows carry outlines and texts

    @admin.display(description=gettext_lazy("weeks"))
    def weeks(self, obj: Any) -> SafeString:
        words = ngettext("%(n)d week", "%(n)d weeks", obj.count_inside) % {"n": obj.count_inside}
        return self.link_to_list("week", words, course__id__exact=obj.pk)

    @admin.display(description=gettext_lazy("page"))
    def on_site(self, obj: Course) -> SafeString:
        return _on_site(obj.get_absolute_url(), obj.title)

    def view_on_site(self, obj: Course) -> str:
        return obj.get_absolute_url()

    def may_order(self, request: HttpRequest) -> bool:
        """The order of courses is everybody's: not for who writes only some of them."""
        return super().may_order(request) and self.only_in(request) is None

    def after_save(self, form: Any, change: bool) -> None:
        writing.refresh(form.instance)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        before = roles.people_of(form.instance)
        super().save_formset(request, form, formset, change)
        roles.settle(before | roles.people_of(form.instance))

    def delete_model(self, request: HttpRequest, obj: Course) -> None:
        helped = roles.people_of(obj)
        super().delete_model(request, obj)
        roles.settle(helped)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Course]) -> None:
        for course in queryset:
            self.delete_model(request, course)


@admin.register(Week)
class WeekAdmin(EmptyOnly):
    form = WeekForm
    parent = "course"
    inside = "topics"
    steps_inside = "topic__week"
    ordering = ("course__position", "course_id", "position", "pk")
    list_display = ("title", "course", "state", "topics", "order")
    list_display_links = ("title",)
    list_filter = (("course", OwnCourses),)
    list_select_related = ("course",)
    search_fields = ("title", "uid")
    prepopulated_fields: ClassVar[Any] = {"uid": ("title",)}
    fieldsets = ((None, {"fields": ("course", "title", "lead")}), (ADDRESS, {"fields": ("uid",)}))

    def for_list(self, rows: QuerySet[Week]) -> QuerySet[Week]:
        return rows.defer("loaded", "course__outline", "course__loaded")

    @admin.display(description=gettext_lazy("topics"))
    def topics(self, obj: Any) -> SafeString:
        words = ngettext("%(n)d topic", "%(n)d topics", obj.count_inside) % {"n": obj.count_inside}
        return self.link_to_list("topic", words, course__id__exact=obj.course_id, week__id__exact=obj.pk)


@admin.register(Topic)
class TopicAdmin(EmptyOnly):
    form = TopicForm
    parent = "week"
    inside = "steps"
    steps_inside = "topic"
    ordering = ("course__position", "course_id", "week__position", "week_id", "position", "pk")
    list_display = ("title", "week", "state", "steps", "order")
    list_display_links = ("title",)
    list_filter = (("course", OwnCourses), ("week", InsideFilter))
    list_select_related = ("week", "course")
    search_fields = ("title", "uid")
    prepopulated_fields: ClassVar[Any] = {"uid": ("title",)}
    fieldsets = ((None, {"fields": ("week", "title", "lead")}), (ADDRESS, {"fields": ("uid",)}))

    def for_list(self, rows: QuerySet[Topic]) -> QuerySet[Topic]:
        return rows.defer("loaded", "week__loaded", "course__outline", "course__loaded")

    @admin.display(description=gettext_lazy("steps"))
    def steps(self, obj: Any) -> SafeString:
        words = ngettext("%(n)d step", "%(n)d steps", obj.count_inside) % {"n": obj.count_inside}
        return self.link_to_list("step", words, course__id__exact=obj.course_id, topic__id__exact=obj.pk)


@admin.register(Step)
class StepAdmin(PublishingAdmin, LivePreviewAdmin, OutlineAdmin):
    form = StepForm
    change_form_template = "admin/courses/step_change.html"
    parent = "topic"
    inlines = [*PARTS, QuizInline]
    ordering = (
        *("course__position", "course_id", "topic__week__position", "topic__week_id"),
        *("topic__position", "topic_id", "position", "pk"),
    )
    list_display = ("ref", "title", "kind", "minutes", "state", "order", "on_site")
    list_display_links = ("title",)
    list_filter = (("course", OwnCourses), ("topic__week", InsideFilter), ("topic", InsideFilter), StateFilter, "kind")
    list_select_related = ("course",)
    search_fields = ("title", "uid", "slug", "body")
    prepopulated_fields: ClassVar[Any] = {"slug": ("title",), "uid": ("title",)}
    actions = (*PublishingAdmin.actions, "retire", "restore")
    fieldsets = (
        (None, {"fields": ("topic", "title", "kind", "lead", ("minutes", "optional"), "published", "publish_at")}),
        (gettext_lazy("Text"), {"fields": ("body",)}),
        (gettext_lazy("Notes about the text"), {"fields": ("content_note", "quotes_stigma")}),
        (
            gettext_lazy("Film (video steps)"),
            {"fields": ("script", "film", "audio", "poster", "chapters", "synthetic_voice")},
        ),
        (ADDRESS, {"fields": ("slug", "uid"), "classes": ("collapse",)}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is about films is folded in other steps. For a step that is out of the course, what to do about it comes first."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and obj.kind != Step.Kind.VIDEO:
            fieldsets = [(n, {**f, "classes": ("collapse",)} if "film" in f["fields"] else f) for n, f in fieldsets]
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
        if not self.in_order(request):
            return
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
            keep_uploads(part.instance, course=form.instance.course.uid, preview=trial_of(request))
        super().save_formset(request, form, formset, change)

    def after_save(self, form: Any, change: bool) -> None:
        before = {name: form[name].initial for name in ("slug", "title")} if change else {}
        arranging.step_written(step=form.instance, before=before)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        if not trial_of(request) and "body" in context["adminform"].form.fields:
            help_to_write(context["adminform"], context.get("original"))
            context["live_preview_url"] = self.live_preview_url(context.get("original"))
        return super().render_change_form(request, context, *args, **kwargs)

    def get_inline_formsets(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Kinds of parts of which the step has none are folded."""
        found = super().get_inline_formsets(request, *args, **kwargs)
        for inline in found:
            if not inline.formset.kept_forms():
                inline.classes = f"{inline.classes} collapse"
        return found

    @admin.action(
        description=gettext_lazy("Retire: take out of the course, keep what learners did"), permissions=["change"]
    )
    def retire(self, request: HttpRequest, queryset: QuerySet[Step]) -> None:
        done = arranging.retire(steps=queryset, by=request.user)
        self._tell(request, done, _("Retired."))
        words = ngettext("%(n)d step retired.", "%(n)d steps retired.", len(done)) % {"n": len(done)}
        self.message_user(request, words, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Restore: put back where they were"), permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Step]) -> None:
        done, refused = arranging.restore(steps=queryset, by=request.user)
        self._tell(request, done, _("Restored."))
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
