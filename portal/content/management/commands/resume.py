from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.platform.records.maintenance import SchedulerPause
from portal.platform.tasks.pause import has_another_key, resume


class Command(BaseCommand):
    help = "After a restore: let publications, mails and newsletters go on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-mail",
            action="store_true",
            help="Drop the mails that waited, which may have been sent since the backup; newsletters stay paused.",
        )

        parser.add_argument(
            "--with-another-key",
            action="store_true",
            help="Go on although LASTING_KEY is not that of the backup: links in mails that were sent stay dead.",
        )

    def handle(self, *args: Any, without_mail: bool, with_another_key: bool, **options: Any) -> None:
        if not SchedulerPause.beginning():
            raise CommandError("Nothing is paused.")
        if not with_another_key and has_another_key():
            raise CommandError(
                "LASTING_KEY is not the one that the backup was made with: links in mails that were sent are dead, "
                "and addresses that no mail may go to are not recognised. Put that key into .env, or add "
                "--with-another-key."
            )
        found = resume(without_mail=without_mail)
        for title, tasks in (("Dropped", found.dropped), ("Goes on", found.continued)):
            for path, count in sorted(tasks.items()):
                self.stdout.write(f"{title}: {count:,} of {path.rpartition('.')[2]}")
        self.stdout.write("The scheduler goes on.")
