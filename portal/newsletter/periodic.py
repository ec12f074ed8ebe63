"""The periodic tasks of the newsletter: alerts, digests, abandoned sendings, bounces and data retention."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings

from portal.newsletter import digests
from portal.newsletter.models import AnnouncedStory, Delivery, ListImport, Sending, Subscriber
from portal.newsletter.sending.batches import enqueue
from portal.newsletter.sending.mailbox import read_bounce_mailbox
from portal.newsletter.subscribers.links import DAYS_TO_CONFIRM
from portal.platform.tasks.durable import enqueue_in_each_period
from portal.platform.tasks.periodic import periodic

# The time for which an unsubscribed address is stored for inquiries. Its hash, which prevents imports, stays.
ADDRESS_RETENTION = timedelta(days=30)
DELIVERY_RETENTION = timedelta(days=180)
# The time for which an uploaded list can be imported.
LIST_RETENTION = timedelta(days=7)


@periodic(every=timedelta(minutes=1))
def resume_abandoned_sendings(now: datetime) -> None:
    for sending in Sending.objects.abandoned(now):
        enqueue(sending.pk)


@periodic(every=timedelta(minutes=5))
def send_alerts(now: datetime) -> None:
    _send_for_each("offers_alerts", digests.send_alert, now)


@periodic(every=timedelta(minutes=15))
def send_weekly_digests(now: datetime) -> None:
    _send_for_each("offers_weekly", digests.send_digest, now)


def _send_for_each(option: str, send: Callable[..., object], now: datetime) -> None:
    """Call `send` for each newsletter with the option; if any fail, raise an ExceptionGroup after the last one."""
    errors = []
    for newsletter, edition in digests.visible_newsletters():
        try:
            if getattr(newsletter, option):
                send(newsletter, edition, now)
        except Exception as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("some newsletters were not sent", errors)


@periodic(every=timedelta(minutes=10))
def read_bounces(now: datetime) -> None:
    if settings.NEWSLETTER_BOUNCE_MAILBOX:
        enqueue_in_each_period(read_bounce_mailbox)


@periodic(every=timedelta(hours=6))
def delete_expired_data(now: datetime) -> None:
    Subscriber.objects.unconfirmed_before(now - timedelta(days=DAYS_TO_CONFIRM)).delete()
    # The others had unsubscribed before this request, and stay unsubscribed.
    state = Subscriber.State
    unconfirmed = Subscriber.objects.filter(state=state.PENDING, asked_at__lt=now - timedelta(days=DAYS_TO_CONFIRM))
    unconfirmed.update(state=state.LEFT, left_at=now)
    left = Subscriber.objects.filter(state=state.LEFT, left_at__lt=now - ADDRESS_RETENTION)
    left.exclude(address="").update(address="")
    for sending in Sending.objects.filter(done_at__lt=now - DELIVERY_RETENTION, totals__isnull=True):
        totals = sending.deliveries.counts_by_state() | {"unsubscribed": sending.deliveries.unsubscribed_since()}
        Sending.objects.filter(pk=sending.pk).update(totals=totals)
        Delivery.objects.filter(sending=sending).delete()
    ListImport.objects.abandoned(now - LIST_RETENTION).delete()
    ListImport.objects.filter(created_at__lt=now - DELIVERY_RETENTION).delete()
    AnnouncedStory.objects.filter(announced_at__lt=now - 2 * digests.ALERT_WINDOW).delete()
