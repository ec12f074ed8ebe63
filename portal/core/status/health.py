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

from portal.core.models import PeriodicRun, SchedulerPause
from portal.core.operation.cache import ForgivingRedisCache
from portal.core.readers.rate_limits import CACHE
from portal.core.tasks import pause
from portal.core.tasks.durable import BACKEND
from portal.core.tasks.periodic import failures
from portal.env import BASE_DIR

# The scheduler begins a periodic task at least every quarter of a minute.
IDLE_AFTER = timedelta(minutes=10)
LATE_AFTER = timedelta(minutes=15)
LEAST_FREE = 1024**3


@dataclass(frozen=True)
class Condition:
    """How one thing is; without what is `needed` no reader gets a page."""

    name: str
    is_well: bool
    text: str
    needed: bool = False


def findings(now: datetime) -> Iterator[Condition]:
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


def _asked(name: str, ask: Callable[..., Condition], *args: datetime, needed: bool = False) -> Condition:
    try:
        return ask(*args)
    except DatabaseError as error:
        return Condition(name, False, f"cannot be read: {type(error).__name__}", needed)


def _database() -> Condition:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError as error:
        return Condition("database", False, f"does not answer: {str(error).partition(chr(10))[0]}", needed=True)
    return Condition("database", True, f"answers ({connection.vendor})", needed=True)


def _migrations() -> Condition:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Condition("migrations", False, f"{len(waiting)} are not applied: run migrate", needed=True)
    return Condition("migrations", True, "all are applied", needed=True)


def _cache() -> Condition:
    cache = caches[CACHE]
    if not isinstance(cache, ForgivingRedisCache):
        is_alone = cache.__class__.__name__ == "LocMemCache"
        text = "is the memory of each process: limits count for each" if is_alone else "is not watched"
        return Condition("cache", True, text)
    if not cache.is_answering():
        return Condition("cache", False, "does not answer: each process uses its own memory")
    policy = cache.eviction_policy()
    if policy.startswith("allkeys"):
        return Condition("cache", False, f"forgets limits when it is full ({policy}): set maxmemory-policy noeviction")
    return Condition("cache", True, "answers")


def _disk() -> Condition:
    folder = settings.DATA_DIR if settings.DATA_DIR.exists() else BASE_DIR
    free = shutil.disk_usage(folder).free
    return Condition("disk", free >= LEAST_FREE, f"{free / 1024**3:,.1f} GB are free for the portal's files")


def _scheduler(now: datetime) -> Condition:
    if since := SchedulerPause.beginning():
        waiting = sum(pause.waiting().values())
        text = f"waits since a restore {_age(now - since)} ago, and {waiting:,} tasks with it: manage.py resume"
        return Condition("scheduler", False, text)
    last = last_run()
    if last is None:
        return Condition("scheduler", False, "has never run: nothing is published at its time, no mail is sent")
    is_running = now - last < IDLE_AFTER
    return Condition("scheduler", is_running, f"last ran {_age(now - last)} ago")


def _queue(now: datetime) -> Condition:
    due = DBTaskResult.objects.ready().filter(backend_name=BACKEND)
    oldest = due.order_by("enqueued_at").values_list("enqueued_at", flat=True).first()
    if oldest is None:
        return Condition("queue", True, "is empty")
    return Condition("queue", now - oldest < LATE_AFTER, f"{due.count():,} wait, the oldest for {_age(now - oldest)}")


def _tasks(now: datetime) -> Condition:
    failed = DBTaskResult.objects.filter(backend_name=BACKEND, status=TaskResultStatus.FAILED).count()
    periodic = [run.name.rpartition(".")[2] for run in failures()]
    text = f"{failed:,} have failed for good; periodic ones that fail: {', '.join(periodic) or 'none'}"
    return Condition("tasks", not failed and not periodic, text)


def _age(age: timedelta) -> str:
    seconds = max(0, int(age.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60:,} min" if seconds < 7200 else f"{seconds // 3600:,} h"
