"""Pages of the house itself: the way in, the pages about the site, and how pages look for one reader."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from courses import progress
from courses.content import support
from courses.holes import SCHEME_COOKIE, SCHEMES
from courses.models import Course
from courses.pages import LOW_DATA_COOKIE
from courses.views.learning import course_page
from harmreduction.privacy import what_is_kept

YEAR = 365 * 24 * 3600  # seconds


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The course, where there is one; the list, where there are several."""
    courses = list(progress.with_progress(Course.objects.visible_to(request.user), request))
    if len(courses) == 1:
        return course_page(request, courses[0])
    return render(request, "courses/list.html", {"courses": courses})


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """A page about the site."""
    context: dict[str, Any] = {}
    if name == "privacy":
        context["kept"] = what_is_kept()
    elif name == "support":
        context["regions"] = support.regions()
    return render(request, f"house/{name}.html", context)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For browsers that ask at the old place, as they do on pages without a link to the icon (the admin's)."""
    return redirect(static("img/mark.svg"))


@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Keep how this reader wants pages to look, in cookies that say nothing else, and go back."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = redirect(back)
    keep = partial(
        response.set_cookie, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )
    scheme, data = request.POST.get("scheme"), request.POST.get("data")
    if scheme in SCHEMES:
        keep(SCHEME_COOKIE, scheme)
    elif scheme:
        response.delete_cookie(SCHEME_COOKIE)
    if data == "low":
        keep(LOW_DATA_COOKIE, "1")
    elif data:
        response.delete_cookie(LOW_DATA_COOKIE)
    return response
