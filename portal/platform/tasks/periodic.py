"""The registry of periodic tasks, and the function that runs those that are due."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from portal.platform.records.maintenance import SchedulerPause
from portal.platform.records.periodic_runs import PeriodicRun

CLOCK_SKEW = timedelta(minutes=1)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PeriodicTask:
    """A function called with the current time once per `every`. An exception counts as a failure."""

    name: str
    every: timedelta
    run: Callable[[datetime], object]


_tasks: dict[str, PeriodicTask] = {}


def periodic(*, every: timedelta) -> Callable[[Callable[[datetime], object]], Callable[[datetime], object]]:
    """Turn a function in an app's module `periodic` into a periodic task.

    Several schedulers together run it once per period, but a run that outlasts its period overlaps the next.
    """

    def register(function: Callable[[datetime], object]) -> Callable[[datetime], object]:
        name = f"{function.__module__}.{function.__name__}"
        _tasks[name] = PeriodicTask(name, every, function)
        return function

    return register


def periodic_tasks() -> list[PeriodicTask]:
    autodiscover_modules("periodic")
    return list(_tasks.values())


def run_due(now: datetime) -> list[str]:
    """Run every periodic task that is due; return the names of those that failed."""
    return [task.name for task in periodic_tasks() if _claim(task, now) and not _run(task, now)]


def _claim(task: PeriodicTask, now: datetime) -> bool:
    """Whether this process must run the task now, because no other will; False while the scheduler is paused."""
    if SchedulerPause.objects.exists():
        return False
    PeriodicRun.objects.get_or_create(name=task.name)
    # A start in the future was written before a clock was set back. CLOCK_SKEW allows for differences between machines.
    due = Q(started_at=None) | Q(started_at__lte=now - task.every) | Q(started_at__gt=now + max(task.every, CLOCK_SKEW))
    return PeriodicRun.objects.filter(due, name=task.name).update(started_at=now) == 1


def _run(task: PeriodicTask, now: datetime) -> bool:
    record = PeriodicRun.objects.filter(name=task.name)
    try:
        task.run(now)
    except Exception as error:
        failure = f"{type(error).__name__}: {error}"[:500]
        if record.exclude(failure=failure).update(failure=failure):
            logger.exception("%s failed", task.name)
        else:
            logger.info("%s failed again: %s", task.name, failure)
        return False
    record.update(finished_at=timezone.now(), failure="")
    return True


def failures() -> list[PeriodicRun]:
    return list(PeriodicRun.objects.exclude(failure="").order_by("name"))
