from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from portal.backups.making import make_backup
from portal.backups.places import repository_at
from portal.content.files.missing import look_for_missing_files
from portal.content.management.english import EnglishCommand


class Command(EnglishCommand):
    help = "Back up the database and the uploaded files, while everybody works on; delete the backups that are too old."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        where = "The folder, s3://… or sftp:… (BACKUP_DIR)."
        parser.add_argument("--to", default=settings.BACKUP_DIR, metavar="PLACE", help=where)
        parser.add_argument("--list", action="store_true", help="Only list the backups that are there.")

    def handle(self, *args: Any, to: Path | str, **options: Any) -> None:
        began = perf_counter()
        repository = repository_at(to)
        if options["list"]:
            for name, size in repository.sizes().items():
                self.stdout.write(f"{name}: {filesizeformat(size)}")
            return
        name = make_backup(repository, timezone.now()).name
        missing = look_for_missing_files()
        described = f"{name}: {filesizeformat(repository.sizes()[name])}"
        self.stdout.write(f"{described}, in {perf_counter() - began:.1f} s, in {repository}")
        for each in missing:
            self.stderr.write(f"Not in it, since the file is missing here: {each}")
