from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.editorial.schedule.scheduling import due, run_schedule


class Command(BaseCommand):
    help = "Publish and take down what is due, as the scheduler does: in place of Wagtail's command of this name."

    def add_arguments(self, parser):
        parser.add_argument("--dryrun", action="store_true", help="Say what is due, and change nothing.")

    def handle(self, *args, dryrun, **options):
        now = timezone.now()
        if dryrun:
            for plan in due(now):
                self.stdout.write(f"{plan.at:%Y-%m-%d %H:%M} {'publish' if plan.revision else 'take down'} {plan}")
        elif undone := run_schedule(now):
            raise CommandError(f"left undone: {', '.join(str(plan) for plan in undone)}")
