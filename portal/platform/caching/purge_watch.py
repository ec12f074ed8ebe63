"""Purges downstream caches after each change of the content version by any process.

There is no queue: a purge is due while the content version differs from the version of the last purge. So one purge
covers a hundred changes, a failed purge is retried until it succeeds, and a new process begins with a purge.
"""

import logging
import time
from collections.abc import Callable
from threading import Event

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from portal.platform.caching.purging import PurgeError, purge
from portal.platform.operation.changes import content_version
from portal.platform.records.periodic_runs import PeriodicRun

# Seconds between two reads of the version.
PAUSE = 0.2
# Purges are repeated after this many seconds, because a stale response may reach the cache after the first purge.
REPEATED_AFTER = 3.0
LONGEST_PAUSE = 30.0
NAME = f"{__name__}.purge_of_the_cache_in_front"

logger = logging.getLogger(__name__)


class PurgeWatch:
    def __init__(self, purge: Callable[[], None] = purge, clock: Callable[[], float] = time.monotonic):
        self.purge, self.clock = purge, clock
        self.purged: int | None = None
        self.has_begun = False
        self.repeat_at: float | None = None
        self.failures = 0
        self.not_before = 0.0

    def purge_if_due(self) -> None:
        """Purge if the content has changed since the last purge, or if a repetition is due."""
        now = self.clock()
        if now < self.not_before:
            return
        # The version is read before the purge, so that a change during the purge causes another one.
        version = content_version()
        is_changed = not self.has_begun or version != self.purged
        if not is_changed and (self.repeat_at is None or now < self.repeat_at):
            return
        try:
            self.purge()
        except PurgeError as error:
            self._back_off(str(error), now)
            return
        if self.failures or not self.has_begun:
            _record_failure("")
        self.failures, self.has_begun, self.purged = 0, True, version
        self.repeat_at = now + REPEATED_AFTER if is_changed else None

    def _back_off(self, failure: str, now: float) -> None:
        if not self.failures:
            logger.error("The cache in front cannot be purged, and may serve stale responses: %s", failure)
            # The status page shows it until a purge succeeds.
            _record_failure(failure[:500])
        self.failures += 1
        self.not_before = now + min(2.0**self.failures * PAUSE, LONGEST_PAUSE)

    def run(self, stopped: Event) -> None:
        """Watch until `stopped` is set; reconnect after a database failure."""
        while not stopped.is_set():
            close_old_connections()
            try:
                self.purge_if_due()
            except (DatabaseError, InterfaceError):
                connections.close_all()
                stopped.wait(1)
            except Exception:
                logger.exception("The cache in front is not watched")
                stopped.wait(1)
            stopped.wait(PAUSE)
        connections.close_all()


def _record_failure(failure: str) -> None:
    if failure or PeriodicRun.objects.filter(name=NAME).exists():
        PeriodicRun.objects.update_or_create(name=NAME, defaults={"failure": failure})


def is_configured() -> bool:
    return bool(settings.SHARED_CACHE_PURGE)
