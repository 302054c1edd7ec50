"""Showing again that it is you, before something that could lock you out is changed, or all that is yours is taken along.

allauth would keep the whole request in the session meanwhile, with the visitor's address and browser in its headers. Here only the way
back is kept: the form is opened again.
"""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode


def ask(request: HttpRequest, *, back: str) -> HttpResponse:
    """To where this person shows that it is them, and from there `back`."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    address = methods[0]["url"] if methods else reverse("account_login")
    return HttpResponseRedirect(f"{address}?{urlencode({'next': back})}")


class ShowItIsYou:
    """Answers allauth's ReauthenticationRequired; stands behind its middleware, so it is asked first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return ask(request, back=request.get_full_path()) if isinstance(exception, ReauthenticationRequired) else None
