from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from portal.backups import databases
from portal.backups.making import make_backup
from portal.backups.rehearsal import rehearse
from portal.backups.repositories import Repository, add_source
from portal.content.management.english import EnglishCommand


class Command(EnglishCommand):
    help = "Make a backup, restore it into a scratch place, check it there, and compare the responses to readers."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", default="", help="An earlier backup; by default one is made now.")
        add_source(parser)

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        repository = Repository(options["from"])
        # Before a backup is made in vain.
        databases.check_may_create()
        name = name or make_backup(repository, timezone.now()).name
        found = rehearse(repository, name, timezone.now())
        if found.problems:
            raise CommandError("\n".join(found.problems))
        self.stdout.write(
            f"{found.name} can be restored: {found.answers:,} answers to readers are the same, byte for byte."
        )
