"""Why a backup cannot be made or restored."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import OperationalError

from portal.media.stored import StorageUnavailableError

DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT)


class BackupError(CommandError):
    """Its text says what is wrong and, where possible, what to do; a command ends with it."""


class NoRoomError(BackupError):
    """A disk is full."""


FAULTS = (BackupError, OSError, StorageUnavailableError)


@contextmanager
def noticing_full_disk(places: str) -> Iterator[None]:
    """Raise NoRoomError with these places for a full disk."""
    try:
        yield
    except (OSError, sqlite3.OperationalError, OperationalError) as error:
        if getattr(error, "errno", None) in DISK_IS_FULL or "disk is full" in str(error):
            raise NoRoomError(f"There is no room left in {places}. Make some, and run the command again.") from error
        raise
