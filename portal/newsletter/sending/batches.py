"""Sends a newsletter to its subscribers: in batches through the queue, and to each of them at most once.

A copy is claimed in the database before it is handed to the mail server and marked when the server has taken it. What
was claimed by a process that died in between may or may not have arrived: such copies, `CHUNK` at the most, are shown
as uncertain and never sent again by themselves. Everything else is taken up where it was left.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import formataddr
from itertools import batched
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from portal.core.serving.editions import Edition
from portal.core.serving.snapshot import snapshot_of
from portal.core.tasks.durable import durable
from portal.newsletter.bulletins import Bulletin, bulletin_from
from portal.newsletter.mail import LEAVE, PREFERENCES, look_of, mail_of
from portal.newsletter.models import ChosenSection, Delivery, NewsletterPage, Rhythm, Sending, Subscriber
from portal.newsletter.sending.bounces import delivery_token, envelope_of, hard_bounce
from portal.newsletter.sending.copies import MARK_HEADER, Master
from portal.newsletter.sending.delivery import (
    DeliveryStatus,
    MailConnection,
    MailServerUnavailableError,
    Outcome,
    open_connection,
)
from portal.newsletter.subscribers.links import leave_link, preferences_link

# How long one call of the task goes on: what else waits in the queue, such as a confirmation, comes in between.
BATCH_SECONDS = 20
# Copies that are claimed at a time, and so may be uncertain after a crash.
CHUNK = 5
READ_AHEAD = 200
PREPARED_AT_ONCE = 1000
# A worker that has given no sign of life for so long is taken for dead.
LEASE = timedelta(minutes=2)
# How long a call may wait in the queue before it is taken for lost.
PATIENCE = timedelta(minutes=10)
# What is waited before addresses are tried again that the server put off.
PAUSES = [timedelta(minutes=minutes) for minutes in (5, 30, 120, 480)]
# So many copies in a row that got nowhere, and not for their addresses: the server has trouble, or has something
# against us, and is left in peace for a while.
MOST_PUT_OFF = 20
RHYTHM_OF = {
    Sending.Kind.ISSUE: Rhythm.ISSUES,
    Sending.Kind.WEEKLY: Rhythm.WEEKLY,
    Sending.Kind.ALERT: Rhythm.ALERTS,
}


class LeaseLostError(Exception):
    """Somebody else is at work on this sending, or it was paused or stopped."""


def create_sending(
    newsletter: NewsletterPage, edition: Edition, kind: Sending.Kind, slot: str, bulletin: Bulletin, **facts: Any
) -> Sending | None:
    """Order a sending, within the present transaction; None where it was ordered before."""
    sending, is_new = Sending.objects.get_or_create(
        newsletter=newsletter,
        slot=slot,
        defaults={
            "site": edition.site,
            "kind": kind,
            "subject": bulletin.title[:255],
            "content": bulletin.as_json(),
            "created_at": timezone.now(),
            **facts,
        },
    )
    if not is_new:
        return None
    enqueue(sending.pk)
    return sending


def enqueue(key: int, pause: timedelta = timedelta()) -> None:
    """Put the next batch of a sending into the queue."""
    now = timezone.now()
    Sending.objects.filter(pk=key, lease="").update(leased_until=now + pause + PATIENCE)
    (send_batch.using(run_after=now + pause) if pause else send_batch).enqueue(key)


@durable
def send_batch(key: int) -> None:
    sending = claimed_sending(key)
    if sending is None:
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


def claimed_sending(key: int) -> Sending | None:
    """The sending with a lease of this call's own; None where it is not to be sent or somebody is at work on it."""
    now, lease = timezone.now(), token_hex(8)
    free = Q(lease="") | Q(leased_until__lt=now)
    mine = Sending.objects.unfinished().filter(free, pk=key).update(lease=lease, leased_until=now + LEASE)
    if not mine:
        return None
    left_over = Delivery.objects.filter(sending=key, state=Delivery.State.CLAIMED)
    left_over.exclude(lease=lease).update(state=Delivery.State.UNCERTAIN)
    return Sending.objects.select_related("site", "newsletter__locale").get(pk=key)


@dataclass(frozen=True)
class Address:
    delivery: int
    variant: str
    subscriber: int | None
    email: str
    is_wanted: bool


