"""What a page is measured against: the same bytes, through the same middleware, with the same session and user loaded."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token


@cache
def _page() -> bytes:
    return (settings.DATA_DIR / "bench-page.html").read_bytes()


def bare(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    get_token(request)  # sets the same cookie
    return HttpResponse(_page())
