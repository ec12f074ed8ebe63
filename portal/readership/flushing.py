"""The thread of a web worker that writes counted views every half minute and when the worker ends."""

import atexit
import logging
import os
import threading
from functools import partial

from django.db import connections

from portal.platform.records.maintenance import SchedulerPause
from portal.readership.counting.counter import ViewCounter
from portal.readership.links import PageLinks
from portal.readership.writing import write

SECONDS = 30

logger = logging.getLogger(__name__)


class Flusher:
    """Starts with the first counted view: a thread started before a fork does not exist in the worker."""

    def __init__(self, counter: ViewCounter, links: PageLinks, seconds: float = SECONDS):
        self.counter, self.links, self.seconds = counter, links, seconds
        self.process = 0
        self.begin_lock = threading.Lock()
        self.write_lock = threading.Lock()
        counter.begin = self.begin

    def begin(self) -> None:
        if self.process == os.getpid():
            return
        with self.begin_lock:
            if self.process == os.getpid():
                return
            self.process = os.getpid()
            # This also runs when a worker gets SIGTERM, or ends after its maximum number of requests.
            atexit.register(self.flush)
            threading.Thread(target=self._run, name="readership", daemon=True).start()

    def flush(self) -> None:
        """Write all waiting views. If the database is unavailable or nothing may be saved, they wait."""
        with self.write_lock:
            try:
                if SchedulerPause.read_only():
                    return
                self.counter.flush(partial(write, linked_hosts=self.links.hosts))
            except Exception:
                logger.warning("Views could not be written", exc_info=True)
            finally:
                # This thread holds no connection between flushes.
                connections.close_all()

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(self.seconds):
            self.flush()
