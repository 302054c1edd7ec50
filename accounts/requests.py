"""What views read of a request: its person, a whole number, and where to go on to."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User

BIGGEST = 2**63 - 1  # of what a column for numbers holds


class PersonsRequest(HttpRequest):
    """A request whose person is known, for views behind `login_required`."""

    user: User


def whole_number(text: str) -> int | None:
    """A number from an address or a form; None where it is nonsense or larger than the database can hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= BIGGEST else None


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """Where the request wants to go on to (`next`), if that is on this site."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if allowed else otherwise
