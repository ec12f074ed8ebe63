"""Reads subscribed calendars again, and files once."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from events.importing.apply import ImportReport, apply_reading
from events.importing.fetch import FetchError, fetch
from events.importing.parse import UnreadableError, read
from events.models import Subscription
from portal.core.tasks.durable import durable
from portal.core.zones import zone

EVERY = timedelta(hours=1)


def refresh_subscriptions(now: datetime) -> int:
    """Read every active subscription that was not read within the hour; how many were.

    To be called by a scheduler, as often as it likes. What goes wrong with one is written into its report.
    """
    due = list(due_subscriptions(now))
    for subscription in due:
        refresh(subscription, now)
    return len(due)


def due_subscriptions(now: datetime) -> QuerySet[Subscription]:
    """The active subscriptions that were not read within the hour."""
    unread = Q(read_at=None) | Q(read_at__lte=now - EVERY)
    active = Subscription.objects.filter(unread, is_active=True).exclude(url="")
    return active.select_related("calendar", "owner")


@durable
def read_if_due(subscription_pk: int) -> None:
    """In the background: a partner's server may take its time, while the scheduler has a clock to keep."""
    now = timezone.now()
    for subscription in due_subscriptions(now).filter(pk=subscription_pk):
        refresh(subscription, now)


def refresh(subscription: Subscription, now: datetime) -> ImportReport | None:
    """Read one subscription; None where nothing had changed or nothing could be read."""
    subscription.read_at = now
    try:
        found = fetch(subscription.url, subscription.etag, subscription.last_modified)
        if found.body is None:
            subscription.is_failing = False
            return None
        report = take_file(subscription, found.body, now)
    except (FetchError, UnreadableError) as error:
        subscription.is_failing = True
        subscription.report = str(error)
        return None
    else:
        subscription.etag, subscription.last_modified = found.etag[:200], found.last_modified[:80]
        subscription.is_failing = False
        subscription.report = str(report)
        return report
    finally:
        subscription.save()


def take_file(subscription: Subscription, content: bytes, now: datetime) -> ImportReport:
    """Take the events of a file in; UnreadableError where it is no calendar."""
    return apply_reading(subscription, read(content, zone(subscription.time_zone), now), now)
