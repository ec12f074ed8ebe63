"""Reads what a stranger sends in a process of its own, which is given up when it takes too long or too much."""

import gc
import multiprocessing
import resource
import warnings
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from events.importing.fetch import TIMEOUT_SECONDS, Fetched, fetch
from events.importing.parse import FILE_SECONDS, ParsedFile, parse

# Beyond their own limits; until then `fetch` and `parse` say themselves what took too long.
GRACE_SECONDS = 3.0
# An address of a thousand events needs some 30 MB.
MEMORY_BYTES = 400_000_000
# The processor is shared, so that the clock on the wall runs faster than that of a process.
WALL_FACTOR = 4
PARSE_SECONDS = (FILE_SECONDS + GRACE_SECONDS) * WALL_FACTOR


class GivenUpError(Exception):
    """The reading took too much time or memory and was ended; the text is for the administrators."""


def fetch_in_time(url: str, etag: str = "", last_modified: str = "") -> Fetched:
    """Fetch a file as `fetch` does; nothing that the source sends can prolong the time."""
    seconds = TIMEOUT_SECONDS + GRACE_SECONDS
    return run_bounded(fetch, url, etag, last_modified, seconds=seconds, processor_seconds=seconds)


def parse_in_time(content: bytes, zone: ZoneInfo, now: datetime, seconds: float = PARSE_SECONDS) -> ParsedFile:
    """Parse a file as `parse` does, with bounded memory and processor time, in so many seconds on the wall."""
    most = FILE_SECONDS + GRACE_SECONDS
    return run_bounded(parse, content, zone, now, seconds=seconds, processor_seconds=most)


def run_bounded[Result](
    function: Callable[..., Result],
    *args: Any,
    seconds: float,
    processor_seconds: float,
    memory: int = MEMORY_BYTES,
) -> Result:
    """Call a function in a copy of this process; raise its error, or GivenUpError if it passes a limit.

    The function must not use the database, whose connections belong to this process. `memory` is what it may use in
    addition.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(sender, function, args, processor_seconds, memory), daemon=True)
    with warnings.catch_warnings():
        # Other threads of the scheduler do not go on in the copy, which needs none of their locks.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise GivenUpError(_("The source takes too long and was given up."))
        try:
            is_done, result = receiver.recv()
        except EOFError as error:
            raise GivenUpError(_("Reading the file takes too much time or memory, and was given up.")) from error
    finally:
        receiver.close()
        process.kill()
        process.join()
        process.close()
    if not is_done:
        raise result
    found: Result = result
    return found


def _run(sender: Connection, function: Callable[..., Any], args: tuple[Any, ...], seconds: float, memory: int) -> None:
    # The garbage of the parent may hold connections that are not to be closed here.
    gc.disable()
    _limit(resource.RLIMIT_CPU, int(seconds) + 1)
    if used := _address_space():
        _limit(resource.RLIMIT_AS, used + memory)
    try:
        answer: tuple[bool, Any] = True, function(*args)
    except MemoryError:
        return
    except Exception as error:
        error.__traceback__ = error.__context__ = error.__cause__ = None
        answer = False, error
    with suppress(MemoryError):
        sender.send(answer)
    sender.close()


def _limit(kind: int, most: int) -> None:
    _soft, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _address_space() -> int:
    """Return the bytes of address space of this process, or 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()
