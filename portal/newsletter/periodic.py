"""What the newsletter does by itself, again and again."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from portal.core.serving.editions import Edition
from portal.core.tasks.periodic import periodic
from portal.newsletter import digests
from portal.newsletter.models import AnnouncedStory, Delivery, NewsletterPage, Sending, Subscriber
from portal.newsletter.sending.batches import enqueue
from portal.newsletter.subscribers.links import DAYS_TO_CONFIRM

# Whoever has left is known by address for so long, to answer their questions; then only so that no import brings
# them back.
REMEMBERED = timedelta(days=30)
DELIVERIES_KEPT = timedelta(days=180)


@periodic(every=timedelta(minutes=1))
def take_up_what_was_left(now: datetime) -> None:
    for sending in Sending.objects.abandoned(now):
        enqueue(sending.pk)


@periodic(every=timedelta(minutes=5))
def tell_what_is_new(now: datetime) -> None:
    _each([pair for pair in digests.newsletters() if pair[0].offers_alerts], digests.send_alert, now)


@periodic(every=timedelta(minutes=15))
def send_weekly_digests(now: datetime) -> None:
    _each([pair for pair in digests.newsletters() if pair[0].offers_weekly], digests.send_digest, now)


def _each(newsletters: Iterable[tuple[NewsletterPage, Edition]], send: Callable[..., object], now: datetime) -> None:
    """One newsletter's fault keeps no other one from its readers; all faults are raised at the end."""
    faults = []
    for newsletter, edition in newsletters:
        try:
            send(newsletter, edition, now)
        except Exception as fault:
            faults.append(fault)
    if faults:
        raise ExceptionGroup("some newsletters were not sent", faults)


@periodic(every=timedelta(hours=6))
def forget_what_is_no_longer_needed(now: datetime) -> None:
    Subscriber.objects.never_confirmed(now - timedelta(days=DAYS_TO_CONFIRM)).delete()
    # They had asked again after leaving, and did not confirm: they have left as before.
    stale = Q(state=Subscriber.State.PENDING, asked_at__lt=now - timedelta(days=DAYS_TO_CONFIRM))
    Subscriber.objects.filter(stale).update(state=Subscriber.State.LEFT, left_at=now)
    gone = Subscriber.objects.filter(state=Subscriber.State.LEFT, left_at__lt=now - REMEMBERED).exclude(address="")
    gone.update(address="")
    for sending in Sending.objects.filter(done_at__lt=now - DELIVERIES_KEPT, totals__isnull=True):
        totals = sending.deliveries.tally() | {"left": sending.deliveries.left_since()}
        Sending.objects.filter(pk=sending.pk).update(totals=totals)
        Delivery.objects.filter(sending=sending).delete()
    AnnouncedStory.objects.filter(told_at__lt=now - 2 * digests.NEWS).delete()
