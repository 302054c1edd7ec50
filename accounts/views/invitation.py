"""The first educator's account."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import EducatorForm
from accounts.invitations import accept
from accounts.models import Invitation
from accounts.views.joining import welcome


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def educator(request: HttpRequest, token: str) -> HttpResponse:
    """An educator makes their account with a one-time link. A used, old or wrong link is no page at all."""
    invitation = Invitation.open_with(token)
    if invitation is None:
        raise Http404(_("This link was used already, or is too old."))
    form = EducatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = accept(invitation=invitation, **form.cleaned_data)
        if user is None:
            raise Http404(_("This link was used already."))
        record_authentication(request, user, "password")
        response = perform_login(request, Login(user=user, redirect_url=reverse("admin:index"), signup=True))
        return welcome(request, response, user)
    return render(request, "accounts/educator.html", {"form": form}, status=422 if form.is_bound else 200)
