"""Pages of the house itself: the way in, the pages about the site, and how pages look for one reader."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_POST, require_safe

from accounts import preferences
from accounts.models import User
from accounts.requests import safe_next, whole_number
from courses import progress
from courses.content import support
from courses.models import Course
from courses.views.learning import course_page
from harmreduction.privacy import what_is_kept

COURSES_ON_A_PAGE, MOST_PAGES = 20, 100_000


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The course, where there is one; the list, where there are several."""
    visible = Course.objects.visible_to(request.user)
    first_two = list(progress.with_progress(visible, request)[:2])
    if len(first_two) == 1:
        return course_page(request, first_two[0])
    asked = whole_number(request.GET.get("page", ""))
    page = asked if asked is not None and asked < MOST_PAGES else 1
    # A course's outline weighs as much as a page; the list wants two numbers of it.
    fields = ("slug", "title", "tagline", "outline__minutes", "outline__steps")
    start = max(page - 1, 0) * COURSES_ON_A_PAGE
    courses = list(visible.values(*fields)[start : start + COURSES_ON_A_PAGE + 1]) if first_two else []
    context = {
        "courses": courses[:COURSES_ON_A_PAGE],
        "before": page - 1 if page > 1 else None,
        "after": page + 1 if len(courses) > COURSES_ON_A_PAGE else None,
    }
    return render(request, "courses/list.html", context)


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


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines read pages, not each order and part of a discussion; X-Robots-Tag keeps them from pages about people."""
    return HttpResponse("User-agent: *\nDisallow: /*?\n", content_type="text/plain; charset=utf-8")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Signs out on the way out; sent by "Leave quickly" from shared computers, while the browser is already elsewhere."""
    logout(request)
    response = HttpResponseRedirect(settings.QUICK_EXIT_URL, status=303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Keep how this reader wants pages to look, with the account or in cookies that say nothing else, and go back."""
    response = redirect(safe_next(request, "/"))
    chosen = {
        "scheme": {"auto": ""}.get(request.POST.get("scheme", "-"), request.POST.get("scheme", "-")),
        "text_size": {"normal": ""}.get(request.POST.get("text", "-"), request.POST.get("text", "-")),
        "data_mode": request.POST.get("data", "-"),
    }
    allowed = {"scheme": User.Scheme.values, "text_size": User.TextSize.values, "data_mode": User.DataMode.values}
    preferences.keep(request, response, **{name: value for name, value in chosen.items() if value in allowed[name]})
    return response
