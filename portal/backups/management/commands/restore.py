from time import perf_counter
from typing import Any

from django.core.management.base import CommandParser

from portal.backups.databases import is_empty
from portal.backups.errors import BackupError
from portal.backups.repositories import Repository, add_source
from portal.backups.restoring import restore
from portal.content.files.missing import look_for_missing_files
from portal.content.management.english import EnglishCommand


class Command(EnglishCommand):
    help = "Replace the installation's content by a backup. Mails and newsletters wait for `manage.py resume`."
    # The database may have no tables.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", default="", help="The name of the backup; by default the newest.")
        add_source(parser)
        parser.add_argument("--yes", action="store_true", help="Replace a database that is not empty.")
        parser.add_argument("--without-damaged", action="store_true", help="Leave out files that are damaged.")
        parser.add_argument("--only-files", action="store_true", help="Restore only missing uploaded files.")

    def handle(self, *args: Any, name: str, yes: bool, without_damaged: bool, only_files: bool, **options: Any) -> None:
        began = perf_counter()
        repository = Repository(options["from"])
        if not yes and not only_files and not is_empty():
            raise BackupError(
                "The database is not empty. --yes replaces its content by the backup "
                f"{repository.find(name).name} of {repository}."
            )
        found = restore(repository, name, without_damaged=without_damaged, only_files=only_files)
        if only_files:
            missing = look_for_missing_files()
            self.stdout.write(f"{found.files_written:,} files were restored from {found.backup.name}.")
            for each in missing:
                self.stdout.write(f"Still missing: {each}")
            return
        if found.is_of_another_key:
            self.stderr.write(
                "The backup was made with another LASTING_KEY: without it, links in sent emails are dead, and "
                "suppressed addresses are not recognised. Put that key into .env before you resume."
            )
        for each in found.files_damaged:
            self.stdout.write(f"Not restored, since it is damaged in the backup: {each}")
        self.stdout.write(
            f"{found.backup.name} is restored, in {perf_counter() - began:.1f} s; {found.files_written:,} of its files "
            "were missing or different here.\n"
            "Next: manage.py upgrade --no-backup, start the web server and the scheduler, manage.py status.\n"
            "Publications, emails and newsletters wait for manage.py resume."
        )
