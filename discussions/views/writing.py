"""Posting, answering, changing and withdrawing. What is not posted comes back with the reason and every word of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from courses import fragments
from courses.content import rendering
from courses.models import Step
from courses.views.learning import find_step, step_page
from discussions import holes, identifying, posting
from discussions.forms import CommentForm
from discussions.holes import Draft
from discussions.models import Alias, Comment
from discussions.places import address_of
from discussions.refusals import Refused
from discussions.views import reading
from discussions.wanted import Wanted

taking_words = sensitive_post_parameters("body")  # never in a report of an error


@taking_words
@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: HttpRequest, course_slug: str, step_slug: str) -> HttpResponse:
    """Post a comment under a step; or read on in its discussion."""
    step = find_step(request, course_slug, step_slug)
    return _take(request, step, None) if request.method == "POST" else reading.comments(request, step)


@taking_words
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, course_slug: str, step_slug: str, comment_id: int) -> HttpResponse:
    """The form to answer a comment, on a page with it or in its place; and the answer."""
    step = find_step(request, course_slug, step_slug)
    parent = get_object_or_404(Comment.objects.on(step.pk).with_names(), pk=comment_id)
    if request.method == "POST":
        return _take(request, step, parent)
    if not fragments.asked(request):
        return _reply_page(request, step, parent)
    holes.look_up(request, step.pk, step.course_id)
    box = _composer(request, step, parent, None) if request.user.is_authenticated and not parent.gone else ""
    return fragments.answer(f'<div id="reply-{parent.pk}">{box}</div>') if box else _reply_page(request, step, parent)


def _composer(request: HttpRequest, step: Step, parent: Comment | None, draft: Draft | None, **more: str) -> str:
    """The form alone, for a script."""
    context = {
        "base": step.get_absolute_url(),
        "most": settings.COMMENT_MAX_LENGTH,
        "draft": draft,
        "parent": parent,
        "box": f"composer-{parent.pk}" if parent else "composer",
        "swaps": True,
        **more,
    }
    return render_to_string("discussions/_composer.html", context, request)


def _reply_page(request: HttpRequest, step: Step, parent: Comment, draft: Draft | None = None) -> HttpResponse:
    holes.look_up(request, step.pk, step.course_id)
    base = step.get_absolute_url()
    answers = draft.parent if draft else parent  # None where the words can only be posted as a comment of their own
    context = {
        "answered": parent,
        "parent": answers,
        "back": address_of(parent, base),
        "base": base,
        "course_slug": step.course.slug,
        "most": settings.COMMENT_MAX_LENGTH,
        "draft": draft,
    }
    return render(request, "discussions/reply.html", context, status=draft.status if draft else 200)


def _take(request: HttpRequest, step: Step, parent: Comment | None) -> HttpResponse:
    outcome = _outcome(request, step, parent)
    if isinstance(outcome, Comment):
        if fragments.asked(request):
            return _posted(request, step, outcome)
        return redirect(address_of(outcome, step.get_absolute_url()))
    if fragments.asked(request):
        holes.look_up(request, step.pk, step.course_id)
        box = _composer(request, step, outcome.parent, outcome, **_box(request))
        response = fragments.answer(box, status=outcome.status)
    elif parent is not None:
        response = _reply_page(request, step, parent, outcome)
    else:
        request.draft = outcome  # type: ignore[attr-defined]
        response = step_page(request, step, status=outcome.status)
    for name, value in (outcome.refusal.headers if outcome.refusal else {}).items():
        response.headers[name] = value
    return response


def _box(request: HttpRequest) -> dict[str, str]:
    """The id of the form that a script waits for, also where the words can no longer be the answer that it was for."""
    asked = fragments.asked(request)
    return {"box": asked} if asked.removeprefix("composer-").isdigit() else {}


def _outcome(request: HttpRequest, step: Step, parent: Comment | None) -> Comment | Draft:
    """The posted comment, or the draft with what stands in its way (or how it will look)."""
    form = CommentForm(request.POST)
    draft = _draft(request, form, parent)
    if draft.error or draft.preview:
        return draft
    data = form.cleaned_data
    without_handle = data["under"] == "alias"
    if not data["under"] and Alias.objects.filter(person=request.user.pk, step=step).exists():
        return replace(draft, error=_("You have an alias here. Choose under which name this shall stand."))
    if asked := _asked_about(request, draft, data, without_handle=without_handle):
        return asked
    try:
        return posting.post(
            author=request.user,
            step=step,
            body=data["body"],
            parent=parent,
            submission=data["submission"],
            without_handle=without_handle,
            question=data["question"],
        )
    except Refused as refusal:
        still = None if isinstance(refusal, posting.Gone) else parent
        return replace(draft, error=str(refusal), parent=still, refusal=refusal)


def _draft(request: HttpRequest, form: CommentForm, parent: Comment | None) -> Draft:
    """What was sent, with the reason why it cannot be posted at all, or with how it will look if that was asked."""
    sent = request.POST
    valid = form.is_valid()
    draft = Draft(
        body=sent.get("body", ""),
        parent=parent,
        under=form.cleaned_data.get("under", ""),
        question=form.cleaned_data.get("question", ""),
        submission=str(form.cleaned_data.get("submission") or ""),
        was=sent.get("was", ""),
    )
    if not valid:
        return replace(draft, error=form.first_error())
    if not request.user.is_authenticated:
        words = _("You are not logged in, so this was not posted yet. Log in from another tab, then post it here.")
        return replace(draft, error=words)
    if sent.get("view") != "preview":
        return draft
    try:
        return replace(draft, preview=rendering.render_comment(form.cleaned_data["body"]))
    except rendering.TooComplex as refusal:
        return replace(draft, error=str(refusal))


def _asked_about(request: HttpRequest, draft: Draft, data: dict[str, Any], *, without_handle: bool) -> Draft | None:
    """The draft with what may identify somebody in it, unless the writer said that these words shall stay."""
    handle = request.user.get_username() if without_handle else ""
    found = identifying.find(data["body"], handle=handle)
    digest = identifying.digest(data["body"], found)
    if data["anyway"] == digest:
        return None
    return replace(
        draft, found=identifying.marked(data["body"], found), found_words=identifying.in_words(found), anyway=digest
    )


def _posted(request: HttpRequest, step: Step, comment: Comment) -> HttpResponse:
    """What a script puts into the page after a post: the comment, the count, and the form as it was before."""
    count, _version = holes.look_up(request, step.pk, step.course_id)
    comment = Comment.objects.with_names().get(pk=comment.pk)
    comment.shown = []
    page = {"base": step.get_absolute_url(), "view": Wanted()}
    pieces: list[str] = [render_to_string("discussions/_count.html", {"count": count}, request)]
    if comment.parent_id is None:
        pieces.append(_composer(request, step, None, None, posted="1"))
        pieces += reading.rendered(
            request, "discussions/_comment.html", [comment], page, place='data-before="comments"', said=_("Posted.")
        )
    else:
        address = f"{page['base']}comments/{comment.parent_id}/reply/"
        pieces.append(f'<div id="reply-{comment.parent_id}" data-posted="{address}"></div>')
        place = f'data-into="replies-{comment.root_id}"'
        pieces += reading.rendered(request, "discussions/_reply.html", [comment], page, place=place, said=_("Posted."))
    return fragments.answer(*pieces)


@taking_words
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, course_slug: str, step_slug: str, comment_id: int) -> HttpResponse:
    """Change one's own comment while that is possible; somebody else's is no comment at all."""
    step = find_step(request, course_slug, step_slug)
    if not request.user.is_authenticated:
        if request.method != "POST":
            return redirect_to_login(request.get_full_path())
        return _edit_page(request, step, None, _draft(request, CommentForm(request.POST), None))
    own = Comment.objects.on(step.pk).of(request.user).with_names().select_related("step__course")
    comment = get_object_or_404(own, pk=comment_id)
    if request.method != "POST":
        return _edit_page(request, step, comment, Draft(body=comment.body, was=posting.mark_of(comment.body)))
    form = CommentForm(request.POST)
    draft = _draft(request, form, None)
    if draft.error or draft.preview:
        return _edit_page(request, step, comment, draft)
    if asked := _asked_about(request, draft, form.cleaned_data, without_handle=comment.alias_id is not None):
        return _edit_page(request, step, comment, asked)
    try:
        posting.edit(author=request.user, comment=comment, body=form.cleaned_data["body"], was=draft.was)
    except Refused as refusal:
        return _edit_page(request, step, comment, replace(draft, error=str(refusal), refusal=refusal))
    except posting.Changed as now:
        words = _("You changed this comment elsewhere meanwhile. Compare both, then save what shall stand.")
        comment.refresh_from_db(fields=["body", "body_html"])
        return _edit_page(request, step, comment, replace(draft, error=words, was=posting.mark_of(str(now))))
    return redirect(address_of(comment, step.get_absolute_url()))


def _edit_page(request: HttpRequest, step: Step, comment: Comment | None, draft: Draft) -> HttpResponse:
    base = step.get_absolute_url()
    context = {
        "comment": comment,
        "back": address_of(comment, base) if comment else f"{base}#discussion",
        "base": base,
        "course_slug": step.course.slug,
        "most": settings.COMMENT_MAX_LENGTH,
        "draft": draft,
        "editing": True,
    }
    return render(request, "discussions/edit.html", context, status=draft.status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, course_slug: str, step_slug: str, comment_id: int) -> HttpResponse:
    """Asks once more, then takes one's own comment back; somebody else's is no comment at all."""
    step = find_step(request, course_slug, step_slug)
    comment = get_object_or_404(Comment.objects.on(step.pk).of(request.user).with_names(), pk=comment_id)
    base = step.get_absolute_url()
    if request.method == "POST":
        comment.step = step
        posting.withdraw(comment=comment)
        messages.success(request, _("Your comment was withdrawn."))
        return redirect(base + "#discussion")
    context = {"comment": comment, "back": address_of(comment, base), "base": base, "course_slug": step.course.slug}
    return render(request, "discussions/withdraw.html", context)
