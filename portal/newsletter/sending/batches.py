"""Sends a newsletter to its subscribers: in batches through the queue, and to each of them at most once.

A delivery is claimed in the database before its copy is passed to the mail server, and its outcome is recorded after
the server has replied. If the process dies in between, the copy may or may not have arrived: such deliveries, at most
`CHUNK_SIZE` of them, become uncertain and are never retried automatically. Every other delivery continues.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from email.utils import formataddr
from itertools import batched
from secrets import token_hex
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from portal.content.records.settings import SiteSettings
from portal.content.serving.editions import Edition
from portal.content.serving.snapshot import snapshot_of
from portal.newsletter.bulletins import Bulletin, bulletin_from
from portal.newsletter.mail import Mail, branding_of, mail_of
from portal.newsletter.models import ChosenSection, Delivery, NewsletterPage, Rhythm, Sending, Subscriber
from portal.newsletter.sending.bounces import delivery_token, envelope_sender, record_hard_bounce
from portal.newsletter.sending.delivery import (
    TOKEN_HEADER,
    Copy,
    DeliveryStatus,
    MailConnections,
    MailServerUnavailableError,
    Outcome,
    open_connections,
)
from portal.newsletter.subscribers.links import preferences_link, unsubscribe_link
from portal.platform.measuring.metrics import MAILS, count
from portal.platform.tasks.durable import mailing

# The duration of one call of the task. Other tasks in the queue, such as a confirmation, must not wait longer.
BATCH_SECONDS = 20
# The number of deliveries that are claimed and sent together. They may be uncertain after a crash.
CHUNK_SIZE = 5
READ_AHEAD = 200
PREPARE_CHUNK_SIZE = 1000
# A worker that has not renewed its lease for this long counts as dead.
LEASE = timedelta(minutes=2)
# A call that has waited in the queue for longer than this counts as lost.
QUEUE_TIMEOUT = timedelta(minutes=10)
# The waits before the retries of an address that the mail server has deferred.
RETRY_DELAYS = [timedelta(minutes=minutes) for minutes in (5, 30, 120, 480)]
# The sending pauses after this many consecutive failures that are not hard bounces. The cause is then the mail server
# or our reputation there, not the addresses.
MAX_CONSECUTIVE_FAILURES = 20
RHYTHMS = {
    Sending.Kind.ISSUE: Rhythm.ISSUES,
    Sending.Kind.WEEKLY: Rhythm.WEEKLY,
    Sending.Kind.ALERT: Rhythm.ALERTS,
}


class LeaseLostError(Exception):
    """Another worker holds the lease of this sending, or the sending was paused or stopped."""


def create_sending(
    newsletter: NewsletterPage, edition: Edition, kind: Sending.Kind, slot: str, bulletin: Bulletin, **fields: Any
) -> Sending | None:
    """Create a sending and queue it, within the current transaction; None if this slot has one already."""
    sending, is_new = Sending.objects.get_or_create(
        newsletter=newsletter,
        slot=slot,
        defaults={
            "site": edition.site,
            "kind": kind,
            "subject": bulletin.title[:255],
            "content": bulletin.as_json(),
            "created_at": timezone.now(),
            **fields,
        },
    )
    if not is_new:
        return None
    enqueue(sending.pk)
    return sending


def enqueue(key: int, pause: timedelta = timedelta()) -> None:
    now = timezone.now()
    Sending.objects.filter(pk=key, lease="").update(leased_until=now + pause + QUEUE_TIMEOUT)
    (send_batch.using(run_after=now + pause) if pause else send_batch).enqueue(key)


@mailing
def send_batch(key: int) -> None:
    sending = claim_sending(key)
    if sending is None:
        return
    if SiteSettings.for_site(sending.site).is_staging:
        Sending.objects.filter(pk=key).update(state=Sending.State.PAUSED, lease="", leased_until=None)
        return
    pause: timedelta | None = None
    try:
        pause = Batch(sending).run()
    except LeaseLostError:
        return
    finally:
        Sending.objects.filter(pk=key, lease=sending.lease).update(lease="", leased_until=None)
    if pause is not None:
        enqueue(key, pause)


def claim_sending(key: int) -> Sending | None:
    """Take the lease of a sending; None if it is finished, paused or stopped, or if another worker holds the lease.

    Deliveries that an earlier worker had claimed become uncertain.
    """
    now, lease = timezone.now(), token_hex(8)
    free = Sending.objects.unfinished().filter(Q(lease="") | Q(leased_until__lt=now), pk=key)
    if not free.update(lease=lease, leased_until=now + LEASE):
        return None
    interrupted = Delivery.objects.filter(sending=key, state=Delivery.State.CLAIMED)
    interrupted.exclude(lease=lease).update(state=Delivery.State.UNCERTAIN)
    return Sending.objects.select_related("site", "newsletter__locale").get(pk=key)


class Batch:
    """The part of a sending that one call of the task sends. It needs the lease of the sending."""

    def __init__(self, sending: Sending):
        self.sending = sending
        self.until = time.monotonic() + BATCH_SECONDS
        self.renew_lease_at = 0.0
        self.consecutive_failures = 0
        self.last_error = ""
        self._mail: tuple[str, Mail] | None = None

    def run(self) -> timedelta | None:
        """Send for `BATCH_SECONDS`; return the wait before the next batch, or None if this was the last one."""
        if self.sending.state == Sending.State.PREPARING and not self._prepare_deliveries():
            return timedelta()
        try:
            with open_connections(max(1, min(settings.NEWSLETTER_CONNECTIONS, CHUNK_SIZE))) as connections:
                self.prepare_mail()
                pause = self._send(connections)
        except MailServerUnavailableError as error:
            self.last_error, pause = str(error), RETRY_DELAYS[0]
        Sending.objects.filter(pk=self.sending.pk).update(last_error=self.last_error)
        return pause

    def _renew_lease(self) -> None:
        """Renew the lease, at most once a second; raises LeaseLostError."""
        if time.monotonic() < self.renew_lease_at:
            return
        held = Sending.objects.unfinished().filter(pk=self.sending.pk, lease=self.sending.lease)
        if not held.update(leased_until=timezone.now() + LEASE):
            raise LeaseLostError
        self.renew_lease_at = time.monotonic() + 1

    def _prepare_deliveries(self) -> bool:
        """Create the deliveries for the subscribers that have none yet; return whether all subscribers have one."""
        sending = self.sending
        bulletin = bulletin_from(sending.content)
        language = sending.newsletter.locale.language_code
        rhythm = RHYTHMS[Sending.Kind(sending.kind)]
        while time.monotonic() < self.until:
            self._renew_lease()
            recipients = Subscriber.objects.recipients(sending.site, language, rhythm)
            recipients = recipients.receiving_since(sending.created_at)
            remaining = recipients.filter(pk__gt=sending.prepared_to).order_by("pk").values_list("pk", flat=True)
            keys = list(remaining[:PREPARE_CHUNK_SIZE])
            if not keys:
                sending.state, sending.begun_at = Sending.State.UNDER_WAY, timezone.now()
                sending.save(update_fields=["state", "begun_at"])
                return True
            self._create_deliveries(keys, bulletin)
        return False

    def _create_deliveries(self, keys: list[int], bulletin: Bulletin) -> None:
        chosen: dict[int, set[str]] = {}
        for subscriber, section in ChosenSection.objects.filter(subscriber__in=keys).values_list(
            "subscriber_id", "section_key"
        ):
            chosen.setdefault(subscriber, set()).add(str(section))
        variants = {key: bulletin.variant_for(chosen.get(key, set())) for key in keys}
        deliveries = [
            Delivery(sending=self.sending, subscriber_id=key, variant=variant)
            for key, variant in variants.items()
            if variant is not None
        ]
        self.sending.prepared_to = keys[-1]
        with transaction.atomic():
            Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
            Sending.objects.filter(pk=self.sending.pk).update(
                prepared_to=keys[-1], skipped=F("skipped") + len(keys) - len(deliveries)
            )

    def prepare_mail(self) -> None:
        """Set the data that all copies share; raises LeaseLostError if the site has no edition in this language."""
        newsletter, site = self.sending.newsletter, self.sending.site
        snapshot = snapshot_of(site.hostname, str(site.port))
        language = newsletter.locale.language_code
        if snapshot is None or language not in snapshot.editions:
            raise LeaseLostError
        self.edition = edition = snapshot.editions[language]
        self.bulletin = bulletin_from(self.sending.content)
        self.branding = branding_of(edition, edition.url_of(newsletter))
        name = " ".join((newsletter.sender_name or edition.name).split())
        self.sender = formataddr((name, settings.NEWSLETTER_FROM_EMAIL or settings.DEFAULT_FROM_EMAIL))
        self.reply_to = newsletter.reply_to or edition.settings.contact_email
        self.list_id = f"<newsletter.{language}.{site.hostname}>"

    def _mail_of(self, variant: str) -> Mail:
        if self._mail is None or self._mail[0] != variant:
            self._mail = variant, mail_of(self.bulletin.restricted_to(variant), self.branding)
        return self._mail[1]

    def _copy(self, delivery: Delivery) -> Copy:
        site, language = self.sending.site, self.edition.language
        # `_chunks` drops deliveries without a subscriber.
        subscriber = cast(Subscriber, delivery.subscriber)
        unsubscribe_url = unsubscribe_link(subscriber.pk, site, language)
        mail = self._mail_of(delivery.variant).with_links(
            unsubscribe_url, preferences_link(subscriber.pk, site, language)
        )
        token = delivery_token(delivery.pk)
        headers = {
            # A retry has the same Message-ID, so that a mailbox can discard the second copy.
            "Message-ID": f"<{token}@{site.hostname}>",
            "List-Id": self.list_id,
            "List-Unsubscribe": f"<{unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Precedence": "bulk",
            TOKEN_HEADER: token,
        }
        if return_path := envelope_sender(token):
            headers["From"] = self.sender
        copy = Copy(
            subject=mail.subject,
            body=mail.text,
            from_email=return_path or self.sender,
            to=[subscriber.address],
            reply_to=[self.reply_to] if self.reply_to else None,
            headers=headers,
        )
        copy.attach_alternative(mail.html, "text/html")
        return copy

    def _send(self, connections: MailConnections) -> timedelta | None:
        waiting = Delivery.objects.filter(sending=self.sending).waiting()
        attempts = waiting.in_order().values_list("attempts", flat=True).first()
        for chunk in self._chunks(attempts or 0):
            self._renew_lease()
            claimed = self._claim(chunk)
            outcomes: list[Outcome] = []
            try:
                copies = [self._copy(delivery) for delivery in claimed]
                # The outcome is uncertain until the server has replied, even if this process ends.
                outcomes = [Outcome(DeliveryStatus.UNCERTAIN) for _copy in copies]
                for number, outcome in enumerate(connections.send(copies)):
                    outcomes[number] = outcome
            finally:
                self._record_outcomes(claimed, outcomes)
            if self.consecutive_failures >= MAX_CONSECUTIVE_FAILURES or self.last_error:
                return RETRY_DELAYS[0]
            if time.monotonic() > self.until:
                return timedelta()
        if waiting.exists():
            return RETRY_DELAYS[min(attempts or 0, len(RETRY_DELAYS) - 1)]
        Sending.objects.filter(pk=self.sending.pk).update(state=Sending.State.DONE, done_at=timezone.now())
        return None

    def _chunks(self, attempts: int) -> Iterator[Sequence[Delivery]]:
        """Yield waiting deliveries that have had `attempts` attempts; drop those of unsubscribed people."""
        waiting = Delivery.objects.filter(sending=self.sending, attempts=attempts).waiting().in_order()
        while deliveries := list(waiting.select_related("subscriber")[:READ_AHEAD]):
            wanted = [
                delivery
                for delivery in deliveries
                if delivery.subscriber and delivery.subscriber.state == Subscriber.State.ACTIVE
            ]
            dropped = {delivery.pk for delivery in deliveries} - {delivery.pk for delivery in wanted}
            if dropped:
                Delivery.objects.filter(pk__in=dropped).waiting().update(state=Delivery.State.DROPPED)
            yield from batched(wanted, CHUNK_SIZE)

    def _claim(self, chunk: Sequence[Delivery]) -> Sequence[Delivery]:
        """Claim deliveries; return those that no other worker has claimed before."""
        keys = [delivery.pk for delivery in chunk]
        claim = {"state": Delivery.State.CLAIMED, "lease": self.sending.lease}
        if Delivery.objects.filter(pk__in=keys).waiting().update(**claim) == len(chunk):
            return chunk
        claimed = set(Delivery.objects.filter(pk__in=keys, **claim).values_list("pk", flat=True))
        return [delivery for delivery in chunk if delivery.pk in claimed]

    def _record_outcomes(self, claimed: Sequence[Delivery], outcomes: list[Outcome]) -> None:
        """Record the outcome of each copy. A claimed delivery without an outcome was not sent, so it waits again."""
        leased = Delivery.objects.filter(lease=self.sending.lease)
        pairs = list(zip(claimed, outcomes, strict=False))
        if sent := [delivery.pk for delivery, outcome in pairs if outcome.status is DeliveryStatus.SENT]:
            leased.filter(pk__in=sent).update(state=Delivery.State.SENT, sent_at=timezone.now())
        if untouched := [delivery.pk for delivery in claimed[len(outcomes) :]]:
            leased.filter(pk__in=untouched).update(state=Delivery.State.WAITING, lease="")
        for delivery, outcome in pairs:
            count(MAILS, kind="newsletter", outcome="sent" if outcome.status is DeliveryStatus.SENT else "failed")
            if outcome.status is not DeliveryStatus.SENT:
                self._record_failure(leased.filter(pk=delivery.pk), delivery.pk, outcome)
        if sent or not outcomes or any(outcome.is_hard_bounce for outcome in outcomes):
            self.consecutive_failures = 0
        else:
            self.consecutive_failures += len(outcomes)
        if self.consecutive_failures >= MAX_CONSECUTIVE_FAILURES:
            self.last_error = outcomes[-1].reply

    def _record_failure(self, delivery: Any, key: int, outcome: Outcome) -> None:
        match outcome.status:
            case DeliveryStatus.REJECTED:
                delivery.update(state=Delivery.State.FAILED, reply=outcome.reply)
                if outcome.is_hard_bounce:
                    record_hard_bounce(key, timezone.now())
            case DeliveryStatus.UNCERTAIN:
                delivery.update(state=Delivery.State.UNCERTAIN, reply=outcome.reply)
            case DeliveryStatus.DEFERRED if outcome.is_server_error:
                self.last_error = outcome.reply
                delivery.update(state=Delivery.State.WAITING, lease="")
            case DeliveryStatus.DEFERRED:
                exhausted = delivery.filter(attempts__gte=len(RETRY_DELAYS))
                if not exhausted.update(state=Delivery.State.FAILED, reply=outcome.reply):
                    retry = {"lease": "", "attempts": F("attempts") + 1, "reply": outcome.reply}
                    delivery.update(state=Delivery.State.WAITING, **retry)
