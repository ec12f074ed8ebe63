"""Whether the installation works: a quick check of everything that it depends on, each with a sentence on its state."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Max, Subquery
from django.tasks import TaskResultStatus
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django_tasks_db.models import DBTaskResult

from portal.env import BASE_DIR
from portal.platform.operation import replica
from portal.platform.operation.cache import ForgivingRedisCache
from portal.platform.operation.static_files import uncollected_files
from portal.platform.rate_limits import CACHE
from portal.platform.records.maintenance import SchedulerPause
from portal.platform.records.periodic_runs import PeriodicRun
from portal.platform.status.conditions import (
    Condition,
    FailureKind,
    age,
    conditions,
    details,
    failure_kinds,
    number,
    seconds,
)
from portal.platform.status.installation import files, storage, versions
from portal.platform.tasks import pause
from portal.platform.tasks.durable import BACKEND
from portal.platform.tasks.failed_tasks import needing_attention
from portal.platform.tasks.periodic import failures

# The task that sends one email, defined in the content package.
DELIVERY = "portal.content.mail.deliver"
# The scheduler starts a periodic task at least every 15 seconds.
IDLE_AFTER = timedelta(minutes=10)
LATE_AFTER = timedelta(minutes=15)
LEAST_FREE = 1024**3
# After large writes, a replica may briefly lag by less than this.
MAX_LAG = 64 * 1024**2


def findings(now: datetime, *, in_detail: bool = False) -> Iterator[Condition]:
    """Check everything or, if the database is down, only the parts that do not need it."""
    database = _database()
    yield database
    yield _cache()
    yield _disk()
    yield _static()
    if database.is_well or not database.needed:
        schema = _run_check("migrations", _migrations, needed=True)
        yield schema
        if not schema.is_well and PeriodicRun._meta.db_table not in connection.introspection.table_names():
            # The database is empty.
            return
        for name, check in (conditions | (details if in_detail else {})).items():
            yield _run_check(name, check, now)
        if in_detail:
            for kind in failure_kinds:
                yield _run_check(kind.name, _failures, kind, now)


def last_run() -> datetime | None:
    """When the scheduler last started a periodic task; None if it never did."""
    return PeriodicRun.objects.aggregate(last=Max("started_at"))["last"]


class SchedulerState(NamedTuple):
    """`last_run`, when a restore paused the scheduler, and why the installation is read-only; None if it is not."""

    last: datetime | None
    paused: datetime | None
    read_only: str | None


def scheduler_state() -> SchedulerState:
    """All in one query, because every newsroom page needs it."""
    rows = SchedulerPause.objects.order_by("since")
    paused = Subquery(rows.filter(is_read_only=False).values("since")[:1])
    read_only = Subquery(rows.filter(is_read_only=True).values("why")[:1])
    return SchedulerState(
        **PeriodicRun.objects.aggregate(last=Max("started_at"), paused=Max(paused), read_only=Max(read_only))
    )


def _run_check(name: str, check: Callable[..., Condition], *args: object, needed: bool = False) -> Condition:
    try:
        return check(*args)
    except DatabaseError as error:
        return Condition(name, False, _("cannot be read: %(error)s") % {"error": type(error).__name__}, needed)


def _database() -> Condition:
    try:
        with connection.cursor() as cursor:
            is_postgresql = connection.vendor == "postgresql"
            cursor.execute("SELECT current_setting('transaction_read_only')" if is_postgresql else "SELECT 'off'")
            [is_read_only] = cursor.fetchone()
    except DatabaseError as error:
        facts = {"error": str(error).partition("\n")[0]}
        return Condition("database", False, _("does not answer: %(error)s") % facts, needed=True)
    if is_read_only == "on":
        return Condition("database", False, _("is read-only: pages can be read, but nothing can be saved"))
    return Condition("database", True, _("answers (%(vendor)s)") % {"vendor": connection.vendor}, needed=True)


def _migrations() -> Condition:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if waiting:
        text = ngettext("%(count)s is not applied: run upgrade", "%(count)s are not applied: run upgrade", waiting)
        return Condition("migrations", False, text % {"count": waiting}, needed=True)
    return Condition("migrations", True, _("all are applied"), needed=True)


def _cache() -> Condition:
    cache = caches[CACHE]
    if not isinstance(cache, ForgivingRedisCache):
        is_alone = cache.__class__.__name__ == "LocMemCache"
        text = _("is the memory of each process: rate limits count per process") if is_alone else _("is not watched")
        return Condition("cache", True, text)
    if not cache.is_responding():
        return Condition("cache", False, _("does not answer: each process uses its own memory"))
    policy = cache.eviction_policy()
    if policy.startswith("allkeys"):
        text = _("evicts rate limits when it is full (%(policy)s): set maxmemory-policy noeviction") % {
            "policy": policy
        }
        return Condition("cache", False, text)
    return Condition("cache", True, _("responds"))


def _disk() -> Condition:
    folder = settings.DATA_DIR if settings.DATA_DIR.exists() else BASE_DIR
    free = shutil.disk_usage(folder).free
    text = _("%(size)s GB are free for the portal’s files") % {"size": number(free / 1024**3, 1)}
    return Condition("disk", free >= LEAST_FREE, text, figures={"free_bytes": free})


def _static() -> Condition:
    missing = uncollected_files()
    if missing:
        facts = {"count": number(len(missing)), "name": missing[0]}
        text = _("%(count)s files are not collected, such as %(name)s: run upgrade, and reload the web server") % facts
        return Condition("static", False, text, needed=True)
    return Condition("static", True, _("are collected"), needed=True)


def _scheduler(now: datetime) -> Condition:
    if since := SchedulerPause.beginning():
        facts = {"age": age(now - since), "count": number(sum(pause.waiting_tasks().values()))}
        text = _("has been paused since a restore %(age)s ago, with %(count)s tasks: run manage.py resume") % facts
        return Condition("scheduler", False, text)
    if SchedulerPause.read_only():
        return Condition("scheduler", True, _("waits, because the installation is read-only"))
    last = last_run()
    if last is None:
        return Condition("scheduler", False, _("has never run: nothing is published on schedule, and no mail is sent"))
    text = _("last ran %(age)s ago") % {"age": age(now - last)}
    return Condition("scheduler", now - last < IDLE_AFTER, text, figures=seconds(now - last))


def _writes(now: datetime) -> Condition:
    if found := SchedulerPause.read_only():
        facts = {"age": age(now - found.since), "why": found.why}
        text = _("have been refused for %(age)s (%(why)s): end this with manage.py read_only off") % facts
        return Condition("writes", False, text, figures=seconds(now - found.since))
    return Condition("writes", True, _("are possible"))


def _replica(now: datetime) -> Condition:
    answers, lag = replica.lag()
    if not answers:
        return Condition("replica", False, _("does not answer: readers read from the primary"))
    if lag is None:
        return Condition("replica", False, _("is not a replica of the primary"))
    text = _("lags %(size)s MB behind the primary") % {"size": number(lag / 1024**2, 1)}
    return Condition("replica", lag < MAX_LAG, text, figures={"lacking_bytes": lag})


def _queue(now: datetime) -> Condition:
    due = DBTaskResult.objects.ready().filter(backend_name=BACKEND)
    oldest = due.order_by("enqueued_at").values_list("enqueued_at", flat=True).first()
    count = due.count()
    # Single emails have their own line, by site.
    again = needing_attention(now).filter(status=TaskResultStatus.READY).exclude(task_path=DELIVERY)
    retried = Counter(path.rpartition(".")[2] for path in again.values_list("task_path", flat=True))
    texts = []
    if oldest is not None:
        texts.append(_("%(count)s wait, the oldest for %(age)s") % {"count": number(count), "age": age(now - oldest)})
    if retried:
        facts = {"count": number(retried.total()), "names": ", ".join(sorted(retried))}
        texts.append(_("%(count)s failed and will be retried: %(names)s") % facts)
    waiting = now - oldest if oldest else timedelta()
    figures = {"length": count, "retried": retried.total(), **seconds(waiting)}
    is_well = waiting < LATE_AFTER and not retried
    return Condition("queue", is_well, "; ".join(texts) or _("is empty"), figures=figures)


def _tasks(now: datetime) -> Condition:
    failed = DBTaskResult.objects.filter(backend_name=BACKEND, status=TaskResultStatus.FAILED).count()
    periodic = [run.name.rpartition(".")[2] for run in failures()]
    facts = {"count": number(failed), "names": ", ".join(periodic) or _("none of them")}
    text = _("%(count)s have failed for good; failing periodic tasks: %(names)s") % facts
    figures = {"failed": failed, "periodic_failed": len(periodic)}
    return Condition("tasks", not failed and not periodic, text, figures=figures)


def _failures(kind: FailureKind, now: datetime) -> Condition:
    count = sum(kind.by_site(now).values())
    text = str(kind.some) % {"count": number(count)} if count else str(kind.none)
    return Condition(kind.name, not count, text, figures={"count": count})


def _undelivered(now: datetime) -> dict[int, int]:
    mails = needing_attention(now).filter(task_path=DELIVERY).order_by()
    found: Counter[int] = Counter()
    for site, count in mails.values_list("args_kwargs__args__0__site").annotate(count=Count("pk")):
        found[int(site or 0)] += count
    return dict(found)


conditions |= {"writes": _writes, "scheduler": _scheduler, "queue": _queue, "tasks": _tasks}
if replica.is_configured():
    conditions["replica"] = _replica
details |= {"files": files, "storage": storage, "versions": versions}
failure_kinds.append(
    FailureKind(
        "mails",
        gettext_lazy("Mails"),
        gettext_lazy("all are delivered"),
        gettext_lazy("%(count)s cannot be delivered"),
        _undelivered,
    )
)
