from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core.models import SchedulerPause
from portal.core.tasks.pause import resume


class Command(BaseCommand):
    help = "After a restore: let publications, mails and newsletters go on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-mail",
            action="store_true",
            help="Drop the mails that waited, which may have been sent since the backup; newsletters stay paused.",
        )

    def handle(self, *args: Any, without_mail: bool, **options: Any) -> None:
        if not SchedulerPause.beginning():
            raise CommandError("Nothing is paused.")
        found = resume(without_mail=without_mail)
        for title, tasks in (("Dropped", found.dropped), ("Goes on", found.going_on)):
            for path, count in sorted(tasks.items()):
                self.stdout.write(f"{title}: {count:,} of {path.rpartition('.')[2]}")
        self.stdout.write("The scheduler goes on.")
