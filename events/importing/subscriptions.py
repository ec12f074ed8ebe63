"""Refreshes subscribed calendars, and imports single files."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from events.importing.apply import ImportReport, import_events
from events.importing.entries import UnreadableError
from events.importing.fetch import FetchError, fetch
from events.importing.parse import parse
from events.models import Subscription
from portal.core.tasks.durable import durable
from portal.core.zones import zone

REFRESH_INTERVAL = timedelta(hours=1)


def refresh_subscriptions(now: datetime) -> int:
    """Refresh every active subscription that is due; return the number. Errors are written to their reports."""
    due = list(due_subscriptions(now))
    for subscription in due:
        refresh(subscription, now)
    return len(due)


def due_subscriptions(now: datetime) -> QuerySet[Subscription]:
    """Return the active subscriptions that were not read within `REFRESH_INTERVAL`."""
    unread = Q(read_at=None) | Q(read_at__lte=now - REFRESH_INTERVAL)
    active = Subscription.objects.filter(unread, is_active=True).exclude(url="")
    return active.select_related("calendar", "owner")


@durable
def refresh_if_due(subscription_pk: int) -> None:
    """Refresh one subscription in the background, because a slow server must not delay the scheduler."""
    now = timezone.now()
    for subscription in due_subscriptions(now).filter(pk=subscription_pk):
        refresh(subscription, now)


def refresh(subscription: Subscription, now: datetime) -> ImportReport | None:
    """Refresh one subscription; return None if nothing has changed or it could not be read."""
    subscription.read_at = now
    try:
        found = fetch(subscription.url, subscription.etag, subscription.last_modified)
        if found.body is None:
            subscription.is_failing = False
            return None
        report = import_file(subscription, found.body, now)
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


def import_file(subscription: Subscription, content: bytes, now: datetime) -> ImportReport:
    """Import the events of a file; raise UnreadableError if it is no calendar."""
    return import_events(subscription, parse(content, zone(subscription.time_zone), now), now)
