from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from portal.backups import databases
from portal.backups.arguments import add_source
from portal.backups.errors import BackupError
from portal.backups.making import make_backup
from portal.backups.places import place_at
from portal.backups.rehearsal import rehearse
from portal.backups.store import BackupStore
from portal.media.stored import StorageUnavailableError


class Command(BaseCommand):
    help = "Make a backup, restore it into a scratch place, check it there, and compare what readers are answered."

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", default="", help="An earlier backup; by default one is made now.")
        add_source(parser)

    def handle(self, *args: Any, name: str, identity: str, **options: Any) -> None:
        try:
            store = BackupStore(place_at(options["from"]))
            # Before a backup is made in vain.
            databases.check_may_create()
            name = name or make_backup(store, timezone.now()).name
            found = rehearse(store, name, identity, timezone.now())
        except (BackupError, OSError, StorageUnavailableError) as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        for step, seconds in found.seconds.items():
            self.stdout.write(f"{step:<12}{seconds:6.1f} s")
        if found.problems:
            raise CommandError("\n".join(found.problems))
        self.stdout.write(
            f"{found.name} can be restored: {found.answers:,} answers to readers are the same, byte for byte."
        )
