"""Parts of a page for a script that puts them in place of what is there (the contract stands at the top of static/js/discussion.js)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

HEADER = "X-Fragment"


def asked(request: HttpRequest) -> str:
    """The id of the element that a script wants in place of a whole page; empty for everyone else."""
    return request.headers.get(HEADER, "")


def answer(*pieces: str, status: int = 200) -> HttpResponse:
    """An answer to such a request: elements, each of which says by its id or data-into where it belongs."""
    return HttpResponse("\n".join(pieces), status=status, headers={HEADER: "1", "Cache-Control": "no-store"})
