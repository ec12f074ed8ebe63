"""Limits the processor time for one event: a rule without dates takes seconds, and a file may have thousands."""

import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType

REPEAT_SECONDS = 0.1


class TooCostlyError(Exception):
    """The limit of processor time was exceeded."""


@contextmanager
def processor_seconds(most: float) -> Iterator[None]:
    """Raise TooCostlyError when the block exceeds the limit; without effect outside of the main thread.

    Garbage is not collected in the block, because in a large process that takes longer than the limit.
    """
    if current_thread() is not main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooCostlyError

    handler_before, collects = signal.signal(signal.SIGVTALRM, stop), gc.isenabled()
    gc.disable()
    # The signal is repeated, because Python drops an error that is raised within a destructor.
    signal.setitimer(signal.ITIMER_VIRTUAL, most, REPEAT_SECONDS)
    try:
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finally:
        # The signal may have interrupted the line above.
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, handler_before)
        if collects:
            gc.enable()
