from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import override

from portal.backups.errors import BackupError
from portal.backups.making import make_backup
from portal.backups.places import place_at
from portal.backups.store import BackupStore
from portal.content.files.missing import look_for_missing_files
from portal.media.stored import StorageUnavailableError


class Command(BaseCommand):
    help = "Back up the database and the uploaded files, while everybody works on; delete the backups that are too old."

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to", default=settings.BACKUP_DIR, metavar="PLACE", help="The folder or s3://… (BACKUP_DIR)."
        )
        parser.add_argument("--list", action="store_true", help="Only list the backups that are there.")

    def handle(self, *args: Any, to: Path | str, **options: Any) -> None:
        try:
            store = BackupStore(place_at(to))
            if options["list"]:
                for name in store.names():
                    self.stdout.write(self.described(store, name))
                return
            began = perf_counter()
            backup = make_backup(store, timezone.now())
            missing = look_for_missing_files()
        except (BackupError, OSError, StorageUnavailableError) as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        self.stdout.write(f"{self.described(store, backup.name)}, in {perf_counter() - began:.1f} s, in {store.place}")
        for name in missing:
            self.stderr.write(f"Not in it, since the file is missing here: {name}")

    @staticmethod
    def described(store: BackupStore, name: str) -> str:
        try:
            backup = store.read(name)
        except BackupError as error:
            return f"{name}: {error}"
        files = len(backup.manifest["media"])
        with override("en"):
            return f"{backup.name}: {filesizeformat(store.size(backup))} with {files:,} different files"
