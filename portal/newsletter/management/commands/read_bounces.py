import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.newsletter.sending.bounces import messages_from, messages_in, record_bounce, reports_in


class Command(BaseCommand):
    help = (
        "Read reports of undelivered newsletters: from mbox files, Maildir folders, folders of mails or single mails, "
        "or from the standard input (-), where a mail server can pipe them. What was read before counts once."
    )

    def add_arguments(self, parser):
        parser.add_argument("sources", nargs="+", help="Files or folders, or - for the standard input.")

    def handle(self, *args, sources, **options):
        counts = {"final": 0, "soft": 0, "unknown": 0}
        for source in sources:
            if str(source) == "-":
                messages = messages_from(sys.stdin.buffer)
            elif Path(source).exists():
                messages = messages_in(Path(source))
            else:
                raise CommandError(f"There is no {source}.")
            for name, count in record_bounce(reports_in(messages), timezone.now()).items():
                counts[name] += count
        self.stdout.write(
            f"{counts['final']} came back for good, {counts['soft']} for now, {counts['unknown']} were no such report."
        )
