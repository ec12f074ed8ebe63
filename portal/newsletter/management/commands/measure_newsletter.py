import os
import smtplib
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test.utils import override_settings
from django.utils import timezone
from wagtail.models import Site

from portal.content.upstream import delete_rows
from portal.newsletter.blocks import IssueContent
from portal.newsletter.compose import bulletin_of
from portal.newsletter.content import content_of_period, parts_of
from portal.newsletter.digests import visible_newsletters
from portal.newsletter.issuing import edition_containing
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
        site = Site.objects.create(
            hostname=f"measure-{os.getpid()}.invalid", port=80, root_page=edition.site.root_page, site_name=""
        )
        try:
            self.create_subscribers(site, newsletter.locale.language_code, recipients)
            sending = self.create_sending(newsletter, site)
            with self.sink(latency / 1000) as port:
                options = {"host": "127.0.0.1", "port": port}
                mailers = {"default": {"BACKEND": SMTP, "OPTIONS": options}}
                with override_settings(MAILERS=mailers, NEWSLETTER_RATE=0, NEWSLETTER_MAIL_BACKEND=""):
                    self.measure(sending, port)
        finally:
            # Django would delete row by row, which takes longer than the sending.
            delete_rows(Delivery.objects.filter(sending__site=site))
            site.delete()

    def create_subscribers(self, site, language, recipients):
        now = timezone.now() - timedelta(hours=1)
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
                    asked_at=now,
                    confirmed_at=now,
                )
                for address in addresses
            )
        self.stdout.write(f"{recipients} subscribers")

    def create_sending(self, newsletter, site):
        edition = edition_containing(newsletter)
        if edition is None:
            raise CommandError(f"{newsletter} belongs to no site.")
        today = timezone.localdate()
        content = IssueContent().to_python(
            content_of_period(edition, today - timedelta(days=365), today, timezone.now())
        )
        bulletin = bulletin_of("Measured", parts_of(content, edition, timezone.now()), edition)
        now = timezone.now()
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
    def sink(self, seconds):
        with socket.socket() as test_socket:
            test_socket.bind(("127.0.0.1", 0))
            port = test_socket.getsockname()[1]
        command = [sys.executable, "-m", "portal.newsletter.sending.sink", str(port), str(seconds)]
        process = subprocess.Popen(command, cwd=settings.BASE_DIR)  # noqa: S603 - Python itself, by its full path
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

    def measure(self, sending, port):
        """Run batch after batch, as a worker of the queue would."""
        begun = time.monotonic()
        first_batch = None
        peak = memory()
        while True:
            self.run_batch(sending)
            sending.refresh_from_db()
            counts = Delivery.objects.filter(sending=sending).counts_by_state()
            done = counts.get(Delivery.State.SENT, 0)
            peak = max(peak, memory())
            if done and first_batch is None:
                first_batch = memory(), done
            self.stdout.write(f"{time.monotonic() - begun:6.0f} s  {done:6} sent  {memory():.0f} MB")
            if sending.state == Sending.State.DONE:
                break
        seconds = time.monotonic() - begun
        with smtplib.SMTP("127.0.0.1", port) as server:
            _code, reply = server.verify("")
            mails, size = map(int, reply.split())
        self.stdout.write(
            f"{mails} mails of {size / max(mails, 1) / 1000:.0f} kB in {seconds:.0f} s, preparing included: "
            f"{mails / seconds:.0f} mails a second; memory {first_batch[0] if first_batch else 0:.0f} MB after "
            f"{first_batch[1] if first_batch else 0} mails, {peak:.0f} MB at peak"
        )

    def run_batch(self, sending):
        leased = batches.claim_sending(sending.pk)
        if leased is None:
            raise CommandError("Another worker holds the lease of this sending.")
        try:
            batches.Batch(leased).run()
        finally:
            Sending.objects.filter(pk=sending.pk).update(lease="", leased_until=None)


def memory() -> float:
    """The resident memory of this process in MB (Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0
