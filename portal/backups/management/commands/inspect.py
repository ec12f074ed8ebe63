import json
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.utils.translation import override

from portal.backups.answers import addresses, answers, content_state


def _command(name: str, **options: Any) -> Callable[[], object]:
    return lambda: call_command(name, stdout=StringIO(), stderr=StringIO(), **options)


# Each raises if it finds something.
CHECKS: dict[str, Callable[[], object]] = {
    "migrations": _command("migrate", check_unapplied=True, verbosity=0),
    "references": connection.check_constraints,
    "lists": _command("check_lists"),
    "search": _command("check_search", dry_run=True),
}


class Command(BaseCommand):
    help = "Check an installation that nobody uses, and write hashes of what it answers, as JSON: for `rehearse`."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", type=datetime.fromisoformat, required=True, help="As if it were this moment.")

    def handle(self, *args: Any, at: datetime, **options: Any) -> None:
        problems = {}
        for name, check in CHECKS.items():
            try:
                check()
            except (CommandError, DatabaseError, SystemExit) as error:
                problems[name] = str(error) if not isinstance(error, SystemExit) else "some are not applied"
        found = addresses()
        # A command is in a language of its own; a request is not.
        with override(None):
            hashes = answers(found, at)
        self.stdout.write(
            json.dumps({"problems": problems, "addresses": found, "answers": hashes, "state": content_state()})
        )
