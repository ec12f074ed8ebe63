import imaplib
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.newsletter.sending.bounces import messages_from, messages_in, record_bounces, reports_in
from portal.newsletter.sending.mailbox import read_mailbox


class Command(BaseCommand):
    help = (
        "Read the bounces of newsletters from mbox files, Maildirs, folders of mails, single mails, or the standard "
        "input (-), where a mail server can pipe them; without a source, from the IMAP mailbox of "
        "NEWSLETTER_BOUNCE_MAILBOX. A bounce that is read twice counts once."
    )

    def add_arguments(self, parser):
        parser.add_argument("sources", nargs="*", help="Files or folders, or - for the standard input.")

    def handle(self, *args, sources, **options):
        counts = {"hard": 0, "soft": 0, "unknown": 0}
        if not sources:
            counts = self._read_mailbox()
        for source in sources:
            if str(source) == "-":
                messages = messages_from(sys.stdin.buffer)
            elif Path(source).exists():
                messages = messages_in(Path(source))
            else:
                raise CommandError(f"{source} does not exist.")
            for name, count in record_bounces(reports_in(messages), timezone.now()).items():
                counts[name] += count
        self.stdout.write(
            f"{counts['hard']} hard bounces, {counts['soft']} soft bounces, {counts['unknown']} other mails."
        )

    def _read_mailbox(self) -> dict[str, int]:
        if settings.NEWSLETTER_BOUNCE_MAILBOX is None:
            raise CommandError("Name a source, or set NEWSLETTER_BOUNCE_MAILBOX.")
        try:
            return read_mailbox(settings.NEWSLETTER_BOUNCE_MAILBOX, timezone.now())
        except (OSError, imaplib.IMAP4.error) as error:
            raise CommandError(f"The mailbox cannot be read: {error}") from error