class Batch:
    """One call's part of a sending; `run` tells what to wait before the next one, or None at the end of all."""

    def __init__(self, sending: Sending):
        self.sending = sending
        self.until = time.monotonic() + BATCH_SECONDS
        self.alive_until = 0.0
        self.put_off = 0
        self.trouble = ""
        self._variant: tuple[str, Master] | None = None

    def run(self) -> timedelta | None:
        if self.sending.state == Sending.State.PREPARING and not self._prepare():
            return timedelta()
        try:
            with open_connection() as post:
                self.compose()
                pause = self._send(post)
        except MailServerUnavailableError as away:
            self.trouble, pause = str(away), PAUSES[0]
        Sending.objects.filter(pk=self.sending.pk).update(trouble=self.trouble)
        return pause

    def _sign_of_life(self) -> None:
        """At most once a second; raises LostError where the lease is lost."""
        if time.monotonic() < self.alive_until:
            return
        mine = Sending.objects.unfinished().filter(pk=self.sending.pk, lease=self.sending.lease)
        if not mine.update(leased_until=timezone.now() + LEASE):
            raise LeaseLostError
        self.alive_until = time.monotonic() + 1

    # Who gets it

    def _prepare(self) -> bool:
        """Write down who gets what; whether everybody is."""
        sending = self.sending
        bulletin = bulletin_from(sending.content)
        language = sending.newsletter.locale.language_code
        rhythm = RHYTHM_OF[Sending.Kind(sending.kind)]
        while time.monotonic() < self.until:
            self._sign_of_life()
            expecting = Subscriber.objects.expecting(sending.site, language, rhythm)
            expecting = expecting.filter(confirmed_at__lte=sending.created_at)
            waiting = expecting.filter(pk__gt=sending.prepared_to).order_by("pk").values_list("pk", flat=True)
            keys = list(waiting[:PREPARED_AT_ONCE])
            if not keys:
                sending.state, sending.begun_at = Sending.State.UNDER_WAY, timezone.now()
                sending.save(update_fields=["state", "begun_at"])
                return True
            self._note(keys, bulletin)
        return False

    def _note(self, keys: list[int], bulletin: Bulletin) -> None:
        wanted: dict[int, set[str]] = {}
        for subscriber, section in ChosenSection.objects.filter(subscriber__in=keys).values_list(
            "subscriber_id", "section_key"
        ):
            wanted.setdefault(subscriber, set()).add(str(section))
        variants = {key: bulletin.variant_for(wanted.get(key, set())) for key in keys}
        deliveries = [
            Delivery(sending=self.sending, subscriber_id=key, variant=variant)
            for key, variant in variants.items()
            if variant is not None
        ]
        self.sending.prepared_to = keys[-1]
        with transaction.atomic():
            Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
            Sending.objects.filter(pk=self.sending.pk).update(
                prepared_to=keys[-1], without=F("without") + len(keys) - len(deliveries)
            )

    # What they get

    def compose(self) -> None:
        """Put together what is the same in every copy."""
        newsletter, site = self.sending.newsletter, self.sending.site
        frame = snapshot_of(site.hostname, str(site.port))
        language = newsletter.locale.language_code
        if frame is None or language not in frame.editions:
            raise LeaseLostError
        self.edition = edition = frame.editions[language]
        self.bulletin = bulletin_from(self.sending.content)
        self.look = look_of(edition, edition.url_of(newsletter))
        self.sender = formataddr((" ".join((newsletter.sender_name or edition.name).split()), sender_address()))
        self.reply_to = newsletter.reply_to or edition.settings.contact_email
        self.list_id = f"<newsletter.{language}.{site.hostname}>"

    def _master(self, variant: str) -> Master:
        if self._variant is None or self._variant[0] != variant:
            self._variant = variant, Master(mail_of(self.bulletin.cut_to(variant), self.look))
        return self._variant[1]

    def _copy(self, address: Address) -> Any:
        key, language = address.subscriber or 0, self.edition.language
        leave = leave_link(key, self.sending.site, language)
        mark = delivery_token(address.delivery)
        return self._master(address.variant).copy(
            to=address.email,
            links={LEAVE: leave, PREFERENCES: preferences_link(key, self.sending.site, language)},
            sender=self.sender,
            envelope=envelope_of(mark),
            reply_to=self.reply_to,
            headers={
                # The same copy has the same name: a mailbox that gets it twice can tell.
                "Message-ID": f"<{mark}@{self.sending.site.hostname}>",
                "List-Id": self.list_id,
                "List-Unsubscribe": f"<{leave}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Precedence": "bulk",
                MARK_HEADER: mark,
            },
        )

    # How it goes out

    def _send(self, post: MailConnection) -> timedelta | None:
        waiting = Delivery.objects.filter(sending=self.sending).waiting()
        level = waiting.in_order().values_list("attempts", flat=True).first()
        for chunk in self._chunks(level or 0):
            self._sign_of_life()
            claimed = self._claimed(chunk)
            outcomes: list[tuple[Address, Outcome]] = []
            try:
                for address in claimed:
                    copy = self._copy(address)
                    # True until the server has said something else, however this process ends.
                    outcomes.append((address, Outcome(DeliveryStatus.UNCERTAIN)))
                    outcomes[-1] = (address, post.hand_over(copy))
            finally:
                self._mark(outcomes, claimed)
            if self.put_off >= MOST_PUT_OFF or self.trouble:
                return PAUSES[0]
            if time.monotonic() > self.until:
                return timedelta()
        if waiting.exists():
            return PAUSES[min(level or 0, len(PAUSES) - 1)]
        Sending.objects.filter(pk=self.sending.pk).update(state=Sending.State.DONE, done_at=timezone.now())
        return None

    def _chunks(self, level: int) -> Iterator[Sequence[Address]]:
        """Waiting copies that were tried `level` times; those whose subscriber has left meanwhile are dropped."""
        columns = ("pk", "variant", "subscriber_id", "subscriber__address", "subscriber__state")
        waiting = Delivery.objects.filter(sending=self.sending, attempts=level).waiting().in_order()
        while rows := list(waiting.values_list(*columns)[:READ_AHEAD]):
            addresses = [
                Address(key, variant, subscriber, address or "", state == Subscriber.State.ACTIVE)
                for key, variant, subscriber, address, state in rows
            ]
            gone = [address.delivery for address in addresses if not address.is_wanted]
            if gone:
                Delivery.objects.filter(pk__in=gone).waiting().update(state=Delivery.State.DROPPED)
            yield from batched([address for address in addresses if address.is_wanted], CHUNK)

    def _claimed(self, chunk: Sequence[Address]) -> Sequence[Address]:
        keys = [address.delivery for address in chunk]
        mine = {"state": Delivery.State.CLAIMED, "lease": self.sending.lease}
        if Delivery.objects.filter(pk__in=keys).waiting().update(**mine) == len(chunk):
            return chunk
        claimed = set(Delivery.objects.filter(pk__in=keys, **mine).values_list("pk", flat=True))
        return [address for address in chunk if address.delivery in claimed]

    def _mark(self, outcomes: list[tuple[Address, Outcome]], claimed: Sequence[Address]) -> None:
        """Write down what became of the copies; one whose making failed goes back, since nothing of it went out."""
        mine = Delivery.objects.filter(lease=self.sending.lease)
        sent = [address.delivery for address, outcome in outcomes if outcome.status is DeliveryStatus.SENT]
        if sent:
            mine.filter(pk__in=sent).update(state=Delivery.State.SENT, sent_at=timezone.now())
        untouched = [address.delivery for address in claimed[len(outcomes) :]]
        if untouched:
            mine.filter(pk__in=untouched).update(state=Delivery.State.WAITING, lease="")
        for address, outcome in outcomes:
            if outcome.status is not DeliveryStatus.SENT:
                self._mark_unsent(mine.filter(pk=address.delivery), address, outcome)
        is_put_off = outcomes and not any(
            outcome.status is DeliveryStatus.SENT or outcome.is_bounce for _address, outcome in outcomes
        )
        self.put_off = self.put_off + len(outcomes) if is_put_off else 0
        if self.put_off >= MOST_PUT_OFF:
            self.trouble = outcomes[-1][1].reply

    def _mark_unsent(self, delivery: Any, address: Address, outcome: Outcome) -> None:
        match outcome.status:
            case DeliveryStatus.REFUSED:
                delivery.update(state=Delivery.State.FAILED, reply=outcome.reply)
                if outcome.is_bounce:
                    hard_bounce(address.delivery, timezone.now())
            case DeliveryStatus.UNCERTAIN:
                delivery.update(state=Delivery.State.UNCERTAIN, reply=outcome.reply)
            case DeliveryStatus.LATER if outcome.is_servers_trouble:
                self.trouble = outcome.reply
                delivery.update(state=Delivery.State.WAITING, lease="")
            case DeliveryStatus.LATER:
                last = Q(attempts__gte=len(PAUSES))
                given_up = delivery.filter(last).update(state=Delivery.State.FAILED, reply=outcome.reply)
                if not given_up:
                    delivery.update(
                        state=Delivery.State.WAITING, lease="", attempts=F("attempts") + 1, reply=outcome.reply
                    )


def sender_address() -> str:
    return settings.NEWSLETTER_FROM_EMAIL or settings.DEFAULT_FROM_EMAIL
