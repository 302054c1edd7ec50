"""What helps while a step is written: advice beside the fields, how long it is, what can be linked to, files looked at when chosen.

All of it is there without JavaScript, but for the look at a file before the form is sent; scripts in static/js/workbench add the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from courses.admin.uploads import look_at
from courses.admin.words import sentence, without_place
from courses.content.advising import course_of
from courses.content.errors import Problem
from courses.content.language import language_warnings
from courses.content.lengths import FASTEST, SLOWEST, SPOKEN, length_warnings, words_in
from courses.content.misreading import misread_warnings
from courses.content.naming import naming_warnings
from courses.content.script import transcript_of
from courses.content.sources import Document, ScriptSource, StepSource, TopicSource, WeekSource
from courses.models import Course, Step, Topic
from courses.progress import steps_of

BODY, SCRIPT = "body", "script"
KINDS = ("picture", "captions", "chapters")  # films are too large to be sent twice


@dataclass(frozen=True)
class Target:
    """A step that a text can link to: how it is found in a list, and what is written."""

    label: str
    words: str


def targets(course: Course) -> list[Target]:
    """The steps of a course in their order, drafts among them: they will be there when somebody reads."""
    refs = {step["pk"]: step["ref"] for step in steps_of(course.outline)}
    rows = course.steps.filter(retired_at=None).in_order().values_list("pk", "uid", "title", "published")
    return [
        Target(
            f"{refs.get(pk, '–')} {title}" + ("" if published else f" ({_('draft')})"),
            f"[{escaped(title)}](step:{uid})",
        )
        for pk, uid, title, published in rows
    ]


def escaped(words: str) -> str:
    """Words as they are, in Markdown."""
    return re.sub(r"([\\`*_\[\]])", r"\\\1", words)


def length_of(name: str, text: str, minutes: Any) -> SafeString:
    """How many words the text or the script of a step has, and how long they take; bounds are those of the advice.

    The sentences stand in data- attributes too, for the script that counts while somebody types.
    """
    if name == BODY:
        words, fastest, slowest = words_in(text), FASTEST, SLOWEST
        said = _("%(words)s; reading takes %(from)s to %(to)s minutes. The step says %(minutes)s.")
    else:
        words, fastest, slowest = sum(words_in(line.text) for line in transcript_of(text)), SPOKEN, SPOKEN
        said = _("%(words)s to say, in %(from)s minutes or more. The step says %(minutes)s.")
    one, other = (ngettext("%(n)s word", "%(n)s words", n) for n in (1, 2))
    counted = (one if words == 1 else other) % {"n": words}
    bounds = {"from": -(-words // fastest), "to": -(-words // slowest), "minutes": minutes or "–"}
    return format_html(
        '<span class="count" data-count data-one="{}" data-other="{}" data-said="{}" data-fastest="{}" data-slowest="{}">{}</span>',
        *(one, other, said, fastest, slowest, said % {"words": counted, **bounds}),
    )


def advice_on_step(*, data: Mapping[str, Any], body: str, script: str, language: str) -> list[Problem]:
    """The warnings of `check_content` about one step. `field` is that of the form's source; "body" and "script" for their texts."""
    video = {"video": {**data.get("video", {}), "script": SCRIPT}} if script else {}
    step = StepSource(Document(BODY, {**data, **video}), name="", number=0, body=body, body_line=1)
    topic = TopicSource("", 0, None, [step], {SCRIPT: ScriptSource(SCRIPT, script)})
    source = course_of(language, WeekSource("", 0, None, [topic]))
    found = language_warnings(source) + length_warnings(source) + naming_warnings(source) + misread_warnings(source)
    return [Problem(p.path, p.line, p.message, p.field or p.path) for p in sorted(found)]


def advice_on_fields(*, data: Mapping[str, Any], language: str) -> list[Problem]:
    """The same for what has fields and no text: words that had better be others."""
    week = WeekSource("", 0, Document("", dict(data)), [])
    return language_warnings(course_of(language, week))


def put_beside(form: Any) -> None:
    """Each piece of advice into the help of its field, where a screen reader finds it too. It keeps nothing from being saved."""
    for problem in form.advice():
        at, name = form.place_of(problem)
        if at is not form:
            name = at.names.get(name, name) or at.key
        if name in at.fields:
            words = sentence(without_place(problem.message, problem.field))
            if problem.field in (BODY, SCRIPT):
                words = _("Line %(line)d: %(what)s") % {"line": problem.line, "what": words}
            _add_help(at, name, format_html('<span class="advice">{}</span>', words))


def help_to_write(adminform: Any, step: Step | None) -> None:
    """How long the text and the script of a step are, and what the text can link to."""
    form = adminform.form
    for name in (BODY, SCRIPT):
        _add_help(form, name, length_of(name, form.value(name) or "", form.value("minutes")))
    places = form.fields["topic"].queryset if "topic" in form.fields else Topic.objects.none()
    first = None if step else places.first()  # of the courses that this person writes
    course = step.course if step else first and first.course
    links = linkable(course) if course else ""
    adminform.fieldsets = [
        (n, {**f, "description": links} if BODY in f["fields"] else f) for n, f in adminform.fieldsets
    ]


def _add_help(form: Any, name: str, more: SafeString) -> None:
    field = form[name]
    field.help_text = format_html("{}{}", field.help_text, more)


def linkable(course: Course) -> SafeString:
    """What a text can link to, folded, with the exact words to copy; a script makes a list to search in of it."""
    rows = format_html_join("", "<li>{} <code>{}</code></li>", ((t.label, t.words) for t in targets(course)))
    title = _("Steps that can be linked to")
    return format_html(
        '<details class="linkable"><summary>{}</summary><ul data-linkable>{}</ul></details>', title, rows
    )


class FileCheckAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A ModelAdmin with an address that says what is wrong with a file, before the form is sent. Nothing is kept."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.check_file_view))
        return [path("check-file/", view, name=self._check_name()), *super().get_urls()]

    def _check_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_check_file"

    def check_file_url(self) -> str:
        return reverse(f"admin:{self._check_name()}")

    def check_file_view(self, request: HttpRequest) -> JsonResponse:
        """{"problems": [sentences]} about the file; 400 when there is none, or its kind is unknown."""
        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        kind, file = request.POST.get("kind"), request.FILES.get("file")
        if kind not in KINDS or file is None:
            return JsonResponse({"problems": []}, status=400)
        try:
            look_at(file, cast(Literal["picture", "captions", "chapters"], kind))
        except ValidationError as error:
            return JsonResponse({"problems": error.messages})
        return JsonResponse({"problems": []})
