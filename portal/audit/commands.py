"""Records management commands: `manage.py` calls this before it runs one."""

import gc
import getpass
import logging
import os
import re
from collections.abc import Sequence
from socket import gethostname

from django.core.management import BaseCommand, ManagementUtility
from django.db import DatabaseError

COMMAND = "portal.command"
# These commands change nothing, or are logged elsewhere.
QUIET = frozenset(
    """
    audit_log bench check check_migrations collectstatic compilemessages db_worker diffsettings findstatic help inspect
    makemessages makemigrations optimizemigration runserver scheduler showmigrations sqlmigrate status test version
    write_schema
    """.split()  # noqa: SIM905 - as names in a text
)
PERSONAL_OR_SECRET = re.compile(r"@|://|password|secret|token|key", re.IGNORECASE)
MASK = "…"
logger = logging.getLogger(__name__)


class RecordingUtility(ManagementUtility):
    """Django's command line, which records a command before it is run."""

    is_due_again = False

    def fetch_command(self, subcommand: str) -> BaseCommand:
        gc.freeze()
        gc.enable()
        command: BaseCommand = super().fetch_command(subcommand)
        is_run = self.argv[1:2] == [subcommand] and {"-h", "--help"}.isdisjoint(self.argv)
        if is_run and subcommand not in QUIET:
            # A restore replaces the log, and a new database has no log yet.
            self.is_due_again = not record_command(subcommand, self.argv[2:]) or subcommand == "restore"
        return command

    def execute(self) -> None:
        # Imported modules stay in memory. Scanning them for garbage takes up to half of the start-up time.
        gc.disable()
        try:
            super().execute()
        finally:
            gc.enable()
        if self.is_due_again and not record_command(self.argv[1], self.argv[2:]):
            logger.warning("The audit log could not be written: it does not have the command %s.", self.argv[1])


def record_command(name: str, arguments: Sequence[str]) -> bool:
    """Record a command, without email addresses, secrets and passwords in URLs.

    Return False if the database cannot be written to; the command may still run.
    """
    # Models can only be imported after Django has read the settings.
    from portal.audit.log import record

    command = " ".join([name, *_masked(arguments)])
    try:
        record(COMMAND, who={"name": _account(), "source": gethostname()}, title=name, data={"command": command})
    except DatabaseError:
        return False
    return True


def _masked(arguments: Sequence[str]) -> list[str]:
    masked = []
    hide_next = False
    for argument in arguments:
        name, equals, _value = argument.partition("=")
        is_option = argument.startswith("-")
        if is_option and equals and PERSONAL_OR_SECRET.search(argument):
            masked.append(f"{name}={MASK}")
        else:
            masked.append(MASK if hide_next or (not is_option and PERSONAL_OR_SECRET.search(argument)) else argument)
        hide_next = is_option and not equals and bool(PERSONAL_OR_SECRET.search(argument))
    return masked


def _account() -> str:
    """The account on the machine; under sudo, the account that called sudo."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        return ""
