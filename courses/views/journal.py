"""A learner's journal: answering on a step, all answers as one document, a worksheet on one sheet, and moving answers into an account.

Every page here shows the reader's own words and nobody else's; there is no address under which somebody else's could be asked for.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import whole_number
from courses import journal as rules
from courses.models import Course, ReflectionQuestion, Step
from courses.pages import PageResponse, shared
from courses.progress import steps_of
from courses.views.learning import find_course, find_step, step_context, step_page

ANSWER, READ = "answer-", "read-"  # each followed by the question's id, in the form on a step


@require_POST
def save(request: HttpRequest, course_slug: str, step_slug: str) -> HttpResponse:
    """Answers to questions of a step, one or all. What cannot be kept comes back with the reason, word for word."""
    found = find_step(request, course_slug, step_slug)
    sent = {
        name.removeprefix(ANSWER): str(text) for name, text in request.POST.dict().items() if name.startswith(ANSWER)
    }
    if not request.user.is_authenticated:
        return _signed_out(request, found, sent)
    asked = {question.uid: question for question in ReflectionQuestion.objects.filter(step=found, uid__in=sent)}
    kept, refused = {}, {}
    for uid, question in asked.items():
        try:
            kept[uid] = rules.write(
                person=request.user, question=question, text=sent[uid], read=request.POST.get(READ + uid, "")
            )
        except rules.Refused as error:
            refused[uid] = (sent[uid], str(error))
    status = 422 if refused else 200
    if request.accepts("text/html"):
        return _page_after(request, found, kept, refused)
    answers = {uid: {"read": rules.seen(w.text), "added": w.added} for uid, w in kept.items()}
    return JsonResponse({"kept": answers, "refused": {uid: r[1] for uid, r in refused.items()}}, status=status)


def _signed_out(request: HttpRequest, found: Step, sent: dict[str, str]) -> HttpResponse:
    """Somebody wrote and is not signed in any more: give the words back."""
    if not request.accepts("text/html"):
        return JsonResponse({"kept": {}, "refused": {}}, status=403)
    questions = dict(ReflectionQuestion.objects.filter(step=found, uid__in=sent).values_list("uid", "text"))
    written = [{"question": questions[uid], "text": text} for uid, text in sent.items() if text and uid in questions]
    context = {"step": found, "written": written}
    return render(request, "courses/journal_signed_out.html", context, status=403)


def _page_after(
    request: HttpRequest, found: Step, kept: dict[str, rules.Written], refused: dict[str, tuple[str, str]]
) -> HttpResponse:
    if any(written.added for written in kept.values()):
        words = _("An answer had been changed elsewhere meanwhile. Both are kept: yours first, the other one below it.")
        messages.warning(request, words)
    on_sheet = request.POST.get("back") == "worksheet"
    if refused:
        request.refused_journal = refused  # type: ignore[attr-defined]
        fresh = find_step(request, found.course.slug, found.slug)
        return _sheet(request, fresh, status=422) if on_sheet else step_page(request, fresh, status=422)
    if kept:
        messages.success(request, _("Saved in your journal. Only you can read it."))
    return redirect(found.get_absolute_url() + ("worksheet/" if on_sheet else "#reflect"))


@never_cache
@require_safe
def journal(request: HttpRequest, course_slug: str) -> HttpResponse:
    """All answers of this learner in a course, as one document. Without an account the browser fills it in."""
    found = find_course(request, course_slug)
    steps = _document_of(request, found) if request.user.is_authenticated else []
    return render(request, "courses/journal.html", {"course": found, "steps": steps})


@never_cache
@require_safe
@login_required
def download(request: HttpRequest, course_slug: str) -> HttpResponse:
    """The same document as a Markdown file."""
    found = find_course(request, course_slug)
    lines = [f"# {_('My journal')}: {found.title}", ""]
    for step in _document_of(request, found):
        lines += [f"## {step['ref']} {step['title']}".replace("##  ", "## "), ""]
        for entry in step["entries"]:
            lines += [f"> {entry.asked}", "", entry.text, ""]
    response = HttpResponse("\n".join(lines), content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="journal.md"'
    return response


def _document_of(request: HttpRequest, course: Course) -> list[dict[str, Any]]:
    """The learner's answers by step, in the order of the course; those whose step has left the course at the end."""
    outline = {step["pk"]: step for step in steps_of(course.outline)}
    place = {pk: n for n, pk in enumerate(outline)}
    entries = sorted(
        rules.in_course(request.user, course).select_related("question__step"),
        key=lambda e: (place.get(e.question.step_id, len(place)), e.question.step_id, e.question.position, e.pk),
    )
    steps: dict[int, dict[str, Any]] = {}
    for entry in entries:
        live = outline.get(entry.question.step_id)
        entry.gone = live is None or entry.question.retired_at is not None  # type: ignore[attr-defined]
        entry.now = str(entry.question)  # type: ignore[attr-defined]
        step = steps.setdefault(
            entry.question.step_id,
            {"ref": "", "slug": "", "title": entry.question.step.title, **(live or {}), "entries": []},
        )
        step["entries"].append(entry)
    return list(steps.values())


@require_POST
@login_required
def remove(request: HttpRequest, course_slug: str) -> HttpResponse:
    """Take one's own answer away for good."""
    found = find_course(request, course_slug)
    entry = whole_number(request.POST.get("entry", ""))
    get_object_or_404(rules.in_course(request.user, found), pk=entry).delete()
    messages.success(request, _("The answer is gone."))
    return redirect("courses:journal", found.slug)


@require_POST
@login_required
def move(request: HttpRequest, course_slug: str) -> HttpResponse:
    """Take answers that a browser kept into the account: `kept` is a list of {"step", "question", "text"}, by permanent ids.

    Answers {"moved": [the places in that list]}. The browser keeps the others.
    """
    found = find_course(request, course_slug)
    try:
        sent = rules.read_kept(request.POST.get("kept", ""))
    except (ValueError, RecursionError):
        return JsonResponse({"moved": []}, status=400)
    return JsonResponse({"moved": rules.take_over(person=request.user, course=found, kept=sent)})


@require_safe
def worksheet(request: HttpRequest, course_slug: str, step_slug: str) -> HttpResponse:
    """A step's worksheet with this learner's answers, on one sheet; empty lines where there are none."""
    return _sheet(request, find_step(request, course_slug, step_slug))


def _sheet(request: HttpRequest, found: Step, *, status: int = 200) -> HttpResponse:
    key = f"{found.pk}:{found.course.pk}:{found.course.version}"
    if not Step.objects.filter(pk=found.pk, questions__kind="worksheet", questions__retired_at=None).exists():
        raise Http404
    page = shared(request, "courses/worksheet.html", key=key, context=lambda: step_context(found))
    response = PageResponse(request, page, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
