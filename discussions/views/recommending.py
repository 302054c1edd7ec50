"""Pinning and recommending, for educators and moderators; for anybody else these addresses do not exist."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.views.learning import find_step
from discussions import recommending
from discussions.holes import helps_in
from discussions.models import Comment
from discussions.places import address_of
from discussions.refusals import Refused


@require_POST
def pin(request: HttpRequest, course_slug: str, step_slug: str, comment_id: int) -> HttpResponse:
    """Put a conversation first in its discussion (on=1), or back to its place (on=0)."""
    words = (_("Pinned: it stands first in this discussion."), _("No longer pinned."))
    return _do(request, course_slug, step_slug, comment_id, recommending.pin, words)


@require_POST
def endorse(request: HttpRequest, course_slug: str, step_slug: str, comment_id: int) -> HttpResponse:
    """Recommend a comment in the name of the course team (on=1), or take that back (on=0)."""
    words = (_("Recommended by the course team."), _("No longer recommended."))
    return _do(request, course_slug, step_slug, comment_id, recommending.endorse, words)


def _do(
    request: HttpRequest,
    course_slug: str,
    step_slug: str,
    comment_id: int,
    act: Callable[..., None],
    words: tuple[str, str],
) -> HttpResponse:
    step = find_step(request, course_slug, step_slug)
    if not helps_in(request, step.course_id):
        raise Http404
    comment = get_object_or_404(Comment.objects.on(step.pk).select_related("alias"), pk=comment_id)
    wanted = request.POST.get("on", "1") == "1"
    try:
        act(comment=comment, wanted=wanted)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words[0] if wanted else words[1])
    return redirect(address_of(comment, step.get_absolute_url()))
