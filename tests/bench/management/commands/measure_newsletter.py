import os
import resource
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone
from wagtail.models import Site

from portal.newsletter.blocks import IssueContent
from portal.newsletter.compose import bulletin_of
from portal.newsletter.content import content_of_period, parts_of
from portal.newsletter.digests import visible_newsletters
from portal.newsletter.models import Delivery, Rhythm, Sending, Subscriber
from portal.newsletter.sending import batches
from portal.newsletter.subscribers.subscription import hash_of_address

BATCH_SIZE = 2000
SMTP = "django.core.mail.backends.smtp.EmailBackend"


class Command(BaseCommand):
    help = (
        "Send an issue to invented subscribers of an invented site, into an SMTP sink on this machine; "
        "print mails a second and memory. Needs a newsletter with stories, such as the demo's."
    )

    def add_arguments(self, parser):
        parser.add_argument("--recipients", type=int, default=50_000)
        parser.add_argument(
            "--latency", type=float, default=0, metavar="MS", help="After how long the sink answers each command (0)."
        )

    def handle(self, *args, recipients, latency, **options):
        pair = next(visible_newsletters(), None)
        if pair is None:
            raise CommandError("There is no newsletter to measure with; load the demo first.")
        newsletter, edition = pair
        root = edition.site.root_page
        site = Site.objects.create(hostname=f"measure-{os.getpid()}.invalid", port=80, root_page=root, site_name="")
        try:
            create_subscribers(site, newsletter.locale.language_code, recipients)
            sending = create_sending(newsletter, edition, site)
            with sink(latency / 1000) as port:
                mailers = {"default": {"BACKEND": SMTP, "OPTIONS": {"host": "127.0.0.1", "port": port}}}
                with override_settings(MAILERS=mailers, NEWSLETTER_RATE=0, NEWSLETTER_MAIL_BACKEND=""):
                    self.measure(sending)
        finally:
            # Django would delete row by row, which takes longer than the sending.
            with connection.cursor() as cursor:
                cursor.execute(
                    f"DELETE FROM {Delivery._meta.db_table} WHERE sending_id IN"
                    f" (SELECT id FROM {Sending._meta.db_table} WHERE site_id = %s)",
                    [site.pk],
                )
            site.delete()

    def measure(self, sending):
        """Run batch after batch, as a worker of the queue would."""
        begun = time.monotonic()
        while sending.state != Sending.State.DONE:
            run_batch(sending)
            sending.refresh_from_db()
            sent = sending.deliveries.counts_by_state().get(Delivery.State.SENT, 0)
            seconds = time.monotonic() - begun
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            self.stdout.write(
                f"{sent} mails in {seconds:.0f} s, preparing included: {sent / seconds:.0f} a second; "
                f"memory {memory:.0f} MB at most"
            )


def create_subscribers(site, language, recipients):
    an_hour_ago = timezone.now() - timedelta(hours=1)
    for begin in range(0, recipients, BATCH_SIZE):
        addresses = [f"reader-{n}@measure.invalid" for n in range(begin, min(begin + BATCH_SIZE, recipients))]
        Subscriber.objects.bulk_create(
            Subscriber(
                site=site,
                address=address,
                address_hash=hash_of_address(address),
                language=language,
                rhythm=Rhythm.ISSUES,
                state=Subscriber.State.ACTIVE,
                asked_at=an_hour_ago,
                confirmed_at=an_hour_ago,
            )
            for address in addresses
        )


def create_sending(newsletter, edition, site):
    now, today = timezone.now(), timezone.localdate()
    content = IssueContent().to_python(content_of_period(edition, today - timedelta(days=365), today, now))
    bulletin = bulletin_of("Measured", parts_of(content, edition, now), edition)
    return Sending.objects.create(
        site=site,
        newsletter=newsletter,
        slot=f"measure:{now.isoformat()}",
        kind=Sending.Kind.ISSUE,
        subject=bulletin.title,
        content=bulletin.as_json(),
        created_at=now,
    )


@contextmanager
def sink(seconds):
    with socket.socket() as test_socket:
        test_socket.bind(("127.0.0.1", 0))
        port = test_socket.getsockname()[1]
    command = [sys.executable, "-m", "tests.bench.smtp_sink", str(port), str(seconds)]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR)
    try:
        for _ in range(100):
            with socket.socket() as test_socket:
                if test_socket.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def run_batch(sending):
    leased = batches.claim_sending(sending.pk)
    if leased is None:
        raise CommandError("Another worker holds the lease of this sending.")
    try:
        batches.Batch(leased).run()
    finally:
        Sending.objects.filter(pk=sending.pk).update(lease="", leased_until=None)
