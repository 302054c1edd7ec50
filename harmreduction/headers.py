"""Headers that every answer carries: a strict Content-Security-Policy and what the page may not do."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Pages about people, and for those who run the site.
NOT_FOR_SEARCH = ("/drafts/", "/accounts/", "/my-data/", "/admin/")
BUT_FOR_SEARCH = "/accounts/signup/"  # the same for everybody
METHODS = {"GET", "HEAD", "POST", "OPTIONS"}


class SecurityHeaders:
    """Adds SECURE_CSP (the name Django 6 uses) and its companions; refuses methods the site has no use for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = "; ".join(f"{name} {' '.join(values)}" for name, values in settings.SECURE_CSP.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponse(status=405, headers={"Allow": ", ".join(sorted(METHODS))})
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy",
            "camera=(), geolocation=(), microphone=(), payment=(), usb=(), serial=(), hid=(), midi=(), "
            "accelerometer=(), gyroscope=(), magnetometer=(), display-capture=(), idle-detection=(), browsing-topics=()",
        )
        if request.path.startswith(NOT_FOR_SEARCH) and request.path != BUT_FOR_SEARCH:
            response.headers.setdefault("X-Robots-Tag", "noindex")
        if "Cookie" in response.get("Vary", ""):
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
