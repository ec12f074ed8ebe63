"""Work that no reader waits for: kept in the database until it is done, tried again when it fails."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.tasks import TaskResultStatus, task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

BACKEND = "durable"
# What is waited before each further attempt.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440)]
# A task that has run for so long was cut off with its process.
CUT_OFF = timedelta(minutes=15)

logger = logging.getLogger(__name__)


class PermanentFailureError(Exception):
    """Raised by a task that would fail again however often it is tried."""


def durable(function: Callable[..., Any]) -> Any:
    """Make a task of a function: `function.enqueue(…)` puts its call into the database, within the present transaction.

    Arguments are JSON. A failed or cut-off call is made again, up to `len(PAUSES)` times: the function must bear
    to have been called before. It must end within `CUT_OFF`, or it is called a second time beside itself. What fails
    to the end stays as a failed `DBTaskResult`, in the newsroom's list of background work (`failed_tasks`).
    """
    return task(function, backend=BACKEND)


def try_again(task_result: Any, **kwargs: Any) -> None:
    """Receives `task_finished`: gives a failed call its next attempt."""
    if task_result.backend == BACKEND and task_result.status == TaskResultStatus.FAILED:
        error = task_result.errors[0]
        attempts = len(task_result.worker_ids)
        hopeless = error.exception_class_path == f"{__name__}.{PermanentFailureError.__qualname__}"
        if hopeless or attempts > len(PAUSES):
            logger.error("%s was given up: %s", task_result.task.name, error.traceback)
        else:
            logger.warning("%s failed, attempt %d: %s", task_result.task.name, attempts, error.exception_class_path)
            # Not if another worker has taken it over since: this one was slow, not dead.
            own = DBTaskResult.objects.filter(pk=task_result.id, started_at=task_result.started_at)
            _requeue(own, timezone.now() + PAUSES[attempts - 1])


def revive(now: datetime) -> int:
    """Put calls back that were cut off with their process; their number is returned."""
    revived = 0
    for call in DBTaskResult.objects.running().filter(backend_name=BACKEND, started_at__lt=now - CUT_OFF):
        if len(call.worker_ids) > len(PAUSES):
            call.set_failed(TimeoutError("cut off with its process, time and again"))
        else:
            revived += _requeue(DBTaskResult.objects.filter(pk=call.pk, started_at=call.started_at), now)
    return revived


def _requeue(calls: Any, run_after: datetime) -> int:
    return calls.exclude(status=TaskResultStatus.READY).update(
        status=TaskResultStatus.READY, run_after=run_after, finished_at=None
    )
