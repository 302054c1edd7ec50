"""What went wrong, in the site's own look. None of these pages needs the database, a session or a cache."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

from accounts.limits import too_often
from harmreduction.logs import request_id
from harmreduction.sending_again import in_admin, is_ours, send_again


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def no_page(request: HttpRequest, **kwargs: str) -> HttpResponse:
    """For an address that a library brings along and this site does not have."""
    return not_found(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: whatever broke may be what a request would need."""
    context = {"static_page": True, "number": request_id.get()}
    return HttpResponse(get_template("errors/500.html").render(context), status=500)


def too_many(request: HttpRequest) -> HttpResponse:
    """More tries to sign in, join or come back than are taken in a minute (allauth counts them)."""
    return too_often(request, 60)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came back without the token of this browser. Say why that happens, and give back what was written."""
    if in_admin(request) and is_ours(request) and (page := send_again(request)):
        return page
    fields = request.POST.dict().items()  # a comment, or answers in a journal
    written = "\n\n".join(text for name, text in fields if text and (name == "body" or name.startswith("answer-")))
    return render(request, "errors/csrf.html", {"written": written}, status=403)
