"""Limits the processor time of one event: a rule without dates costs seconds, and a file may have thousands."""

import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType

AGAIN_SECONDS = 0.1


class TooCostlyError(Exception):
    """The limit of processor time was exceeded."""


@contextmanager
def processor_seconds(most: float) -> Iterator[None]:
    """Raise TooCostlyError when the block exceeds the limit; has no effect outside of the main thread.

    Garbage is not collected meanwhile, because in a large process that takes longer than the limit.
    """
    if current_thread() is not main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooCostlyError

    before, collects = signal.signal(signal.SIGVTALRM, stop), gc.isenabled()
    gc.disable()
    # Repeated, because Python drops an error that is raised within a destructor.
    signal.setitimer(signal.ITIMER_VIRTUAL, most, AGAIN_SECONDS)
    try:
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finally:
        # The signal may have interrupted the line above.
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        if collects:
            gc.enable()
