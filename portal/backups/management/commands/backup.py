from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import CommandParser
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from portal.backups.making import make_backup
from portal.backups.repositories import Repository, add_source
from portal.content.files.missing import look_for_missing_files
from portal.content.management.english import EnglishCommand


class Command(EnglishCommand):
    help = "Back up the database and the uploaded files of a running installation, and delete expired backups."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_source(parser, "--to")
        parser.add_argument("--list", action="store_true", help="Only list the existing backups.")

    def handle(self, *args: Any, to: Path | str, **options: Any) -> None:
        began = perf_counter()
        repository = Repository(to)
        if options["list"]:
            for name in repository.names():
                self.stdout.write(f"{name}: {filesizeformat(repository.size(name))}")
            return
        name = make_backup(repository, timezone.now()).name
        missing = look_for_missing_files()
        size = filesizeformat(repository.size(name))
        self.stdout.write(f"{name}: {size}, in {perf_counter() - began:.1f} s, in {repository}")
        for each in missing:
            self.stderr.write(f"Not in the backup, since the file is missing here: {each}")
