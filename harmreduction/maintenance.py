"""What has to be done again and again: what expired is forgotten, what is due is sent.

Each duty is a plain function that finds what is due in the rows, does it, and can be stopped and called again at any moment; it gives
the number of things done. `manage.py run_maintenance` does what is due, from cron or a timer; two at once share the duties.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import sessions
from courses import publishing
from discussions import expiry, mailing, notifications
from harmreduction import course_mail, jobs
from harmreduction.cache_keys import forget_expired
from harmreduction.logs import without_words
from harmreduction.models import DutyRecord
from harmreduction.numbers import rebuild

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=15)  # after which a process that was killed at a duty no longer holds it


@dataclass(frozen=True)
class Duty:
    name: str
    every: timedelta
    do: Callable[[], int | None]


def ended_sessions() -> int:
    """Forget sessions that ended."""
    count = Session.objects.filter(expire_date__lt=timezone.now()).count()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    sessions.forget_ended()
    return count


# Each app's due work has its line here.
DUTIES = (
    Duty("ended sessions", timedelta(hours=1), ended_sessions),
    Duty("expired counts", timedelta(hours=1), forget_expired),
    Duty("what is scheduled", timedelta(0), publishing.publish_due),
    Duty("e-mails", timedelta(0), mailing.send_due),
    Duty("weekly e-mails to educators", timedelta(hours=1), course_mail.send_due),
    Duty("words that expire", timedelta(hours=6), expiry.expire_words),
    Duty("old notifications", timedelta(days=1), notifications.forget_old),
    Duty("numbers for educators", timedelta(days=1), rebuild),
    Duty("stopped tasks", timedelta(0), jobs.take_up_stopped),
    Duty("old tasks", timedelta(days=1), jobs.forget_old),
)


def _is_due(duty: Duty, now: datetime) -> Q:
    """Never done, failed, or done long enough ago; a clock that was set back must not put it off until it has caught up."""
    return Q(done_at=None) | Q(failed_at__isnull=False) | Q(done_at__lte=now - duty.every) | Q(done_at__gt=now)


def due() -> list[Duty]:
    """The duties whose time has come, in order. One that failed is due at once."""
    now = timezone.now()
    waits = {d.name for d in DUTIES if DutyRecord.objects.filter(name=d.name).exclude(_is_due(d, now)).exists()}
    return [d for d in DUTIES if d.name not in waits]


def perform(duty: Duty, *, due_or_not: bool = False) -> bool:
    """Do a duty, unless another process is at it or has just done it, and write down what came of it. False when it failed."""
    now = timezone.now()
    DutyRecord.objects.get_or_create(name=duty.name)
    free = Q(claimed_until=None) | Q(claimed_until__lt=now) | Q(claimed_until__gt=now + LEASE)
    mine = DutyRecord.objects.filter(free, name=duty.name)
    if not due_or_not:
        mine = mine.filter(_is_due(duty, now))
    if not mine.update(claimed_until=now + LEASE):
        return True
    row = DutyRecord.objects.filter(name=duty.name)
    try:
        result = duty.do()
    except Exception as error:  # the other duties go on; this one shows in the admin and in the log
        logger.exception("duty failed: %s", duty.name)
        row.update(failed_at=timezone.now(), error=without_words(error)[-4000:], claimed_until=None)
        return False
    words = "" if result is None else str(result)
    row.update(done_at=timezone.now(), result=words, failed_at=None, error="", claimed_until=None)
    return True


@jobs.task
def do_duty(name: str) -> None:
    """Do the duty of that name, due or not. Raises KeyError when there is none, RuntimeError when it failed: so the task failed too."""
    if not perform({d.name: d for d in DUTIES}[name], due_or_not=True):
        raise RuntimeError(f"duty failed: {name}")


def hand_over(name: str) -> None:
    """Have a duty done by the worker, once the transaction is through; without a worker it is done then and there."""
    transaction.on_commit(lambda: do_duty.enqueue(name))
