"""Background work that does not go well: what failed, what hangs, what waits for another attempt."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portal.core.readers.addresses import masked
from portal.core.tasks.durable import BACKEND, CUT_OFF

LONGEST_REASON = 300


def needing_attention(now: datetime) -> QuerySet[DBTaskResult]:
    """Calls that were given up, that were cut off, and that failed and will be made again; the newest first."""
    failed = Q(status=TaskResultStatus.FAILED)
    waiting = Q(status=TaskResultStatus.READY) & ~Q(worker_ids=[])
    calls = DBTaskResult.objects.filter(failed | waiting | _is_stuck(now), backend_name=BACKEND)
    return calls.order_by("-enqueued_at", "-pk")


def retry(key: str, now: datetime) -> bool:
    """Make a call again at once, with all of its attempts; False if it goes well meanwhile."""
    calls = needing_attention(now).order_by().filter(pk=key)
    # Without the processes that tried before, its attempts are counted anew.
    return bool(
        calls.update(status=TaskResultStatus.READY, run_after=now, finished_at=None, started_at=None, worker_ids=[])
    )


def discard(key: str, now: datetime) -> bool:
    """Forget a call with all that it carried; False if it goes well meanwhile."""
    calls = needing_attention(now).order_by().filter(pk=key)
    return bool(calls.delete()[0])


def failure_reason(call: DBTaskResult) -> str:
    """Why it failed, without the addresses of the people whom it is about."""
    if not call.traceback:
        return ""
    last = call.traceback.strip().splitlines()[-1]
    return masked(last)[:LONGEST_REASON]


def _is_stuck(now: datetime) -> Q:
    return Q(status=TaskResultStatus.RUNNING, started_at__lt=now - CUT_OFF)
