"""What fills the holes of shared pages in this app: the account menu's neighbours, and a learner's own ticks (see courses.pages)."""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import lru_cache

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import preferences
from courses import answers, bookmarks, journal, progress, ribbon, roles
from courses.quiz import Question, left_words
from courses.roles import Role
from courses.views.quiz import page_of


def csrf(request: HttpRequest) -> SafeString:
    """The hidden field that every form needs; the same in all forms of a page, masked anew for each page."""
    known: SafeString | None = request.__dict__.get("_csrf_field")
    if known is None:
        known = format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))
        request.__dict__["_csrf_field"] = known
    return known


def html_attributes(request: HttpRequest) -> SafeString:
    """On <html>: the colours and the text size this reader chose, and whether this is a shared computer (keep no drafts)."""
    chosen = preferences.of(request)
    session = getattr(request, "session", None)  # a request that failed early has none
    shared = session is not None and settings.SESSION_COOKIE_NAME in request.COOKIES and session.get("shared")
    found = {"scheme": chosen.scheme, "text": chosen.text_size, "shared": "yes" if shared else ""}
    return format_html_join("", ' data-{}="{}"', ((name, value) for name, value in found.items() if value))


def account(request: HttpRequest, course: str = "") -> str:
    """The end of the masthead: join and log in, or how much is new and the account menu."""
    language, user = get_language() or "", getattr(request, "user", None)  # a request that failed early has none
    if user is None or not user.is_authenticated:
        return mark_safe(_account_menu(language, course, None))  # noqa: S308 - our own template
    here = request.resolver_match.view_name if request.resolver_match else ""
    helps = (
        roles.has_at(user, Role.EDUCATOR, course),
        roles.somewhere(user, Role.EDUCATOR),
        roles.somewhere(user, Role.MODERATOR),
    )
    person = (user.pk, user.handle, user.avatar_shuffle, user.unread_notifications, *helps)
    return mark_safe(_account_menu(language, course, person, here == "discussions:notifications"))  # noqa: S308


@lru_cache(maxsize=2048)
def _account_menu(
    language: str,
    course: str,
    person: tuple[int, str, int, int, bool, bool, bool] | None,
    at_notifications: bool = False,
) -> str:
    names = ("pk", "handle", "shuffle", "unread", "writes_this", "writes", "moderates")
    named = dict(zip(names, person, strict=True)) if person else None
    context = {"person": named, "course_slug": course, "at_notifications": at_notifications}
    return render_to_string("components/account_menu.html", context)


def notes(request: HttpRequest) -> str:
    """Messages for this reader, said once."""
    waiting = get_messages(request) if hasattr(request, "_messages") else []
    if not len(waiting):  # to walk through none would send a cookie that takes none away
        return ""
    return render_to_string("components/messages.html", {"messages": list(waiting)})


def display_modes(request: HttpRequest) -> SafeString:
    """The three colour buttons with the chosen one pressed."""
    return _modes("scheme", preferences.of(request).scheme or "auto", get_language() or "")


def text_modes(request: HttpRequest) -> SafeString:
    """The three buttons for the size of text, with the chosen one pressed."""
    return _modes("text", preferences.of(request).text_size or "normal", get_language() or "")


@lru_cache(maxsize=256)
def _modes(name: str, chosen: str, _language: str) -> SafeString:
    words = {
        "scheme": {"auto": _("Auto"), "light": _("Light"), "dark": _("Dark")},
        "text": {"normal": _("Normal text"), "large": _("Larger"), "largest": _("Largest")},
    }
    return format_html_join(
        "",
        '<button type="submit" name="{}" value="{}" aria-pressed="{}">{}</button>',
        ((name, key, "true" if key == chosen else "false", word) for key, word in words[name].items()),
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


def bookmarked(request: HttpRequest) -> Container[int]:
    """The step of this page, if this learner marked it, for `either`."""
    return bookmarks.of(request)


def my_answer(request: HttpRequest, step: int, uid: str) -> SafeString:
    """The field for this learner's own answer to a question, with what they wrote; or with what could not be kept, and why."""
    kept = journal.of(request, step).get(uid, "")
    refused: dict[str, tuple[str, str]] = getattr(request, "refused_journal", {})
    text, error = refused.get(uid, (kept, ""))
    read = request.POST.get(f"read-{uid}", "") if error else journal.seen(kept)
    about, invalid = f"journal-{uid}-error", SafeString("")
    if error:
        invalid = format_html(' aria-invalid="true" aria-describedby="{}"', about)
    # A line break that opens a textarea is not part of it, so one is put before the words.
    field = format_html(
        '<input type="hidden" name="read-{0}" value="{1}">'
        '<textarea id="journal-{0}" name="answer-{0}" rows="2" autocomplete="off"{2}>\n{3}</textarea>',
        *(uid, read, invalid, text),
    )
    return field + format_html('<p class="error" id="{}" role="alert">{}</p>', about, error) if error else field


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
