"""What others see of a person, changed by that person: it stands beside their comments, so the kept pages have to be made anew."""

from __future__ import annotations

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms import HandleForm
from accounts.requests import PersonsRequest, whole_number
from accounts.views.settings import MOST_PICTURES, PICTURES, show
from discussions import posting


@login_required
@require_POST
def name(request: PersonsRequest) -> HttpResponse:
    """Go by another name from now on, and on everything written so far."""
    form = HandleForm(request.POST, user=request.user)
    if not form.is_valid():
        return show(request, handle_form=form)
    if not ratelimit.consume(request, action="change_handle"):
        form.add_error("handle", _("A name can be changed three times a day. Please come back tomorrow."))
        return show(request, handle_form=form)
    try:
        with transaction.atomic():
            posting.show_author_anew(author=request.user)
            request.user.handle = form.cleaned_data["handle"]
            request.user.save(update_fields=["handle", "skeleton"])
    except IntegrityError:  # somebody took it in the same moment
        request.user.refresh_from_db()
        form.add_error("handle", _("This name is taken. Add something to it, or choose another."))
        return show(request, handle_form=form)
    messages.success(request, _("Saved. Your comments now show the new name."))
    return redirect("accounts:settings")


@login_required
@require_POST
def picture(request: PersonsRequest) -> HttpResponse:
    """Take another of the drawn pictures."""
    chosen = whole_number(request.POST.get("picture", ""))
    if chosen is not None and chosen < MOST_PICTURES + PICTURES:
        with transaction.atomic():
            posting.show_author_anew(author=request.user)
            request.user.avatar_shuffle = chosen
            request.user.save(update_fields=["avatar_shuffle"])
        messages.success(request, _("Saved. Your comments now show the new picture."))
    return redirect("accounts:settings")
