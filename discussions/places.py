"""What belongs to a place in a discussion: for a comment the address of the page it is on, for a step its questions."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings

from courses.models import Step
from discussions.models import REPLIES_PER_PAGE, Comment
from discussions.wanted import Wanted, place_before


def address_of(comment: Comment, base: str, sort: str = "newest") -> str:
    """The address of a comment under the step at `base`: on the first page if it is there, else on the page that its root begins."""
    root = comment if comment.root_id is None else Comment.objects.get(pk=comment.root_id)
    view = Wanted(sort=sort)
    first = view.roots(comment.step_id, None).values_list("pk", flat=True)[: settings.COMMENTS_PER_PAGE]
    if root.pinned_at is None and root.pk not in list(first):
        view = replace(view, after=place_before(root, sort))
    if comment.root_id:
        view = view.opening(root.pk, (comment.ordinal - 1) // REPLIES_PER_PAGE * REPLIES_PER_PAGE)
    return f"{base}{view.query()}#c-{comment.pk}"


def questions_of(step: Step) -> dict[str, str]:
    """The step's questions, words by uid, as they stand on its page."""
    page = Step.objects.filter(pk=step.pk).values_list("page", flat=True).first() or {}
    return {question["uid"]: question["text"] for question in page.get("questions", [])}
