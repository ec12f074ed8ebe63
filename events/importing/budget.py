"""Limits the processor time of one event: a rule without a date costs seconds, and a file may have thousands."""

import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType

AGAIN_SECONDS = 0.1


class TooCostlyError(Exception):
    """Something took more processor time than it may."""


@contextmanager
def processor_seconds(most: float) -> Iterator[None]:
    """Raise TooCostlyError when the block has used so much processor time; only a main thread can be interrupted.

    Garbage of the whole process is collected before or after: in a large one that takes longer than an event may.
    """
    if current_thread() is not main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooCostlyError

    before, collects = signal.signal(signal.SIGVTALRM, stop), gc.isenabled()
    gc.disable()
    # Again and again, because an error within a destructor is dropped by Python.
    signal.setitimer(signal.ITIMER_VIRTUAL, most, AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        if collects:
            gc.enable()
