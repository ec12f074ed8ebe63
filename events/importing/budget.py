"""Limits the CPU time per event: a rule without dates takes seconds, and a file may contain thousands."""

import gc
import signal
from collections.abc import Callable
from threading import current_thread, main_thread
from types import FrameType
from typing import Any

REPEAT_SECONDS = 0.1


class TooCostlyError(Exception):
    """The CPU time limit was exceeded."""


def call_within[Result](cpu_seconds: float, function: Callable[..., Result], *args: Any) -> Result:
    """Call a function; raise TooCostlyError if it exceeds the limit. Outside the main thread there is no limit.

    Garbage collection is off meanwhile, because in a large process it takes longer than the limit.
    """
    if current_thread() is not main_thread():
        return function(*args)

    def stop(_number: int, frame: FrameType | None) -> None:
        # Only the called function may be interrupted: an error in the lines below would leave the timer or handler
        # installed.
        if frame is None or frame.f_code is not call_within.__code__:
            raise TooCostlyError

    handler_before, collects = signal.signal(signal.SIGVTALRM, stop), gc.isenabled()
    gc.disable()
    # The signal repeats, because Python drops errors raised in destructors.
    signal.setitimer(signal.ITIMER_VIRTUAL, cpu_seconds, REPEAT_SECONDS)
    try:
        return function(*args)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, handler_before)
        if collects:
            gc.enable()
