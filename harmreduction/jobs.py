"""Work behind the scenes, through Django's tasks interface. The one place that imports it: Django 6 has it in core.

Without a worker (the default) a task is done where it is enqueued. With BACKGROUND_WORKER=1 it is a row that `manage.py db_worker`
takes. A worker that is killed leaves its row as it was, so tasks must be such that doing them again does no harm.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

__all__ = ["DBTaskResult", "TaskResultStatus", "forget_old", "take_up_stopped", "task"]

STOPPED = timedelta(minutes=15)  # a task that has been running for so long has no worker any more
TRIES = 3
KEPT = timedelta(days=14)


def take_up_stopped() -> int:
    """Give tasks of killed workers to another one; after three tries they count as failed, which the admin shows."""
    stopped = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lt=timezone.now() - STOPPED)
    count = 0
    for row in stopped:
        again = {"status": TaskResultStatus.READY, "started_at": None}
        given_up = {
            "status": TaskResultStatus.FAILED,
            "finished_at": timezone.now(),
            "traceback": f"The worker was stopped in the middle of this task, {TRIES} times.",
        }
        mine = DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.RUNNING, started_at=row.started_at)
        count += mine.update(**(again if len(row.worker_ids) < TRIES else given_up))
    return count


def forget_old() -> int:
    """Delete what was finished a fortnight ago."""
    finished = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)
    old = DBTaskResult.objects.filter(status__in=finished, finished_at__lt=timezone.now() - KEPT)
    count, _each = old.delete()
    return count
