"""Reading on in a discussion, and finding a comment again. What a script adds to a page has the address of that page beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.requests import whole_number
from courses import fragments
from courses.models import Step
from courses.views.learning import find_step
from discussions import holes
from discussions.models import REPLIES_PER_PAGE, Comment
from discussions.places import address_of, questions_of
from discussions.wanted import EVERYBODYS, wanted


def rendered(
    request: HttpRequest, template: str, comments: Sequence[Comment], page: Mapping[str, Any], *, place: str, said: str
) -> list[str]:
    """Comments as elements that a script puts where `place` says (see static/js/discussion.js); the first takes the focus."""
    return [
        render_to_string(
            template,
            {**page, "comment": comment, "added": mark_safe(place), "focus": not i, "said": "" if i else said},  # noqa: S308 - our own words and numbers
            request,
        )
        for i, comment in enumerate(comments)
    ]


@require_safe
def permalink(request: HttpRequest, course_slug: str, step_slug: str, comment_id: int) -> HttpResponse:
    """The page of the discussion on which the comment stands, with it in view."""
    step = find_step(request, course_slug, step_slug)
    comment = get_object_or_404(Comment.objects.on(step.pk), pk=comment_id)
    asked = request.GET.get("sort", "")
    sort = asked if asked in EVERYBODYS["everyone"] else "newest"
    return redirect(address_of(comment, step.get_absolute_url(), sort))


def comments(request: HttpRequest, step: Step) -> HttpResponse:
    """The roots that follow on a page; for who has no script, the page itself."""
    base = step.get_absolute_url()
    if not fragments.asked(request):
        query = request.META["QUERY_STRING"]
        return redirect(f"{base}{'?' if query else ''}{query}#discussion")
    holes.look_up(request, step.pk, step.course_id)
    page = holes.page_of(wanted(request, questions_of(step)), step=step.pk, base=base, person=request.user.pk)
    added = [*page["pinned"], *page["comments"]]
    said = ngettext("%(n)d more comment.", "%(n)d more comments.", len(added)) % {"n": len(added)}
    return fragments.answer(
        *rendered(request, "discussions/_comment.html", added, page, place='data-into="comments"', said=said),
        render_to_string("discussions/_pager.html", page, request),
    )


@require_safe
def replies(request: HttpRequest, course_slug: str, step_slug: str, comment_id: int) -> HttpResponse:
    """The replies that follow in a conversation; for who has no script, the page with them."""
    step = find_step(request, course_slug, step_slug)
    root = get_object_or_404(Comment.objects.on(step.pk).roots(), pk=comment_id)
    base = step.get_absolute_url()
    if not fragments.asked(request):
        return redirect(address_of(root, base))
    after = whole_number(request.GET.get("from", "")) or 0
    holes.look_up(request, step.pk, step.course_id)
    following = Comment.objects.filter(root=root, ordinal__gt=after).with_names().order_by("ordinal")
    root.shown = list(following[:REPLIES_PER_PAGE])
    page = {"base": base, "view": wanted(request, {}), "comment": root}
    said = ngettext("%(n)d more reply.", "%(n)d more replies.", len(root.shown)) % {"n": len(root.shown)}
    more = render_to_string("discussions/_more.html", page, request)
    return fragments.answer(
        *rendered(
            request, "discussions/_reply.html", root.shown, page, place=f'data-into="replies-{root.pk}"', said=said
        ),
        more if more.strip() else f'<span id="more-{root.pk}" hidden></span>',
    )
