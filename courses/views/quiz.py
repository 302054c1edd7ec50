"""Answering a question of a quiz; and what one reader sees of the quiz on the step's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses import answers as kept
from courses import quiz as rules
from courses.quiz import Question, Sent
from courses.views.learning import find_step, step_page

NOTHING_SENT = QueryDict()


@require_POST
def answer(request: HttpRequest, course_slug: str, step_slug: str) -> HttpResponse:
    """An answer to one question; what is said about it stands on the question's own page."""
    found = find_step(request, course_slug, step_slug)
    questions = rules.questions_of(found)
    uids = [question["uid"] for question in questions]
    uid = request.POST.get("question", "")
    if uid not in uids:
        raise Http404
    n = uids.index(uid)
    try:
        given = rules.read(questions[n], request.POST)
    except rules.Unanswered as refusal:
        request.sent_answer = Sent(uid, request.POST, str(refusal))  # type: ignore[attr-defined]
        return step_page(request, found, status=422)
    response = redirect(f"{found.get_absolute_url()}?question={n + 1}#quiz")
    try:
        kept.keep(request=request, response=response, question=questions[n], answer=given)
    except kept.CookieFull:
        words = _("This browser can keep %(count)d answers. Join under any name to keep more.")
        messages.warning(request, words % {"count": kept.COOKIE_ANSWERS})
    return response


def page_of(request: HttpRequest, step: int, quiz: Sequence[Question]) -> dict[str, Any]:
    """One question of a quiz for this reader: asked, or explained when they have answered it."""
    mine = kept.of(request, step)
    sent: Sent | None = getattr(request, "sent_answer", None)
    n = _number_asked(request, quiz, mine, sent)
    question = quiz[n - 1]
    given = mine.get(question["pk"])
    changed = given is not None and not rules.fits(question, given.answer, given.mark)
    untried = [k for k, other in enumerate(quiz, start=1) if other["pk"] not in mine]
    page = {
        "n": n,
        "question": question,
        "dots": [{"n": k, "tried": k not in untried, "here": k == n} for k in range(1, len(quiz) + 1)],
        "following": n + 1 if n < len(quiz) else next((k for k in untried if k != n), None),
        "all_tried": not untried,
        "changed": changed,
        "sent": sent,
    }
    if given is None or changed or sent or "again" in request.GET:
        return {**page, "rows": rules.form_rows(question, sent.data if sent else NOTHING_SENT)}
    explained = rules.explained_rows(question, given.answer)
    return {**page, "explained": explained, "right": rules.is_right(question, given.answer)}


def _number_asked(request: HttpRequest, quiz: Sequence[Question], mine: kept.Answers, sent: Sent | None) -> int:
    """The question in the address (?question=), or that of a refused answer; else the first one not tried yet, else the first."""
    if sent:
        return next(n for n, question in enumerate(quiz, start=1) if question["uid"] == sent.question)
    asked = request.GET.get("question", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 4 and 1 <= int(asked) <= len(quiz):
        return int(asked)
    return next((n for n, question in enumerate(quiz, start=1) if question["pk"] not in mine), 1)
