"""The page of a step while it is being written, beside the form and behind the "Preview" button: the one that saving would make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from courses.admin.course_preview import outline_with
from courses.admin.preview import Preview, PreviewAdmin
from courses.admin.uploads import keep_uploads
from courses.content import writing
from courses.models import ReflectionQuestion, Step
from courses.views.learning import context_of


class LivePreviewAdmin(PreviewAdmin):
    """A PreviewAdmin of steps, with one more address for the page beside the form."""

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
        """The page beside the form (200); or a list of what is to be mended first (422)."""
        return self.page_or_refusals(request, object_id, "admin/courses/refusals.html", Preview(live=True))

    def preview_page(self, request: HttpRequest, row: Step, formsets: Iterable[Any], preview: Preview) -> HttpResponse:
        for part in (row, *(form.instance for formset in formsets for form in formset.kept_forms())):
            keep_uploads(part, course=row.course.uid, preview=preview)
        parts = _parts(row, formsets)
        writing.derive(row, parts, _links(row), writing.glossary_of(row.course))
        if row.pk is None:
            row.pk = 0  # nobody's: nothing of the reader's hangs on it
        return preview.page(request, "courses/step.html", context_of(row, _outline(row, parts)))


def _links(step: Step) -> Mapping[str, writing.Link]:
    """Where links between steps lead, with what the form says about this one."""
    links = {**writing.links_in(step.course)}
    links.pop(step.uid, None)
    if step.published and step.retired_at is None:
        links[step.uid] = writing.Link(step.title, step.get_absolute_url())
    return links


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
    outline = outline_with(step)
    for name, rows in (("sources", list(parts.references)), ("resources", [r for r in parts.resources if r.url])):
        outline[name] = outline.get(name) or len(rows)
    return outline
