"""Why a backup cannot be made or restored."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import DatabaseError, OperationalError

from portal.media.stored import StorageUnavailableError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class BackupError(Exception):
    """Its text says what is wrong and, where possible, what to do."""


class NoRoomError(BackupError):
    """A disk is full."""


FAULTS = (BackupError, OSError, StorageUnavailableError)


@contextmanager
def noticing_full_disk(places: str) -> Iterator[None]:
    """Raise NoRoomError with these places for a full disk."""
    try:
        yield
    except (OSError, sqlite3.OperationalError, OperationalError) as error:
        if getattr(error, "errno", None) in NO_ROOM or "disk is full" in str(error):
            raise NoRoomError(f"There is no room left in {places}. Make some, and run the command again.") from error
        raise


@contextmanager
def as_command_errors() -> Iterator[None]:
    """Turn what a person can do something about into the last line of a command."""
    try:
        yield
    except DatabaseError as error:
        raise CommandError(f"The database does not answer: {error}") from error
    except FAULTS as error:
        raise CommandError(str(error)) from error
