from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.platform.records.maintenance import SchedulerPause
from portal.platform.tasks.pause import has_another_key, resume


class Command(BaseCommand):
    help = "Resume publications, emails and newsletters after a restore."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-mail",
            action="store_true",
            help="Discard the waiting emails, which may have been sent since the backup; newsletters stay paused.",
        )
        parser.add_argument(
            "--with-another-key",
            action="store_true",
            help="Resume although LASTING_KEY differs from that of the backup: links in sent emails remain invalid.",
        )

    def handle(self, *args: Any, without_mail: bool, with_another_key: bool, **options: Any) -> None:
        if not SchedulerPause.beginning():
            raise CommandError("Nothing is paused.")
        if not with_another_key and has_another_key():
            raise CommandError(
                "LASTING_KEY differs from that of the backup: links in sent emails are invalid, and suppressed "
                "addresses are not recognised. Put the key of the backup into .env, or add --with-another-key."
            )
        found = resume(without_mail=without_mail)
        for title, tasks in (("Discarded", found.dropped), ("Resumed", found.continued)):
            for path, count in sorted(tasks.items()):
                self.stdout.write(f"{title}: {count:,} of {path.rpartition('.')[2]}")
        self.stdout.write("The scheduler runs again.")
