"""Reads a partner's calendar in a separate process with limited time and memory."""

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

# Added to the limits of `fetch` and `parse`, which raise more precise errors.
GRACE_SECONDS = 3.0
# The additional memory for reading; a file of a thousand events needs some 30 MB.
MEMORY_BYTES = 400_000_000
# The processor is shared, so elapsed time exceeds processor time.
WALL_FACTOR = 4
PARSE_SECONDS = (FILE_SECONDS + GRACE_SECONDS) * WALL_FACTOR


class AbortedError(Exception):
    """The reading exceeded a limit and was ended; the text is for the administrators."""


def fetch_in_time(url: str, etag: str = "", last_modified: str = "") -> Fetched:
    """Fetch a file as `fetch` does, in limited time whatever the source sends."""
    seconds = TIMEOUT_SECONDS + GRACE_SECONDS
    return run_bounded(fetch, url, etag, last_modified, seconds=seconds, processor_seconds=seconds)


def parse_in_time(content: bytes, zone: ZoneInfo, now: datetime, seconds: float = PARSE_SECONDS) -> ParsedFile:
    """Parse a file as `parse` does, with limited memory, processor time and elapsed `seconds`."""
    most = FILE_SECONDS + GRACE_SECONDS
    return run_bounded(parse, content, zone, now, seconds=seconds, processor_seconds=most)


def run_bounded[Result](
    function: Callable[..., Result],
    *args: Any,
    seconds: float,
    processor_seconds: float,
) -> Result:
    """Call a function in a copy of this process; raise its error, or AbortedError if it exceeds a limit.

    The function must not use the database, whose connections belong to this process.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(sender, function, args, processor_seconds), daemon=True)
    with warnings.catch_warnings():
        # The copy needs no locks of the scheduler's other threads, which do not run in it.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise AbortedError(_("The source takes too long and was given up."))
        is_done, result = receiver.recv()
    except EOFError as error:
        raise AbortedError(_("Reading the file takes too much time or memory, and was given up.")) from error
    finally:
        receiver.close()
        process.kill()
        process.join()
        process.close()
    if not is_done:
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
