"""Fetches and parses a partner's calendar in a separate process with limited time and memory."""

import gc
import multiprocessing
import warnings
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from events.importing.fetch import TIMEOUT_SECONDS, Fetched, fetch
from events.importing.parse import FILE_SECONDS, ParsedFile, parse
from portal.bounded import limit_this_process

# Seconds beyond the limits of `fetch` and `parse`, so that their more precise errors come first.
GRACE_SECONDS = 3.0
# Memory in addition to this process's. A file of a thousand events needs about 30 MB.
MEMORY_BYTES = 400_000_000
# Elapsed time may be this many times the CPU time, because other processes share the CPU.
WALL_FACTOR = 4
PARSE_SECONDS = (FILE_SECONDS + GRACE_SECONDS) * WALL_FACTOR


class AbortedError(Exception):
    """The process exceeded a limit and was killed. The text is for administrators."""


def fetch_in_time(url: str, etag: str = "", last_modified: str = "") -> Fetched:
    """Call `fetch` with a time limit that holds even if the source responds very slowly."""
    seconds = TIMEOUT_SECONDS + GRACE_SECONDS
    return run_bounded(fetch, url, etag, last_modified, seconds=seconds, cpu_seconds=seconds)


def parse_in_time(content: bytes, zone: ZoneInfo, now: datetime, seconds: float = PARSE_SECONDS) -> ParsedFile:
    """Call `parse` with limits for memory, CPU time and elapsed `seconds`."""
    cpu_seconds = FILE_SECONDS + GRACE_SECONDS
    return run_bounded(parse, content, zone, now, seconds=seconds, cpu_seconds=cpu_seconds)


def run_bounded[Result](
    function: Callable[..., Result],
    *args: Any,
    seconds: float,
    cpu_seconds: float,
) -> Result:
    """Call a function in a copy of this process; raise its error, or AbortedError if it exceeds a limit.

    The function must not use the database, whose connections belong to this process.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(sender, function, args, cpu_seconds), daemon=True)
    with warnings.catch_warnings():
        # Python warns of locks held by other threads; the function needs none of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise AbortedError(_("The source takes too long: reading it was aborted."))
        is_ok, result = receiver.recv()
    except EOFError as error:
        raise AbortedError(_("Reading the file took too much time or memory and was aborted.")) from error
    finally:
        receiver.close()
        process.kill()
        process.join()
        process.close()
    if not is_ok:
        raise result
    found: Result = result
    return found


def _run(sender: Connection, function: Callable[..., Any], args: tuple[Any, ...], seconds: float) -> None:
    # Collecting the parent's garbage could close its connections.
    gc.disable()
    limit_this_process(MEMORY_BYTES, int(seconds) + 1)
    try:
        outcome: tuple[bool, Any] = True, function(*args)
    except MemoryError:
        return
    except Exception as error:
        error.__traceback__ = error.__context__ = error.__cause__ = None
        outcome = False, error
    with suppress(MemoryError):
        sender.send(outcome)
    sender.close()
