"""Whether the installation works: each thing that it stands on is asked, quickly, and says in a sentence how it is."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portal.core.models import PeriodicRun
from portal.core.operation.cache import ForgivingRedisCache
from portal.core.readers.rate_limits import CACHE
from portal.core.tasks.durable import BACKEND
from portal.core.tasks.periodic import failures
from portal.env import BASE_DIR

# The scheduler begins a periodic task at least every quarter of a minute.
IDLE_AFTER = timedelta(minutes=10)
LATE_AFTER = timedelta(minutes=15)
LEAST_FREE = 1024**3


@dataclass(frozen=True)
class Finding:
    """How one thing is; without what is `needed` no reader gets a page."""

    name: str
    is_well: bool
    text: str
    needed: bool = False


def findings(now: datetime) -> Iterator[Finding]:
    """Ask everything; where the database is gone, only what does without it."""
    database = _database()
    yield database
    yield _cache()
    yield _disk()
    if database.is_well:
        yield _asked("migrations", _migrations, needed=True)
        for name, ask in (("scheduler", _scheduler), ("queue", _queue), ("tasks", _tasks)):
            yield _asked(name, ask, now)


def last_run() -> datetime | None:
    """When the scheduler last began a periodic task; None if it never did."""
    return PeriodicRun.objects.aggregate(last=Max("started_at"))["last"]


def _asked(name: str, ask: Callable[..., Finding], *args: datetime, needed: bool = False) -> Finding:
    try:
        return ask(*args)
    except DatabaseError as error:
        return Finding(name, False, f"cannot be read: {type(error).__name__}", needed)


def _database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError as error:
        return Finding("database", False, f"does not answer: {str(error).partition(chr(10))[0]}", needed=True)
    return Finding("database", True, f"answers ({connection.vendor})", needed=True)


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Finding("migrations", False, f"{len(waiting)} are not applied: run migrate", needed=True)
    return Finding("migrations", True, "all are applied", needed=True)


def _cache() -> Finding:
    cache = caches[CACHE]
    if not isinstance(cache, ForgivingRedisCache):
        is_alone = cache.__class__.__name__ == "LocMemCache"
        text = "is the memory of each process: limits count for each" if is_alone else "is not watched"
        return Finding("cache", True, text)
    if not cache.is_answering():
        return Finding("cache", False, "does not answer: each process uses its own memory")
    policy = cache.eviction_policy()
    if policy.startswith("allkeys"):
        return Finding("cache", False, f"forgets limits when it is full ({policy}): set maxmemory-policy noeviction")
    return Finding("cache", True, "answers")


def _disk() -> Finding:
    folder = settings.DATA_DIR if settings.DATA_DIR.exists() else BASE_DIR
    free = shutil.disk_usage(folder).free
    return Finding("disk", free >= LEAST_FREE, f"{free / 1024**3:,.1f} GB are free for the portal's files")


def _scheduler(now: datetime) -> Finding:
    last = last_run()
    if last is None:
        return Finding("scheduler", False, "has never run: nothing is published at its time, no mail is sent")
    is_running = now - last < IDLE_AFTER
    return Finding("scheduler", is_running, f"last ran {_age(now - last)} ago")


def _queue(now: datetime) -> Finding:
    due = DBTaskResult.objects.ready().filter(backend_name=BACKEND)
    oldest = due.order_by("enqueued_at").values_list("enqueued_at", flat=True).first()
    if oldest is None:
        return Finding("queue", True, "is empty")
    return Finding("queue", now - oldest < LATE_AFTER, f"{due.count():,} wait, the oldest for {_age(now - oldest)}")


def _tasks(now: datetime) -> Finding:
    failed = DBTaskResult.objects.filter(backend_name=BACKEND, status=TaskResultStatus.FAILED).count()
    periodic = [run.name.rpartition(".")[2] for run in failures()]
    text = f"{failed:,} have failed for good; periodic ones that fail: {', '.join(periodic) or 'none'}"
    return Finding("tasks", not failed and not periodic, text)


def _age(age: timedelta) -> str:
    seconds = max(0, int(age.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60:,} min" if seconds < 7200 else f"{seconds // 3600:,} h"
