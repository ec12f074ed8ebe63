from typing import Any

from django.core.management.base import CommandError, CommandParser

from portal.backups.upgrading import UpgradeError, upgrade, waiting_migrations
from portal.content.management.english import EnglishCommand
from portal.platform.status.installation import portal_version_in_words


class Command(EnglishCommand):
    help = (
        "Take the installation to this version: checks, backup, schema, static files, checks. Exit code 0: it is there."
    )

    # The upgrade reports these errors itself.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say which migrations would be applied.")
        parser.add_argument("--wait", type=float, default=600, metavar="SECONDS", help="For another upgrade (600).")
        parser.add_argument("--no-backup", action="store_true", help="Others have made one.")
        parser.add_argument("--no-static", action="store_true", help="The static files are there, as in an image.")

    def handle(self, *args: Any, dry_run: bool, wait: float, no_backup: bool, no_static: bool, **options: Any) -> None:
        try:
            if dry_run:
                waiting = waiting_migrations()
                self.stdout.write("\n".join(waiting) or "The database has the schema of this version.")
                return
            upgrade(self.say, seconds=wait, with_backup=not no_backup, with_static=not no_static)
        except UpgradeError as error:
            raise CommandError(f"Not upgraded. {error}") from error
        self.say(
            f"Version {portal_version_in_words()} is in place. Now: systemctl reload portal-web, systemctl restart "
            "portal-scheduler; then manage.py status."
        )

    def say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
