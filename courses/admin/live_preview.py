"""The page of a step while it is being written: made from the form in memory, so that nobody's saving waits for it.

It is the page that saving would make, beside the form and behind the "Preview" button. The button of courses, weeks and topics (see
`preview`) saves everything and takes it back, which holds the database's one lock for writing on SQLite; this one only reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms.formsets import all_valid
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses import arranging
from courses.admin.preview import Preview
from courses.admin.uploads import keep_uploads
from courses.content import writing
from courses.models import ReflectionQuestion, Step
from courses.views.learning import context_of

NOT_IN_OUTLINES = ("body", "script", "charts", "body_html", "page", "loaded")


class LivePreviewAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A ModelAdmin of steps with an address that answers the posted form with the step's page, or with what stands in its way."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.live_preview_view))
        return [
            path("add/preview/live/", view, name="courses_step_live_new"),
            path("<path:object_id>/preview/live/", view, name="courses_step_live"),
            *super().get_urls(),
        ]

    def live_preview_url(self, step: Step | None) -> str:
        return reverse("admin:courses_step_live", args=[step.pk]) if step else reverse("admin:courses_step_live_new")

    def live_preview_view(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """The page beside the form (200); or a list of what is to be mended first (422). Reads, and takes no lock."""
        return self._page_or_refusals(request, object_id, "admin/courses/refusals.html", live=True)

    def preview_view(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """The same behind the "Preview" button, as a page of its own."""
        return self._page_or_refusals(request, object_id, "admin/courses/preview_refused.html", live=False)

    def _page_or_refusals(
        self, request: HttpRequest, object_id: str | None, refusals: str, *, live: bool
    ) -> HttpResponse:
        """Raises Http404 for a step that is not theirs, PermissionDenied where they may not write."""
        step = admin.ModelAdmin.get_object(self, request, object_id) if object_id else None
        if object_id and step is None:
            raise Http404
        if not (self.has_change_permission(request, step) if step else self.has_add_permission(request)):
            raise PermissionDenied
        form = self.get_form(request, step, change=step is not None)(request.POST, request.FILES, instance=step)
        formsets, inlines = self._create_formsets(request, form.instance, change=step is not None)  # type: ignore[attr-defined]
        if not (form.is_valid() & all_valid(formsets)):
            inline_formsets = self.get_inline_formsets(request, formsets, inlines, step)
            context = {**self.admin_site.each_context(request), "title": _("No preview yet"), "form": form}
            context |= {"inline_admin_formsets": inline_formsets}
            return render(request, refusals, context, status=422)
        if step is None or "topic" in form.changed_data:
            form.instance.position = arranging.last_position(form.instance)
        return _page(request, form.instance, formsets, Preview(live=live))


def _page(request: HttpRequest, step: Step, formsets: Iterable[Any], preview: Preview) -> HttpResponse:
    for row in (step, *(form.instance for formset in formsets for form in formset.kept_forms())):
        keep_uploads(row, course=step.course.uid, preview=preview)
    parts = _parts(step, formsets)
    writing.derive(step, parts, _links(step), writing.glossary_of(step.course))
    if step.pk is None:
        step.pk = 0  # nobody's: nothing of the reader's hangs on it
    return preview.page(request, "courses/step.html", context_of(step, _outline(step, parts)))


def _links(step: Step) -> Mapping[str, writing.Link]:
    """Where links between steps lead, with what the form says about this one."""
    links = {**writing.links_in(step.course)}
    links.pop(step.uid, None)
    if _is_live(step):
        links[step.uid] = writing.Link(step.title, step.get_absolute_url())
    return links


def _is_live(step: Step) -> bool:
    return step.published and step.retired_at is None


def _parts(step: Step, formsets: Iterable[Any]) -> writing.Parts:
    rows = {formset.source_name: _in_order(formset) for formset in formsets}
    for question in rows["reflect"]:
        question.kind = ReflectionQuestion.Kind.REFLECTION
    for prompt in rows["worksheet"]:
        prompt.kind = ReflectionQuestion.Kind.WORKSHEET
    for number, question in enumerate(rows["quiz"], start=1):
        question.pk = question.pk or -number  # its fields on the page need names that differ
    return writing.Parts(
        figures=rows["figures"],
        references=rows["references"],
        questions=[*rows["reflect"], *rows["worksheet"]],
        quiz=rows["quiz"] if step.kind == Step.Kind.QUIZ else [],
        captions=rows["captions"],
        resources=rows["see_also"],
    )


def _in_order(formset: Any) -> list[Any]:
    return sorted((form.instance for form in formset.kept_forms()), key=lambda row: row.position)


def _outline(step: Step, parts: writing.Parts) -> Mapping[str, Any]:
    """The course's outline with what the form says about this step; a draft is not in it."""
    others = step.course.steps.live().exclude(pk=step.pk).select_related("topic__week").defer(*NOT_IN_OUTLINES)
    steps = sorted([*others, *([step] if _is_live(step) else [])], key=_place)
    outline = {**step.course.outline, **writing.outline_from(steps)}
    for name, rows in (("sources", list(parts.references)), ("resources", [r for r in parts.resources if r.url])):
        outline[name] = outline.get(name) or len(rows)
    return outline


def _place(step: Step) -> tuple[int, ...]:
    """What `StepQuerySet.in_order` sorts by."""
    topic = step.topic
    return topic.week.position, topic.week_id, topic.position, topic.pk, step.position, step.pk
