"""Once a week, for educators who asked for it: how their courses are going, as an e-mail of numbers.

It names nobody and no course, holds nothing that anyone wrote, and no number of fewer than ten people. A `Digest` row claims each
mail, as in discussions.mailing: inserted with the person's row held, closed when the mail server has taken it. So two processes send
one mail, and one that was killed in between is tried again after `STALE` under the same Message-ID.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from courses import reports, roles
from courses.models import Course
from courses.roles import Role
from discussions import mailing, talking
from discussions.mailing import STALE, TRIES, Letter
from discussions.models import Digest, Preferences


def send_due() -> int:
    """Send every mail that is due, each once, and return how many went."""
    numbers: dict[int, dict[str, Any]] = {}
    wanting = Preferences.objects.filter(course_mail=True).order_by("pk").values_list("pk", flat=True)
    return sum(_send_to(person, numbers) for person in list(wanting))


def _send_to(person: int, numbers: dict[int, dict[str, Any]]) -> bool:
    """`numbers` of courses that were asked for already are not counted again."""
    letter = _claim(person)
    if letter is None or not mailing.deliver(message(letter, numbers)):
        return False
    Digest.objects.filter(pk=letter.digest).update(sent_at=timezone.now())
    return True


@transaction.atomic
def _claim(person_id: int) -> Letter | None:
    """Take this week's mail to this person upon oneself; None when it was sent, when somebody else is at it, or nobody wants it."""
    person = User.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    address = mailing.address_of(person_id)
    wanted = Preferences.objects.filter(pk=person_id, course_mail=True).exists()
    if person is None or not (wanted and address and courses_of(person)):
        return None
    now = timezone.now()
    this_week = {"person": person, "about": Digest.About.COURSES, "period": f"{now:%G-W%V}"}
    digest, made = Digest.objects.get_or_create(**this_week, defaults={"begun_at": now})
    if not made:
        if digest.sent_at or digest.tries >= TRIES or digest.begun_at > now - STALE:
            return None
        Digest.objects.filter(pk=digest.pk).update(begun_at=now, tries=digest.tries + 1)
    return Letter(digest.pk, person_id, address, {})


def courses_of(person: User) -> list[Course]:
    """The published courses that this person writes."""
    return list(
        roles.within(Course.objects.filter(published=True), person, Role.EDUCATOR, "pk").order_by("position", "pk")
    )


def message(letter: Letter, numbers: dict[int, dict[str, Any]]) -> EmailMultiAlternatives:
    """The mail: a few numbers for each course, the way to all of them, and the way out."""
    courses = courses_of(User.objects.get(pk=letter.person))
    for course in courses:
        if course.pk not in numbers:
            numbers[course.pk] = last_week_of(course)
    context = {"courses": [numbers[course.pk] for course in courses]}
    return mailing.compose(_("The last week in numbers"), "house/course_mail", context, letter, Digest.About.COURSES)


def last_week_of(course: Course) -> dict[str, Any]:
    """What is said of a course: lines about its last whole week, how many questions wait, and the addresses."""
    today = timezone.localdate()
    last = reports.monday(today - timedelta(weeks=1))
    data, counted_at = reports.learning(course)
    if counted_at and reports.monday(timezone.localdate(counted_at)) <= last:  # before the week was over
        data = reports.keep(course, reports.KIND, reports.measure(course)).data
    seen = reports.look(course, data, reports.Span(last, last))
    active = seen.active[0][1] if seen.active else 0
    waits = talking.waiting(course).count()
    page = settings.SITE_ADDRESS + reverse("educators", args=[course.slug])
    lines = [
        _("Learners who finished a step: %(n)s") % {"n": _told(active)},
        _("Learners who began: %(n)s") % {"n": _told(seen.started)},
        _("Learners who finished the course: %(n)s") % {"n": _told(seen.finished)},
        ngettext("%(n)d question waits for an answer", "%(n)d questions wait for an answer", waits) % {"n": waits},
    ]
    return {"lines": lines, "waits": waits, "page": page, "questions": f"{page}#waiting"}


def _told(count: int | None) -> str:
    """A number of people as it may be shown."""
    return _("under %(n)d") % {"n": reports.FEWEST} if count is None else str(count)
