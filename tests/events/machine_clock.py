"""Sets the time zone of the process, which Django otherwise sets to TIME_ZONE."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def machine_clock(zone: str) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()
