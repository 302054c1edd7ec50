"""What went wrong, in the site's own look. None of these pages needs the database, a session or a cache."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: whatever broke may be what a request would need."""
    return HttpResponse(get_template("errors/500.html").render({"static_page": True}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came back without the token of this browser. Say why that happens, and give back what was written."""
    context = {"written": request.POST.get("body", ""), "title": _("This form could not be checked")}
    return render(request, "errors/csrf.html", context, status=403)
