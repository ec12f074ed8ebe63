"""The durable task queue: tasks are stored in the database until done, and retried when they fail."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.tasks import TaskResultStatus, task
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from portal.platform.measuring.metrics import TASKS, count

BACKEND = "durable"
# The delay before each further attempt.
RETRY_DELAYS = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440)]
# After running for this long, a task is assumed to have been interrupted because its process ended.
STALLED_AFTER = timedelta(minutes=15)

logger = logging.getLogger(__name__)
_mailing: set[Callable[..., Any]] = set()
# By function: whether a call with these arguments fails, rather than being retried, if it is interrupted.
fails_if_interrupted: dict[Callable[..., Any], Callable[..., bool]] = {}


# The exceptions with which a task fails if its worker is stopped.
INTERRUPTIONS = ("builtins.SystemExit", "builtins.KeyboardInterrupt")


class PermanentFailureError(Exception):
    """Raised by a task that must not be retried, because every attempt would fail."""


def durable(function: Callable[..., Any]) -> Any:
    """Turn a function into a task: `function.enqueue(…)` stores a call within the current transaction.

    Arguments are JSON. A failed or interrupted task is retried up to `len(RETRY_DELAYS)` times, so the function must be
    idempotent. It must finish within `STALLED_AFTER`, or a second run starts in parallel. After the last failed
    attempt, a task remains as a failed `DBTaskResult` in the list of failed tasks.
    """
    return task(function, backend=BACKEND)


def mailing(function: Callable[..., Any]) -> Any:
    """Like `durable`, but for a task that sends emails itself.

    `manage.py resume` can discard such tasks after a restore.
    """
    _mailing.add(function)
    return durable(function)


def enqueue_in_each_period(function: Any, *args: Any) -> None:
    """For periodic tasks: enqueue a call of a task, unless the same call is unfinished; replace one that has failed.

    The task raises PermanentFailureError, because the next period is its retry.
    """
    same = DBTaskResult.objects.filter(
        backend_name=BACKEND, task_path=function.module_path, args_kwargs__args=list(args)
    )
    same.filter(status=TaskResultStatus.FAILED).delete()
    if not same.exclude(status=TaskResultStatus.SUCCESSFUL).exists():
        function.enqueue(*args)


def sends_mail(task_path: str) -> bool:
    try:
        return import_string(task_path).func in _mailing
    except ImportError:
        # A task of another version that no worker here can run.
        return False


def retry_failed_task(task_result: Any, **kwargs: Any) -> None:
    """Receive `task_finished` and schedule a failed task's next attempt."""
    if task_result.backend == BACKEND:
        is_well = task_result.status == TaskResultStatus.SUCCESSFUL
        count(TASKS, task=task_result.task.name, outcome="ok" if is_well else "failed")
    if task_result.backend == BACKEND and task_result.status == TaskResultStatus.FAILED:
        error = task_result.errors[0]
        attempts = len(task_result.worker_ids)
        is_permanent = error.exception_class_path == f"{__name__}.{PermanentFailureError.__qualname__}"
        if error.exception_class_path in INTERRUPTIONS:
            is_permanent = not _is_repeatable(task_result.task.func, task_result.args, task_result.kwargs)
        if is_permanent or attempts > len(RETRY_DELAYS):
            logger.error("%s failed at its last attempt: %s", task_result.task.name, error.traceback)
        else:
            logger.warning("%s failed, attempt %d: %s", task_result.task.name, attempts, error.exception_class_path)
            # Another worker may have taken over the task because this one was too slow.
            this_attempt = DBTaskResult.objects.filter(pk=task_result.id, started_at=task_result.started_at)
            _requeue(this_attempt, timezone.now() + RETRY_DELAYS[attempts - 1])


def _is_repeatable(function: Callable[..., Any], args: Any, kwargs: Any) -> bool:
    fails = fails_if_interrupted.get(function)
    return fails is None or not fails(*args, **kwargs)


def _is_call_repeatable(call: DBTaskResult) -> bool:
    try:
        function = import_string(call.task_path).func
    except ImportError:
        return True
    try:
        return _is_repeatable(function, call.args_kwargs["args"], call.args_kwargs["kwargs"])
    except Exception:
        # Without its arguments, it is unknown whether the call may be repeated.
        logger.exception("The arguments of %s cannot be read", call.task_path)
        return False


def requeue_stalled_tasks(now: datetime) -> int:
    """Requeue tasks whose process ended before they finished, or fail those not to be repeated; return how many."""
    requeued = 0
    for call in DBTaskResult.objects.running().filter(backend_name=BACKEND, started_at__lt=now - STALLED_AFTER):
        if len(call.worker_ids) > len(RETRY_DELAYS):
            _fail(call, "the process ended during every attempt")
        elif not _is_call_repeatable(call):
            _fail(call, "the process ended during the attempt, which may have been successful")
        else:
            requeued += _requeue(DBTaskResult.objects.filter(pk=call.pk, started_at=call.started_at), now)
    return requeued


def _fail(call: DBTaskResult, reason: str) -> None:
    """Store a failure, unless the attempt has ended or another one has begun meanwhile."""
    with transaction.atomic():
        same = DBTaskResult.objects.running().filter(pk=call.pk, started_at=call.started_at)
        if (attempt := same.select_for_update().first()) is None:
            return
        attempt.set_failed(TimeoutError(reason))
    logger.error("%s failed: %s", call.task_path, reason)


def _requeue(calls: Any, run_after: datetime) -> int:
    return calls.exclude(status=TaskResultStatus.READY).update(
        status=TaskResultStatus.READY, run_after=run_after, finished_at=None
    )
