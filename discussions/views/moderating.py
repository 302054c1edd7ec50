"""Where moderators work: the queue, one comment with all that is needed to decide about it, appeals, and the log.

Who reported is shown to nobody, moderators included: a report counts for what it says, and a circle of learners can be small.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import whole_number
from courses import roles
from courses.roles import Role, Rows
from discussions import moderation
from discussions.models import DONE, Appeal, Case, Comment, Decision, Reason, Report
from discussions.moderation_forms import DecisionForm, HearingForm
from discussions.refusals import Refused

QUEUE_PAGE, LOG_PAGE, EARLIER = 25, 50, 20
NEIGHBOURS = 2  # replies before and after the one in question
Act = Decision.Act
View = Callable[..., HttpResponse]


def moderators_only(view: View) -> View:
    """For anybody else these pages do not exist. What is on them goes through `mine`."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not roles.somewhere(request.user, Role.MODERATOR):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def mine(request: HttpRequest, found: Rows, course: str = "comment__step__course") -> Rows:
    """Of these rows those of the courses that this moderator looks after."""
    return roles.within(found, request.user, Role.MODERATOR, course)


def with_place(found: QuerySet[Any], comment: str = "comment") -> QuerySet[Any]:
    """With the comment, the names it shows, and the title and address of its step."""
    heavy = ("body", "body_html", "page", "course__outline")
    names = (f"{comment}__author", f"{comment}__alias", f"{comment}__step__course")
    return found.select_related(*names).defer(*[f"{comment}__step__{field}" for field in heavy])


