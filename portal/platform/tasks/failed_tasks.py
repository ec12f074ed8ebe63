"""Tasks that have failed, are stalled, or are waiting for a retry."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portal.platform.addresses import mask_addresses
from portal.platform.tasks.durable import BACKEND, STALLED_AFTER

LONGEST_REASON = 300


def needing_attention(now: datetime) -> QuerySet[DBTaskResult]:
    """Tasks that have failed for good, are stalled, or will be retried; newest first."""
    failed = Q(status=TaskResultStatus.FAILED)
    waiting = Q(status=TaskResultStatus.READY) & ~Q(worker_ids=[])
    stalled = Q(status=TaskResultStatus.RUNNING, started_at__lt=now - STALLED_AFTER)
    calls = DBTaskResult.objects.filter(failed | waiting | stalled, backend_name=BACKEND)
    return calls.order_by("-enqueued_at", "-pk")


def retry(key: str, now: datetime) -> bool:
    """Retry a task now, with a full set of attempts; return False if it no longer needs attention."""
    calls = needing_attention(now).order_by().filter(pk=key)
    # Django counts attempts by worker ids.
    return bool(
        calls.update(status=TaskResultStatus.READY, run_after=now, finished_at=None, started_at=None, worker_ids=[])
    )


def discard(key: str, now: datetime) -> bool:
    """Delete a task with its arguments; return False if it no longer needs attention."""
    calls = needing_attention(now).order_by().filter(pk=key)
    return bool(calls.delete()[0])


def failure_reason(call: DBTaskResult) -> str:
    if not call.traceback:
        return ""
    last = call.traceback.strip().splitlines()[-1]
    return mask_addresses(last)[:LONGEST_REASON]
