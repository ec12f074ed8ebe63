"""A scratch folder for one process at a time, and the account that owns the installation's files."""

import fcntl
import os
import pwd
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from portal.backups.errors import BackupError


def _account() -> str:
    number = settings.DATA_DIR.stat().st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        # The account exists only in a container or on another machine.
        return str(number)


def check_account() -> None:
    """Raise BackupError if root would write files that the account of the installation cannot read."""
    if os.geteuid() == 0 and settings.DATA_DIR.stat().st_uid != 0:
        raise BackupError(
            f"{settings.DATA_DIR} belongs to {_account()}, who cannot read files written by root. Run the command as "
            f'{_account()}: su {_account()} -s /bin/sh -c ".venv/bin/python manage.py …"'
        )


def ownership_advice(place: object) -> str:
    return f"It may belong to another account, such as root. Run as root: chown -R {_account()}: {place}"


@contextmanager
def scratch(kind: str, in_use: str) -> Iterator[Path]:
    """Yield an empty folder in `DATA_DIR`; raise BackupError with the message `in_use` if another process has it.

    Files left by a killed process, such as an unencrypted dump, are deleted by the next one.
    """
    root = settings.DATA_DIR / "scratch"
    root.parent.mkdir(parents=True, exist_ok=True)
    check_account()
    root.mkdir(exist_ok=True, mode=0o700)
    with (root / f"{kind}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(in_use) from error
        folder = root / kind
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
