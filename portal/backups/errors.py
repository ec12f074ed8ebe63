"""What is said to whoever runs a command when a backup cannot be made or restored."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class BackupError(Exception):
    """A sentence that says what is wrong and, where it can be told, what to do."""


class NoRoomError(BackupError):
    """A disk is full."""


@contextmanager
def noticing_full_disk(places: str) -> Iterator[None]:
    """Within it a full disk is one of these places, and neither damage nor a fault of the program."""
    try:
        yield
    except (OSError, sqlite3.OperationalError, OperationalError) as error:
        if getattr(error, "errno", None) in NO_ROOM or "disk is full" in str(error):
            raise NoRoomError(f"There is no room left in {places}. Make some, and run the command again.") from error
        raise
