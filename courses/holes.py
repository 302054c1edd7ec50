"""What fills the holes of shared pages in this app: the account menu's neighbours, and a learner's own ticks (see courses.pages)."""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import lru_cache

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses import answers, progress, ribbon
from courses.quiz import Question, left_words
from courses.views.quiz import page_of

SCHEME_COOKIE = "scheme"
SCHEMES = ("light", "dark")


def csrf(request: HttpRequest) -> SafeString:
    """The hidden field that every form needs; the same in all forms of a page, masked anew for each page."""
    known: SafeString | None = request.__dict__.get("_csrf_field")
    if known is None:
        known = format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))
        request.__dict__["_csrf_field"] = known
    return known


def html_attributes(request: HttpRequest) -> SafeString:
    """The colours this reader chose, on <html>."""
    scheme = request.COOKIES.get(SCHEME_COOKIE)
    return format_html(' data-scheme="{}"', scheme) if scheme in SCHEMES else SafeString("")


def account(request: HttpRequest, course: str = "") -> str:
    """The end of the masthead: join and log in, or the account menu."""
    user = getattr(request, "user", None)  # a request that failed early has none
    if user is None or not user.is_authenticated:
        return mark_safe(_account_menu(get_language() or "", course, None, "", 0, False))  # noqa: S308 - our own template
    return mark_safe(  # noqa: S308 - our own template
        _account_menu(get_language() or "", course, user.pk, user.handle, user.avatar_shuffle, user.is_staff)
    )


@lru_cache(maxsize=2048)
def _account_menu(language: str, course: str, pk: int | None, handle: str, shuffle: int, staff: bool) -> str:
    person = {"pk": pk, "handle": handle, "shuffle": shuffle, "staff": staff} if pk else None
    return render_to_string("components/account_menu.html", {"person": person, "course_slug": course})


def notes(request: HttpRequest) -> str:
    """Messages for this reader, said once."""
    waiting = list(get_messages(request)) if hasattr(request, "_messages") else []
    return render_to_string("components/messages.html", {"messages": waiting}) if waiting else ""


def display_modes(request: HttpRequest) -> SafeString:
    """The three colour buttons with the chosen one pressed."""
    chosen = request.COOKIES.get(SCHEME_COOKIE)
    chosen = chosen if chosen in SCHEMES else "auto"
    words = {"auto": _("Auto"), "light": _("Light"), "dark": _("Dark")}
    return format_html_join(
        "",
        '<button type="submit" name="scheme" value="{}" aria-pressed="{}">{}</button>',
        ((key, "true" if key == chosen else "false", word) for key, word in words.items()),
    )


def back(request: HttpRequest) -> SafeString:
    """The address of this page, for a form that comes back to it."""
    address = request.get_full_path() if request.method == "GET" else request.path
    return format_html('<input type="hidden" name="next" value="{}">', address)


def done_words_of_course(request: HttpRequest, counted: Sequence[int]) -> str:
    """How many of the course's steps this learner finished, in words."""
    finished = progress.of(request).finished
    done = sum(pk in finished for pk in counted)
    return _("%(done)d of %(whole)d steps done") % {"done": done, "whole": len(counted)}


def finished(request: HttpRequest) -> Container[int]:
    """The steps this learner finished, for `either`."""
    return progress.of(request).finished


def signed_in(request: HttpRequest) -> Container[bool]:
    """{True} for who has an account and is signed in, for `either`."""
    return {request.user.is_authenticated}


def walked(request: HttpRequest, order: Sequence[Sequence[int]], here: int) -> SafeString:
    """This learner's strokes in the ribbon."""
    return ribbon.walked(order, progress.of(request), here)


def quiz(request: HttpRequest, step: int, questions: Sequence[Question], address: str) -> SafeString:
    """The question of a quiz that this reader is at."""
    page = page_of(request, step, questions)
    return render_to_string(
        "courses/_quiz.html", {**page, "whole": len(questions), "address": address, "csrf": csrf(request)}
    )


def complete(request: HttpRequest, step: int, questions: Sequence[Question], address: str) -> SafeString:
    """The button that finishes a quiz, or how many questions are left to try before."""
    left = answers.left(questions, answers.of(request, step))
    if left:
        return format_html('<p class="small">{}</p>', left_words(left))
    return render_to_string("courses/_complete.html", {"csrf": csrf(request), "address": address})


def changed_note(request: HttpRequest, step: int, fingerprint: str) -> str:
    """Says that the step's words are others than when this learner finished it."""
    following = progress.of(request)
    if not following.changed_since(step, fingerprint):
        return ""
    return render_to_string("courses/_changed.html", {"day": following.finished[step].day})


def start(request: HttpRequest) -> SafeString:
    """The moment at which a film shall start (?t=seconds), as a media fragment; empty without one."""
    seconds = request.GET.get("t", "")
    return (
        format_html("#t={}", seconds)
        if seconds.isascii() and seconds.isdigit() and len(seconds) < 6
        else SafeString("")
    )
