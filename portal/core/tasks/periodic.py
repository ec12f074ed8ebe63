"""What the portal does by itself, again and again: the periodic tasks of all apps, and when each was last seen to."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from portal.core.models import PeriodicRun

CLOCKS_DIFFER = timedelta(minutes=1)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PeriodicTask:
    """Called with the time every `every`; an exception is its way of saying that something was left undone."""

    name: str
    every: timedelta
    see_to: Callable[[datetime], object]


_tasks: dict[str, PeriodicTask] = {}


def periodic(*, every: timedelta) -> Callable[[Callable[[datetime], object]], Callable[[datetime], object]]:
    """Make a periodic task of a function in an app's module `periodic tasks`.

    Two schedulers see to it once in each period, but a run that outlasts its period may meet the next one.
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
    """Run every periodic task whose period has passed; the names of those that failed are returned."""
    return [each.name for each in periodic_tasks() if _claim(each, now) and not _run(each, now)]


def _claim(each: PeriodicTask, now: datetime) -> bool:
    """Whether this process is the one that sees to it now."""
    PeriodicRun.objects.get_or_create(name=each.name)
    # One from the future was written before somebody set the clock back; two machines' clocks differ by less.
    due = Q(begun_at=None) | Q(begun_at__lte=now - each.every) | Q(begun_at__gt=now + max(each.every, CLOCKS_DIFFER))
    return PeriodicRun.objects.filter(due, name=each.name).update(begun_at=now) == 1


def _run(each: PeriodicTask, now: datetime) -> bool:
    record = PeriodicRun.objects.filter(name=each.name)
    try:
        each.see_to(now)
    except Exception as error:
        failure = f"{type(error).__name__}: {error}"[:500]
        if record.exclude(failure=failure).update(failure=failure):
            logger.exception("%s failed", each.name)
        else:
            logger.info("%s failed again: %s", each.name, failure)
        return False
    record.update(done_at=timezone.now(), failure="")
    return True


def failures() -> list[PeriodicRun]:
    """The periodic tasks whose last run failed."""
    return list(PeriodicRun.objects.exclude(failure="").order_by("name"))
