"""E-mail about notifications: that something is new, and where; never who wrote, what, or on which course.

The notifications themselves are the outbox. A mail is claimed by a `Digest` row, inserted with the person's row held, and closed
when the mail server has taken it; a person has at most one open claim, and it covers what was new up to a fixed notification. So
two commands at once send one mail. A claim that stays open (its process died) is tried again after `STALE`, covering the same,
with the same Message-ID. At worst a process dies after the mail server took the mail and before that was noted: then the mail
goes out once more, under the same Message-ID, by which most mailboxes show it once. No mail is lost that way; one that fails
`TRIES` times waits for the next.

What is sent at once is sent beside the request that told of it, where there is a mail server: the wait would tell that somebody is
written to, and a slow server would slow who posts. What its process does not get to is due, and so goes with the next `send_due`.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from threading import BoundedSemaphore, Thread
from typing import Any

from allauth.account.models import EmailAddress
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.db.models import Max
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from accounts.models import User
from accounts.sealing import box
from discussions.models import Digest, Notification, Preferences

logger = logging.getLogger(__name__)
STALE = timedelta(minutes=15)  # far longer than settings.EMAIL_TIMEOUT
TRIES = 5  # of one mail
STOP = "discussions.mailing.stop"  # what tokens that stop mail are sealed for
AT_ONCE = 5  # mails that one post sends by itself; more are left to the next run of the command
SENDERS = 4  # posts whose mails a process sends beside its requests at a time; more are left to the command too
_free = BoundedSemaphore(SENDERS)


@dataclass(frozen=True)
class Letter:
    """One mail that was claimed, and the notifications that it tells of."""

    digest: int
    person: int
    address: str
    covers: dict[int, str]  # number of the notification: its kind


def address_of(person_id: int) -> str:
    """The address that this person gave and confirmed; empty without one."""
    confirmed = EmailAddress.objects.filter(user_id=person_id, verified=True).order_by("-primary", "pk")
    return str(confirmed.values_list("email", flat=True).first() or "")


def send_due() -> int:
    """Send every mail that is due, each once, and return how many went."""
    wanting = Preferences.objects.exclude(email=Preferences.Email.NEVER).order_by("pk")
    return sum(_send_to(person) for person in list(wanting.values_list("pk", flat=True)))


def send_at_once(people: Iterable[int]) -> None:
    """After something was told: send to those of these people who want to hear at once, without a wait for the mail server. A
    failure is left to the command."""
    wanting = Preferences.objects.filter(pk__in=list(people), email=Preferences.Email.AT_ONCE).order_by("pk")
    chosen = list(wanting.values_list("pk", flat=True)[:AT_ONCE])
    if not goes_to_a_server():
        _send_to_all(chosen)
    elif chosen and _free.acquire(blocking=False):
        try:
            Thread(target=_beside, args=[chosen], name="mail").start()
        except RuntimeError:  # the machine gives this process no more threads
            _free.release()


def goes_to_a_server() -> bool:
    """Whether a mail is handed to another programme, which may take its time."""
    return bool(settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"))


def _beside(people: Iterable[int]) -> None:
    """Send to these people from a thread of its own."""
    try:
        _send_to_all(people)
    except Exception:  # nobody waits for it; the log says it without a word of anyone
        logger.exception("E-mails were not sent at once; they are tried again later.")
    finally:
        connection.close()
        _free.release()


def _send_to_all(people: Iterable[int]) -> None:
    for person in people:
        _send_to(person)


def _send_to(person: int) -> int:
    """Send what is due to one person; again while something came in meanwhile, since who wrote it found a claim open."""
    sent = 0
    while (letter := _claim(person)) and _send(letter):
        _close(letter)
        sent += 1
    return sent


@transaction.atomic
def _claim(person: int) -> Letter | None:
    """Take the next mail to this person upon oneself; None when nothing is due or somebody else is at it."""
    held = User.objects.select_for_update(no_key=True).filter(pk=person).first()
    how = Preferences.objects.filter(pk=person).values_list("email", flat=True).first()
    address = address_of(person)
    if held is None or not address or how in (None, Preferences.Email.NEVER):
        return None
    now = timezone.now()
    new = Notification.objects.filter(person=person, seen=False, emailed_at=None)
    mine = Digest.objects.filter(person=person, about=Digest.About.NOTIFICATIONS)
    digest = mine.filter(sent_at=None, tries__lt=TRIES).order_by("pk").first()
    if digest and digest.begun_at > now - STALE:
        return None
    if digest and not new.filter(pk__lte=digest.up_to).exists():  # all of it was seen on the site meanwhile
        digest.delete()
        digest = None
    if digest:
        Digest.objects.filter(pk=digest.pk).update(begun_at=now, tries=digest.tries + 1)
    else:
        up_to = new.aggregate(newest=Max("pk"))["newest"]
        period = _period(str(how), now, up_to)
        if up_to is None or mine.filter(period=period).exists():
            return None
        digest = Digest.objects.create(person_id=person, period=period, up_to=up_to, begun_at=now)
    covers = dict(new.filter(pk__lte=digest.up_to).values_list("pk", "kind"))
    return Letter(digest.pk, person, address, covers)


def _period(how: str, now: datetime, up_to: int | None) -> str:
    if how == Preferences.Email.DAILY:
        return f"{now:%Y-%m-%d}"
    return f"{now:%G-W%V}" if how == Preferences.Email.WEEKLY else f"to {up_to}"


def _send(letter: Letter) -> bool:
    return deliver(message(letter))


def deliver(mail: EmailMultiAlternatives) -> bool:
    """Hand the mail to the mail server; False where that failed. What went wrong is logged without address or name."""
    try:
        mail.send()
    except Exception as error:
        logger.warning("An e-mail was not sent (%s); it is tried again later.", type(error).__name__)
        return False
    return True


@transaction.atomic
def _close(letter: Letter) -> None:
    now = timezone.now()
    Notification.objects.filter(pk__in=letter.covers).update(emailed_at=now)
    Digest.objects.filter(pk=letter.digest).update(sent_at=now)


def message(letter: Letter) -> EmailMultiAlternatives:
    """The mail: how much is new of what kind, the way there, and the way out."""
    whole = len(letter.covers)
    context = {
        "lines": [_line(kind, count) for kind, count in sorted(Counter(letter.covers.values()).items())],
        "page": settings.SITE_ADDRESS + reverse("discussions:notifications"),
    }
    subject = ngettext("%(n)d new notification", "%(n)d new notifications", whole) % {"n": whole}
    return compose(subject, "discussions/mail", context, letter)


def compose(
    subject: str, template: str, context: Mapping[str, Any], letter: Letter, what: str = ""
) -> EmailMultiAlternatives:
    """A mail as text and as HTML (`template` with .txt and .html), with the way out of mails of this kind as `stop`."""
    stop = settings.SITE_ADDRESS + reverse("discussions:mail-stop", args=[seal(letter.person, what)])
    context = {**context, "stop": stop}
    mail = EmailMultiAlternatives(
        subject,
        render_to_string(f"{template}.txt", context),
        to=[letter.address],
        headers={
            "Message-ID": message_id(letter.digest),
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    mail.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return mail


def _line(kind: str, n: int) -> str:
    words = {
        Notification.Kind.REPLY: ngettext("%(n)d reply to what you wrote", "%(n)d replies to what you wrote", n),
        Notification.Kind.MENTION: ngettext("You were mentioned once", "You were mentioned %(n)d times", n),
        Notification.Kind.FOLLOWED: ngettext(
            "%(n)d new reply in a conversation you follow", "%(n)d new replies in conversations you follow", n
        ),
        Notification.Kind.ENDORSED: ngettext(
            "Something you wrote was recommended", "%(n)d things you wrote were recommended", n
        ),
        Notification.Kind.DANGER: ngettext(
            "Somebody may be in danger: please look now", "%(n)d reports that somebody may be in danger", n
        ),
        Notification.Kind.MODERATION: ngettext(
            "%(n)d message from those who look after the discussions",
            "%(n)d messages from those who look after the discussions",
            n,
        ),
    }
    return words[Notification.Kind(kind)] % {"n": n}


def message_id(digest: int) -> str:
    """The same for every try of one mail."""
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{salted_hmac('discussions.mailing', str(digest)).hexdigest()[:32]}@{host}>"


def seal(person: int, what: str = "") -> str:
    """A token that stops mail of a kind (Digest.About) to this person: sealed, since who sees a mail shall not learn the account's
    number, from which its picture on the site is drawn."""
    return box(STOP).encrypt(f"{person} {what}".encode()).decode().rstrip("=")


def unseal(token: str) -> tuple[int, str] | None:
    """The person to whom a token of `seal` stops mail, and of which kind; None for a forged one."""
    try:
        person, _space, what = box(STOP).decrypt((token + "=" * (-len(token) % 4)).encode()).decode().partition(" ")
        return int(person), what
    except (InvalidToken, ValueError):
        return None


def stop(*, person_id: int, what: str = "") -> None:
    """No more mail of this kind to this person, whatever was chosen before; who has deleted the account is not written to anyway."""
    about_courses = what == Digest.About.COURSES
    changed: dict[str, Any] = {"course_mail": False} if about_courses else {"email": Preferences.Email.NEVER}
    Preferences.objects.filter(pk=person_id).update(**changed)
