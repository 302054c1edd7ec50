"""What may be seen of moderation by those it is about: a decision about one's own words, and for everybody the counts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from discussions import moderation, reports
from discussions.models import Appeal
from discussions.moderation_forms import AppealForm
from discussions.refusals import Refused
from discussions.views.moderating import with_place


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    """A decision about this reader's own words: what, why, what came of it; and the one appeal."""
    own = with_place(moderation.own(request.user).select_related("answers__about_person"))
    found = get_object_or_404(own, pk=decision_id)
    if found.answers_id:  # what answers a decision is told beside it
        return redirect("moderation:decision", found.answers_id)
    form = AppealForm(request.POST if request.method == "POST" else None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            moderation.appeal(person=request.user, decision=found, text=form.cleaned_data["text"])  # type: ignore[arg-type]
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Your appeal is with the moderators. You will be told what they answer."))
            return redirect("moderation:decision", found.pk)
    answers = list(found.answered_by.order_by("pk"))
    appeal = Appeal.objects.filter(decision=found).first()
    context = {
        "decision": found,
        "sanction": getattr(found, "sanction", None),
        "answers": answers,
        "appeal": appeal,
        "can_appeal": found.act in moderation.CAN_BE_APPEALED and appeal is None and not answers,
        "form": form,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "discussions/moderation/decision.html", context, status=status)


@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """How much was reported and decided, month by month, for everybody."""
    return render(request, "discussions/moderation/counts.html", {"months": reports.by_month()})
