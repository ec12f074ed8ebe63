"""The errors that stop a backup or a restore."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import OperationalError

from portal.media.stored import StorageUnavailableError

DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT)


class BackupError(CommandError):
    """A sentence with the problem and, where possible, its solution; a command prints it."""


class NoRoomError(BackupError):
    """A disk is full."""


FAULTS = (BackupError, OSError, StorageUnavailableError)


@contextmanager
def noticing_full_disk(places: str) -> Iterator[None]:
    """Turn a full-disk error into a NoRoomError with these places."""
    try:
        yield
    except (OSError, sqlite3.OperationalError, OperationalError) as error:
        if getattr(error, "errno", None) in DISK_IS_FULL or "disk is full" in str(error):
            raise NoRoomError(f"There is no space left in {places}. Free some, and run the command again.") from error
        raise
