"""A form of the admin that came from somebody who is signed out, or with an old token: its words are handed back, to be sent again.

Nothing is kept on the server: the page holds what was sent, as hidden fields. It is made only for a form that came from our own
pages (a checked token, or an `Origin` that is ours), so that nobody else can put words before an educator who then presses a button.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.limits import SECRET_WORDS

LONG = 60  # characters from which a value is shown, so that it can be copied too
OPEN = frozenset({"login", "logout"})  # in the admin, but for everybody


def fields_sent(request: HttpRequest) -> list[tuple[str, str]]:
    """What the form held, in order, without tokens and passwords; nothing where nothing was written."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if not any(word in name.lower() for word in SECRET_WORDS)
        for value in map(str, values)
    ]
    return fields if any(value.strip() for _name, value in fields) else []


def is_ours(request: HttpRequest) -> bool:
    """Whether the browser says that the form stood on a page of this site; no other site can make it say so."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def in_admin(request: HttpRequest) -> bool:
    """Whether the request is for a page of the admin that only staff may open."""
    match = request.resolver_match
    return match is not None and "admin" in match.namespaces and match.url_name not in OPEN


def send_again(request: HttpRequest) -> HttpResponse | None:
    """A page with everything that was sent and a button that sends it again; None where there is nothing to keep."""
    fields = fields_sent(request)
    if not fields:
        return None
    context = {
        "address": request.get_full_path(),
        "fields": fields,
        "long": [value for _name, value in fields if len(value) > LONG or "\n" in value.strip()],
        "files": [file.name for _name, files in request.FILES.lists() for file in files],
        "signed_out": not request.user.is_authenticated,
    }
    response = render(request, "errors/send_again.html", context, status=403)
    response.headers["Cache-Control"] = "no-store"
    return response


class KeepsWhatWasWritten:
    """Answers a form of the admin whose sender is signed out by now. Stands behind the check of tokens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_args: Any) -> HttpResponse | None:
        if request.method == "POST" and in_admin(request) and not request.user.is_authenticated:
            return send_again(request)
        return None
