"""The periodic tasks of the newsletter: alerts, digests, abandoned sendings and data retention."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from portal.content.serving.editions import Edition
from portal.newsletter import digests
from portal.newsletter.models import AnnouncedStory, Delivery, NewsletterPage, Sending, Subscriber
from portal.newsletter.sending.batches import enqueue
from portal.newsletter.subscribers.links import DAYS_TO_CONFIRM
from portal.platform.tasks.periodic import periodic

# An unsubscribed address is kept for so long, to answer questions; then only its hash, which stops imports.
ADDRESS_RETENTION = timedelta(days=30)
DELIVERY_RETENTION = timedelta(days=180)


@periodic(every=timedelta(minutes=1))
def resume_abandoned_sendings(now: datetime) -> None:
    for sending in Sending.objects.abandoned(now):
        enqueue(sending.pk)


@periodic(every=timedelta(minutes=5))
def send_alerts(now: datetime) -> None:
    _send_for_each([pair for pair in digests.visible_newsletters() if pair[0].offers_alerts], digests.send_alert, now)


@periodic(every=timedelta(minutes=15))
def send_weekly_digests(now: datetime) -> None:
    _send_for_each([pair for pair in digests.visible_newsletters() if pair[0].offers_weekly], digests.send_digest, now)


def _send_for_each(
    newsletters: Iterable[tuple[NewsletterPage, Edition]], send: Callable[..., object], now: datetime
) -> None:
    """Call `send` for each newsletter; raises an ExceptionGroup at the end, so that one failure stops no other."""
    errors = []
    for newsletter, edition in newsletters:
        try:
            send(newsletter, edition, now)
        except Exception as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("some newsletters were not sent", errors)


@periodic(every=timedelta(hours=6))
def delete_expired_data(now: datetime) -> None:
    Subscriber.objects.unconfirmed_before(now - timedelta(days=DAYS_TO_CONFIRM)).delete()
    # Somebody who had unsubscribed asked again and did not confirm: they stay unsubscribed.
    unconfirmed = Q(state=Subscriber.State.PENDING, asked_at__lt=now - timedelta(days=DAYS_TO_CONFIRM))
    Subscriber.objects.filter(unconfirmed).update(state=Subscriber.State.LEFT, left_at=now)
    expired = Subscriber.objects.filter(state=Subscriber.State.LEFT, left_at__lt=now - ADDRESS_RETENTION).exclude(
        address=""
    )
    expired.update(address="")
    for sending in Sending.objects.filter(done_at__lt=now - DELIVERY_RETENTION, totals__isnull=True):
        totals = sending.deliveries.counts_by_state() | {"unsubscribed": sending.deliveries.unsubscribed_since()}
        Sending.objects.filter(pk=sending.pk).update(totals=totals)
        Delivery.objects.filter(sending=sending).delete()
    AnnouncedStory.objects.filter(announced_at__lt=now - 2 * digests.ALERT_WINDOW).delete()
