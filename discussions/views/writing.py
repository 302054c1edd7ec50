"""Posting, answering and withdrawing. A refused post comes back with the reason and every word of it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from courses.content import rendering
from courses.models import Step
from courses.views.learning import find_step, step_page
from discussions import posting
from discussions.forms import CommentForm
from discussions.holes import Draft
from discussions.models import Comment
from discussions.places import address_of


@require_POST
def post(request: HttpRequest, course_slug: str, step_slug: str) -> HttpResponse:
    """Post a comment under a step."""
    return _take(request, find_step(request, course_slug, step_slug), None)


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, course_slug: str, step_slug: str, comment_id: int) -> HttpResponse:
    """A page with one comment and the form to answer it; and the answer."""
    step = find_step(request, course_slug, step_slug)
    comments = Comment.objects.visible().on(step.pk).select_related("author")
    parent = get_object_or_404(comments, pk=comment_id)
    if request.method == "POST":
        return _take(request, step, parent)
    return _reply_page(request, step, parent)


def _reply_page(request: HttpRequest, step: Step, parent: Comment, draft: Draft | None = None) -> HttpResponse:
    base = step.get_absolute_url()
    context = {
        "parent": parent,
        "back": address_of(parent, base),
        "base": base,
        "course_slug": step.course.slug,
        "most": settings.COMMENT_MAX_LENGTH,
        "draft": draft,
    }
    return render(request, "discussions/reply.html", context, status=422 if draft and draft.error else 200)


def _take(request: HttpRequest, step: Step, parent: Comment | None) -> HttpResponse:
    form = CommentForm(request.POST)
    valid = form.is_valid()
    error = "" if valid else form.first_error()
    preview = ""
    if not request.user.is_authenticated:
        error = _("You are not signed in, so this was not posted yet. Sign in in another tab, then post it here.")
    elif not error and request.POST.get("view") == "preview":
        try:
            preview = rendering.render_comment(form.cleaned_data["body"])
        except rendering.TooComplex as refusal:
            error = str(refusal)
    elif not error:
        try:
            comment = posting.post(
                author=request.user,
                step=step,
                body=form.cleaned_data["body"],
                parent=parent,
                submission=form.cleaned_data.get("submission"),
            )
        except posting.Refused as refusal:
            error = str(refusal)
        else:
            return redirect(address_of(comment, step.get_absolute_url()))
    draft = Draft(body=request.POST.get("body", ""), error=error, preview=preview, parent=parent)
    if parent is not None:
        return _reply_page(request, step, parent, draft)
    request.draft = draft  # type: ignore[attr-defined]
    return step_page(request, step, status=422 if error else 200)


@require_POST
@login_required
def withdraw(request: HttpRequest, course_slug: str, step_slug: str, comment_id: int) -> HttpResponse:
    """Take back one's own comment; somebody else's is no comment at all."""
    step = find_step(request, course_slug, step_slug)
    own = Comment.objects.on(step.pk).visible().filter(author_id=request.user.pk)
    posting.withdraw(comment=get_object_or_404(own, pk=comment_id))
    messages.success(request, _("Your comment was withdrawn."))
    return redirect(step.get_absolute_url() + "#discussion")
