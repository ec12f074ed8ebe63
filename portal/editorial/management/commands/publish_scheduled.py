from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.editorial.records.releases import Release
from portal.editorial.releases.carrying_out import run_releases
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
            for release in Release.objects.approved().filter(at__lte=now):
                self.stdout.write(f"{release.at:%Y-%m-%d %H:%M} publish release {release.pk}")
            return
        failed = [*map(str, run_schedule(now)), *(f"release {key}" for key in run_releases(now))]
        if failed:
            raise CommandError(f"left undone: {', '.join(failed)}")
