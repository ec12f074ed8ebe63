from typing import Any

from django.core.management.base import CommandError, CommandParser

from portal.backups.upgrading import UpgradeError, upgrade, waiting_migrations
from portal.content.management.english import EnglishCommand
from portal.platform.status.installation import portal_version_in_words


class Command(EnglishCommand):
    help = (
        "Upgrade the installation to this version: checks, backup, schema, static files, checks. Exits with 0 if done."
    )

    # The upgrade reports these errors itself.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only list the migrations that would be applied.")
        parser.add_argument(
            "--wait", type=float, default=600, metavar="SECONDS", help="How long to wait for another upgrade (600)."
        )
        parser.add_argument("--no-backup", action="store_true", help="Do not make a backup.")
        parser.add_argument("--no-static", action="store_true", help="Do not collect static files: an image has them.")

    def handle(self, *args: Any, dry_run: bool, wait: float, no_backup: bool, no_static: bool, **options: Any) -> None:
        try:
            if dry_run:
                waiting = waiting_migrations()
                self.stdout.write("\n".join(waiting) or "The database has the schema of this version.")
                return
            upgrade(self.report, seconds=wait, with_backup=not no_backup, with_static=not no_static)
        except UpgradeError as error:
            raise CommandError(f"Not upgraded. {error}") from error
        self.report(
            f"Version {portal_version_in_words()} is installed. Next: systemctl reload portal-web, systemctl restart "
            "portal-scheduler; then manage.py status."
        )

    def report(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
