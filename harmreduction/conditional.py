"""A browser that has a page as it is now gets told so (304) instead of the page: a few hundred bytes on a slow line.

Pages keep their header `private, no-cache`: a browser may keep them and asks before it shows them again. The mark it asks with (ETag)
is a keyed hash of what the page says to this reader, so it tells nothing, and it changes at once with the step, with what is said
about it, and with what is the reader's own; what one browser has is never confirmed to another reader's session.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from courses.pages import etag

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w*"')  # the same secret, masked anew each time


class Conditional:
    """Answers If-None-Match. Stands inside compression, so that what is not sent is not compressed either."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (
            request.method not in {"GET", "HEAD"}
            or response.status_code != 200
            or response.streaming
            or not response.get("Content-Type", "").startswith("text/html")
            or "no-store" in response.get("Cache-Control", "")
        ):
            return response
        if not response.has_header("ETag"):
            response.headers["ETag"] = etag(request, TOKEN.sub(b"", response.content))
        patch_vary_headers(response, ("Accept-Encoding",))  # as the page itself has it
        return get_conditional_response(request, response.headers["ETag"], None, response) or response