@require_safe
@moderators_only
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for a decision: somebody in danger first, then the oldest; and appeals."""
    waiting = mine(request, Case.objects.filter(closed_at=None))
    after, urgent = whole_number(request.GET.get("after", "")), "urgent" in request.GET
    following = Q(urgent=True, pk__gt=after) | Q(urgent=False) if urgent else Q(urgent=False, pk__gt=after)
    page = waiting if after is None else waiting.filter(following)
    cases = list(with_place(page).order_by("-urgent", "pk")[: QUEUE_PAGE + 1])
    shown = cases[:QUEUE_PAGE]
    reasons = _reasons(shown)
    appeals = mine(request, Appeal.objects.filter(heard_at=None), "decision__comment__step__course")
    appeals = with_place(appeals, "decision__comment")
    appeals = appeals.select_related("decision__about_person", "decision__about_alias").order_by("pk")[:QUEUE_PAGE]
    context = {
        "rows": [(case, reasons[case.pk]) for case in shown],
        "count": waiting.count(),
        "appeals": appeals,
        "next": shown[-1] if len(cases) > QUEUE_PAGE else None,
        "first": after is None,
    }
    return render(request, "discussions/moderation/queue.html", context)


def _reasons(cases: Iterable[Case]) -> dict[int, list[tuple[str, Any, int]]]:
    """For each case (reason, its words, how often), the gravest first."""
    order = list(Reason.values)
    found: dict[int, list[tuple[str, Any, int]]] = defaultdict(list)
    rows = Report.objects.filter(case__in=[case.pk for case in cases]).values_list("case", "reason")
    for case, reason, times in sorted(rows.annotate(n=Count("pk")), key=lambda row: order.index(row[1])):
        found[case].append((reason, Reason(reason).label, times))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def comment(request: HttpRequest, comment_id: int) -> HttpResponse:
    """One comment in its conversation, what was said and decided about it, and the form to decide."""
    found = get_object_or_404(
        with_place(mine(request, Comment.objects.filter(pk=comment_id), "step__course"), "parent").select_related(
            "author", "alias", "step__course"
        )
    )
    context = _context(request, found)
    form = context["form"]
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("reason", "note", "words", "days", "seen")}
        try:
            moderation.decide(moderator=request.user, comment=found, acts=form.acts, **given)  # type: ignore[arg-type]
        except moderation.Overtaken as first:
            return _page(request, {**context, "first": first.decisions}, 409)
        except Refused as refusal:
            return _page(request, {**context, "refusal": refusal}, refusal.status)
        messages.success(request, _("Decided, and written into the log."))
        return redirect("moderation:queue")
    return _page(request, context, 422 if form.errors else 200)


def _page(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    return render(request, "discussions/moderation/comment.html", context, status=status)


def _context(request: HttpRequest, found: Comment) -> dict[str, Any]:
    decisions = list(Decision.objects.filter(comment=found).select_related("moderator").order_by("-pk"))
    reports = Report.objects.filter(case__comment=found).select_related("case").order_by("pk")
    waiting = [report for report in reports if report.case.closed_at is None]
    case = waiting[0].case if waiting else Case.objects.filter(comment=found, closed_at=None).first()
    stopped = list(moderation.sanctions_of(found, request.user).select_related("decision").order_by("pk"))
    start = {"reason": _gravest(waiting), "seen": decisions[0].pk if decisions else 0, "days": 7}
    form = DecisionForm(
        request.POST if request.method == "POST" else None,
        initial=start,
        hidden=bool(found.hidden_at),
        stopped=bool(stopped),
    )
    return {
        "comment": found,
        "base": found.step.get_absolute_url(),
        "thread": _around(found),
        "case": case,
        "reasons": _reasons([case])[case.pk] if case else [],
        "notes": [report for report in waiting if report.note],
        "decisions": decisions,
        "seen": start["seen"],
        "stopped": stopped,
        "form": form,
        **_author(request, found),
    }


def _gravest(reports: Iterable[Report]) -> str | None:
    order = list(Reason.values)
    return min((report.reason for report in reports), key=order.index, default=None)


def _around(found: Comment) -> list[Comment]:
    """The conversation near the comment: its root, what it answers, the replies before and after."""
    near = Q(pk__in=[found.pk, found.parent_id or 0, found.root_id or 0])
    near |= Q(
        root=found.root_id or found.pk,
        ordinal__gte=found.ordinal - NEIGHBOURS,
        ordinal__lte=found.ordinal + NEIGHBOURS,
    )
    return list(Comment.objects.filter(near).with_names().order_by("ordinal"))


def _author(request: HttpRequest, found: Comment) -> dict[str, Any]:
    """Earlier decisions about the author as shown: a handle's for a handle, an alias's for an alias, never the other's."""
    if found.alias_id:
        about, theirs = {"about_alias": found.alias_id}, {"alias": found.alias_id}
    elif found.author_id:
        about, theirs = {"about_person": found.author_id}, {"author": found.author_id}
    else:
        return {"earlier": [], "hidden": 0}
    earlier = mine(request, Decision.objects.filter(**about).exclude(comment=found).select_related("moderator"))
    hidden = mine(request, Comment.objects.filter(**theirs).exclude(pk=found.pk), "step__course")
    return {
        "earlier": list(with_place(earlier).order_by("-pk")[:EARLIER]),
        "hidden": hidden.exclude(hidden_at=None).count(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def appeal(request: HttpRequest, appeal_id: int) -> HttpResponse:
    """An appeal beside the decision it is against, and the form to answer it."""
    appeals = mine(request, Appeal.objects.filter(pk=appeal_id), "decision__comment__step__course")
    appeals = with_place(appeals, "decision__comment")
    found = get_object_or_404(
        appeals.select_related("decision__moderator", "decision__about_person", "decision__about_alias")
    )
    form = HearingForm(request.POST if request.method == "POST" else None)
    context = {"appeal": found, "decision": found.decision, "form": form, "may_hear": False, "status": 200}
    context["may_hear"] = moderation.may_hear(request.user, found)  # type: ignore[arg-type]
    context["answers"] = found.decision.answered_by.select_related("moderator").order_by("pk")
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            moderation.hear(moderator=request.user, appeal=found, **form.cleaned_data)  # type: ignore[arg-type]
        except moderation.Overtaken as first:
            context["first"], status = first.decisions, 409
        except Refused as refusal:
            context["refusal"], status = refusal, refusal.status
        else:
            messages.success(request, _("Answered, and written into the log."))
            return redirect("moderation:queue")
    return render(request, "discussions/moderation/appeal.html", context, status=status)


@require_safe
@moderators_only
def log(request: HttpRequest) -> HttpResponse:
    """Every act, the newest first."""
    act, before = request.GET.get("act", ""), whole_number(request.GET.get("before", ""))
    found = mine(request, Decision.objects.select_related("moderator", "about_person", "about_alias"))
    if act in Act.values:
        found = found.filter(act=act)
    if before is not None:
        found = found.filter(pk__lt=before)
    decisions = list(with_place(found).order_by("-pk")[: LOG_PAGE + 1])
    context = {
        "decisions": decisions[:LOG_PAGE],
        "next": decisions[LOG_PAGE - 1].pk if len(decisions) > LOG_PAGE else None,
        "first": before is None,
        "acts": [(act.value, words) for act, words in DONE.items()],
        "act": act if act in Act.values else "",
    }
    return render(request, "discussions/moderation/log.html", context)
