from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from portal.backups import databases
from portal.backups.making import make_backup
from portal.backups.rehearsal import rehearse
from portal.backups.repositories import Repository, add_source
from portal.content.management.english import EnglishCommand


class Command(EnglishCommand):
    help = "Make a backup, restore it into a scratch installation, check that, and compare its responses to readers."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", default="", help="An existing backup; by default a new one is made.")
        add_source(parser)

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        repository = Repository(options["from"])
        # Check this before making a backup, which may take long.
        databases.check_may_create()
        name = name or make_backup(repository, timezone.now()).name
        found = rehearse(repository, name, timezone.now())
        if found.problems:
            raise CommandError("\n".join(found.problems))
        self.stdout.write(
            f"{found.name} can be restored: {found.responses:,} responses to readers are the same, byte for byte."
        )
