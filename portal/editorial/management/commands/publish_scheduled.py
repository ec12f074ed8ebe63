from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.editorial.schedule.scheduling import due_changes, run_schedule


class Command(BaseCommand):
    help = (
        "Publish and take down the pages that are due, as the scheduler does. Replaces Wagtail's command of this name."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dryrun", action="store_true", help="Print what is due, and change nothing.")

    def handle(self, *args, dryrun, **options):
        now = timezone.now()
        if dryrun:
            for change in due_changes(now):
                action = "publish" if change.revision else "take down"
                self.stdout.write(f"{change.at:%Y-%m-%d %H:%M} {action} {change}")
        elif failed := run_schedule(now):
            raise CommandError(f"left undone: {', '.join(str(change) for change in failed)}")
