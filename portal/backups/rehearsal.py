"""Restores a backup beside the installation, checks it, and compares the public responses."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from socket import gethostname
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection
from django.utils.translation import override

from portal.backups import databases
from portal.backups.errors import BackupError
from portal.backups.locking import scratch
from portal.backups.repositories import Repository
from portal.backups.responses import content_state, response_hashes
from portal.env import BASE_DIR
from portal.platform.records.maintenance import MaintenanceRun

RUN = "rehearsal"
MAX_NAMED = 20


@dataclass
class Rehearsal:
    """The result; `problems` are sentences."""

    name: str
    responses: int = 0
    differing: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def rehearse(repository: Repository, name: str, now: datetime) -> Rehearsal:
    """Restore a backup into a scratch installation, check it, and compare its responses with this installation's."""
    backup = repository.find(name)
    found = Rehearsal(backup.name)
    with scratch("rehearsal", "Another rehearsal is running.") as folder, _installation(folder) as there:
        # These are not on the command line, which everybody on the machine can read: a bucket's address may contain a
        # secret.
        there |= {"BACKUP_DIR": repository.address, "BACKUP_PASSWORD": settings.BACKUP_PASSWORD}
        try:
            _run(there, "restore", backup.name)
            state = json.loads(_run(there, "inspect", f"--at={now.isoformat()}"))
            found.problems = [f"{check}: {problem}" for check, problem in state["problems"].items()]
            _compare(found, state, now)
        except BackupError as error:
            found.problems.append(str(error))
    MaintenanceRun.note(RUN, not found.problems, name=found.name, answers=found.responses, problems=found.problems)
    return found


def _compare(found: Rehearsal, there: dict[str, Any], now: datetime) -> None:
    found.responses = len(there["responses"])
    with override(None):
        here = response_hashes(there["addresses"], now)
    found.differing = [address for address, response in there["responses"].items() if here.get(address) != response]
    if not found.differing:
        return
    named = ", ".join(found.differing[:MAX_NAMED])
    problem = f"{len(found.differing):,} of {found.responses:,} responses differ: {named}"
    if content_state() != there["state"]:
        problem = f"The content has changed in the meantime, and {problem}. Rehearse while nobody publishes."
    found.problems.append(problem)


@contextmanager
def _installation(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of an empty installation that sends nothing."""
    # Templates link to the static files.
    (folder / "static").symlink_to(settings.STATIC_ROOT)
    own = {"DATA_DIR": str(folder), "CACHE_URL": "locmem://rehearsal", "EMAIL_URL": "memory:"}
    own |= {"STORAGE_URL": "", "SENDFILE_HEADER": "none"}
    if connection.vendor == "sqlite":
        yield {**own, "DATABASE_URL": f"sqlite:///{folder / 'rehearsal.sqlite3'}"}
        return
    # The name depends only on this machine, folder and database, so that the next rehearsal drops a leftover.
    place = f"{gethostname()} {settings.DATA_DIR} {connection.settings_dict['NAME']}"
    name = f"portal_rehearsal_{sha256(place.encode()).hexdigest()[:12]}"
    databases.drop(name)
    databases.create(name)
    try:
        yield {**own, "DATABASE_URL": _address_of(name)}
    finally:
        databases.drop(name)


def _address_of(database: str) -> str:
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{database}"))


def _run(environment: dict[str, str], *command: str) -> str:
    """Run a command of the scratch installation and return its output; raise BackupError if it fails."""
    ended = subprocess.run(  # noqa: S603 - Python itself
        [sys.executable, "manage.py", *command],
        cwd=BASE_DIR,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        lines = ended.stderr.strip().splitlines() or ["it ended without a message"]
        # The error's class comes first.
        raise BackupError(f"{command[0]}: {re.sub(r'^\w+Error: ', '', lines[-1])[:2000]}")
    return ended.stdout
