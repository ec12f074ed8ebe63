"""Runs the programs that back up and restore: pg_dump, psql, restic."""

import errno
import json
import os
import shutil
import subprocess
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

from portal.backups.errors import BackupError

PACKAGES = {"restic": "restic"}


def run(
    *command: str, environment: Mapping[str, str], allowed: Collection[int] = (0,), **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run a program. Raise OSError for a full disk, and BackupError for any other exit code that is not allowed.

    Pass passwords in the environment: everybody on the machine can read command lines.
    """
    program = command[0]
    if not shutil.which(program):
        package = PACKAGES.get(program, "postgresql-client")
        raise BackupError(f"{program} is not installed. Debian: apt install {package}")
    try:
        # In English, so that a full disk is recognised.
        ended = subprocess.run(  # noqa: S603
            command,
            env={**os.environ, **environment, "LC_ALL": "C"},
            check=False,
            text=True,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )
    except subprocess.TimeoutExpired as error:
        raise BackupError(f"{program} has not ended within {error.timeout} seconds.") from None
    if ended.returncode and "no space left on device" in ended.stderr.lower():
        raise OSError(errno.ENOSPC, f"{program}: no space left on device")
    if ended.returncode not in allowed:
        raise BackupError(f"{program} failed: {_reason(ended.stderr)}")
    return ended


def _reason(stderr: str) -> str:
    reason = stderr.strip()
    with suppress(ValueError, LookupError, TypeError):
        # restic ends with a line of JSON.
        reason = json.loads(reason.splitlines()[-1])["message"]
    return reason[-500:]
