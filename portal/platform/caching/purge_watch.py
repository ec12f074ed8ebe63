"""Purges the caches in front after each change of what readers may see, whichever program has made it.

No list of purges that wait is written: one is due as long as the mark of the content is not that of the last purge. So
a hundred changes are one purge, one that fails is tried until it succeeds, and a process that begins purges, since
nobody knows what has changed before.
"""

import logging
import time
from collections.abc import Callable
from threading import Event

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from portal.platform.caching.purging import PurgeError, purge
from portal.platform.operation.changes import present_state
from portal.platform.records.periodic_runs import PeriodicRun

# In seconds. How often the mark is asked for; and after how long is purged once more, since an answer that was made
# before the change may have been on its way into the cache while it was purged.
PAUSE, ON_ITS_WAY = 0.2, 3.0
LONGEST_PAUSE = 30.0
NAME = f"{__name__}.purge_of_the_cache_in_front"

logger = logging.getLogger(__name__)


class PurgeWatch:
    def __init__(self, purge: Callable[[], None] = purge, clock: Callable[[], float] = time.monotonic):
        self.purge, self.clock = purge, clock
        self.purged: int | None = None
        self.has_begun = False
        self.once_more_at: float | None = None
        self.failures = 0
        self.not_before = 0.0

    def look(self) -> None:
        """Purge if the content has changed since the last purge, or something may have been on its way then."""
        now = self.clock()
        if now < self.not_before:
            return
        # Before the purge: whatever changes meanwhile is purged the next time.
        mark = present_state().mark
        is_changed = not self.has_begun or mark != self.purged
        if not is_changed and (self.once_more_at is None or now < self.once_more_at):
            return
        try:
            self.purge()
        except PurgeError as error:
            self._failed(str(error), now)
            return
        if self.failures or not self.has_begun:
            _note("")
        self.failures, self.has_begun, self.purged = 0, True, mark
        self.once_more_at = now + ON_ITS_WAY if is_changed else None

    def _failed(self, failure: str, now: float) -> None:
        if not self.failures:
            logger.error("The cache in front cannot be purged, and may give what is no longer right: %s", failure)
            # The status shows it until a purge succeeds.
            _note(failure[:500])
        self.failures += 1
        self.not_before = now + min(2.0**self.failures * PAUSE, LONGEST_PAUSE)

    def run(self, stopped: Event) -> None:
        """Until it is stopped; a database that is gone is asked again."""
        while not stopped.is_set():
            close_old_connections()
            try:
                self.look()
            except (DatabaseError, InterfaceError):
                connections.close_all()
                stopped.wait(1)
            except Exception:
                logger.exception("The cache in front is not watched")
                stopped.wait(1)
            stopped.wait(PAUSE)
        connections.close_all()


def _note(failure: str) -> None:
    if failure or PeriodicRun.objects.filter(name=NAME).exists():
        PeriodicRun.objects.update_or_create(name=NAME, defaults={"failure": failure})


def is_configured() -> bool:
    return bool(settings.SHARED_CACHE_PURGE)
