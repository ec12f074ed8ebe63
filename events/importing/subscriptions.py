"""Refreshes subscribed calendars, and imports single files."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from events.importing.apply import ImportReport, import_events
from events.importing.bounded import PARSE_SECONDS, AbortedError, fetch_in_time, parse_in_time
from events.importing.entries import UnreadableError
from events.importing.fetch import FetchError
from events.importing.review_mail import request_reviews
from events.records import Subscription
from portal.content.visibility import in_trash
from portal.platform.measuring.metrics import IMPORTS, count
from portal.platform.tasks.durable import durable
from portal.platform.zones import zone

# This is longer than it takes to read a source, but shorter than the delay before a killed process's task is retried.
CLAIM = timedelta(minutes=10)
REFRESH_INTERVAL = timedelta(hours=1)
# The next task imports the rest, so that emails and scheduled publishing can run in between.
STORE_SECONDS = 20.0
# Somebody waits for an upload, which occupies a thread of the web server.
UPLOAD_PARSE_SECONDS = 20.0
UPLOAD_STORE_SECONDS = 10.0
WAIT = timedelta(seconds=30)
STATE_FIELDS = ["read_at", "report", "is_failing", "unfinished_since"]

logger = logging.getLogger(__name__)


class AlreadyRunningError(Exception):
    """Another process is reading this source."""


@contextmanager
def claim(subscription: Subscription) -> Iterator[None]:
    """Claim a source for the block and reload it. Raises AlreadyRunningError."""
    now = timezone.now()
    until = now + CLAIM
    free = Q(reading_until=None) | Q(reading_until__lt=now)
    if not Subscription.objects.filter(free, pk=subscription.pk).update(reading_until=until):
        raise AlreadyRunningError
    try:
        subscription.refresh_from_db()
        yield
    finally:
        # Another process may have claimed the source after this claim expired.
        Subscription.objects.filter(pk=subscription.pk, reading_until=until).update(reading_until=None)


def _active() -> QuerySet[Subscription]:
    """The subscriptions that are refreshed automatically, except those of calendars in the trash."""
    return Subscription.objects.filter(~in_trash("calendar__"), is_active=True).exclude(url="")


def due_subscriptions(now: datetime) -> QuerySet[Subscription]:
    """Return active subscriptions whose last complete read is older than `REFRESH_INTERVAL`."""
    unread = Q(read_at=None) | Q(read_at__lte=now - REFRESH_INTERVAL) | Q(unfinished_since__isnull=False)
    return _active().filter(unread).select_related("calendar", "owner", "changed_by")


@durable
def refresh_if_due(subscription_pk: int) -> None:
    """Refresh one subscription in a separate task, because a slow server must not delay the scheduler."""
    now = timezone.now()
    for subscription in due_subscriptions(now).filter(pk=subscription_pk):
        with suppress(AlreadyRunningError):
            _refresh_and_continue(subscription, now)


@durable
def refresh_at_request(subscription_pk: int) -> None:
    """Refresh a subscription whose form was saved, even if it was read recently or its source is unchanged."""
    for subscription in _active().filter(pk=subscription_pk):
        try:
            _refresh_and_continue(subscription, timezone.now(), is_requested=True)
        except AlreadyRunningError:
            # The other process may have started before the form was saved.
            refresh_at_request.using(run_after=timezone.now() + WAIT).enqueue(subscription_pk)


def _refresh_and_continue(subscription: Subscription, now: datetime, *, is_requested: bool = False) -> None:
    report = refresh(subscription, now, is_requested=is_requested)
    if report and report.is_unfinished:
        refresh_if_due.enqueue(subscription.pk)


def refresh(subscription: Subscription, now: datetime, *, is_requested: bool = False) -> ImportReport | None:
    """Refresh one subscription; return None if it is unchanged or unreadable. Raises AlreadyRunningError."""
    with _reading(subscription, now):
        # An unfinished import needs the file again, even if it has not changed.
        needs_file = is_requested or subscription.unfinished_since is not None
        validators = ("", "") if needs_file else (subscription.etag, subscription.last_modified)
        found = fetch_in_time(subscription.url, *validators)
        if found.body is not None:
            report = import_file(subscription, found.body, now, STORE_SECONDS)
            subscription.etag, subscription.last_modified = found.etag[:200], found.last_modified[:80]
            return report
    return None


def read_upload(subscription: Subscription, content: bytes, now: datetime) -> ImportReport | None:
    """Import an uploaded file; return None if it could not be read. Raises AlreadyRunningError.

    If the report is unfinished, uploading the same file again continues the import.
    """
    with _reading(subscription, now):
        return import_file(subscription, content, now, UPLOAD_STORE_SECONDS, parse_seconds=UPLOAD_PARSE_SECONDS)
    return None


@contextmanager
def _reading(subscription: Subscription, now: datetime) -> Iterator[None]:
    """Claim a source for the block and store the outcome. Errors are stored as the report, not raised."""
    with claim(subscription):
        subscription.read_at = now
        try:
            yield
        except (FetchError, UnreadableError, AbortedError) as error:
            subscription.is_failing, subscription.report = True, str(error)
        except DatabaseError:
            raise
        except Exception:
            # If the error was raised, the task would be retried at once, and the report would not show the error.
            logger.exception("A subscribed calendar could not be read")
            words = _("This file could not be read. The reason is in the portal log: please tell an administrator.")
            subscription.is_failing, subscription.report = True, words
        else:
            subscription.is_failing = False
        finally:
            count(IMPORTS, kind="calendar", outcome="failed" if subscription.is_failing else "ok")
            _store_state(subscription)


def _store_state(subscription: Subscription) -> None:
    """Store the outcome of an import, unless its claim has expired."""
    rows = Subscription.objects.filter(pk=subscription.pk, reading_until=subscription.reading_until)
    rows.update(**{name: getattr(subscription, name) for name in STATE_FIELDS})
    # If the URL was changed in the form meanwhile, the ETag and date belong to the old one.
    rows = rows.filter(url=subscription.url, calendar=subscription.calendar_id)
    rows.update(etag=subscription.etag, last_modified=subscription.last_modified)


def import_file(
    subscription: Subscription,
    content: bytes,
    now: datetime,
    seconds: float | None = None,
    *,
    parse_seconds: float = PARSE_SECONDS,
) -> ImportReport:
    """Import a file's events. Raises UnreadableError if it is not a calendar.

    After `seconds` the report is unfinished, and the next call continues. The last call emails the reviewers.
    """
    parsed_file = parse_in_time(content, zone(subscription.time_zone), now, parse_seconds)
    if subscription.unfinished_since is None:
        subscription.unfinished_since = timezone.now()
        subscription.save(update_fields=["unfinished_since"])
    report = import_events(subscription, parsed_file, now, seconds)
    subscription.report = str(report)
    if not report.is_unfinished:
        request_reviews(subscription, subscription.unfinished_since)
        subscription.unfinished_since = None
        subscription.save(update_fields=["unfinished_since"])
    return report
