import json
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.utils.translation import override

from portal.backups.responses import addresses, content_state, response_hashes


def _command(name: str, **options: Any) -> Callable[[], object]:
    return lambda: call_command(name, stdout=StringIO(), stderr=StringIO(), **options)


# Each raises an error if it finds a problem.
CHECKS: dict[str, Callable[[], object]] = {
    "migrations": _command("migrate", check_unapplied=True, verbosity=0),
    "references": connection.check_constraints,
    "lists": _command("check_lists"),
    "search": _command("check_search", dry_run=True),
}


class Command(BaseCommand):
    help = "Check a scratch installation and print hashes of its responses as JSON; `rehearse` runs this command."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", type=datetime.fromisoformat, required=True, help="The time to set the clock to.")

    def handle(self, *args: Any, at: datetime, **options: Any) -> None:
        problems = {}
        for name, check in CHECKS.items():
            try:
                check()
            except (CommandError, DatabaseError, SystemExit) as error:
                problems[name] = str(error) if not isinstance(error, SystemExit) else "some are not applied"
        found = addresses()
        # The commands' language does not apply, because each request sets its own.
        with override(None):
            hashes = response_hashes(found, at)
        self.stdout.write(
            json.dumps({"problems": problems, "addresses": found, "responses": hashes, "state": content_state()})
        )
