"""Refreshes subscribed calendars, and imports single files."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from events.importing.apply import ImportReport, import_events
from events.importing.bounded import PARSE_SECONDS, GivenUpError, fetch_in_time, parse_in_time
from events.importing.claims import BeingReadError, claimed
from events.importing.entries import UnreadableError
from events.importing.fetch import FetchError
from events.importing.review_mail import ask_for_reviews
from events.records import Subscription
from portal.platform.tasks.durable import durable
from portal.platform.zones import zone

REFRESH_INTERVAL = timedelta(hours=1)
# After this time the rest waits for the next task, so that mails and publications come in between.
STORE_SECONDS = 20.0
# Somebody waits for an upload, and a web server's thread with them.
UPLOAD_PARSE_SECONDS = 20.0
UPLOAD_STORE_SECONDS = 10.0
# Until somebody else has ended their reading.
WAIT = timedelta(seconds=30)
STATE_FIELDS = ["read_at", "report", "is_failing", "unfinished_since"]

logger = logging.getLogger(__name__)


def refresh_subscriptions(now: datetime) -> int:
    """Refresh every active subscription that is due; return the number. Errors are written to their reports."""
    due = list(due_subscriptions(now))
    for subscription in due:
        with suppress(BeingReadError):
            refresh(subscription, now)
    return len(due)


def due_subscriptions(now: datetime) -> QuerySet[Subscription]:
    """Return the active subscriptions that were not read to their end within `REFRESH_INTERVAL`."""
    unread = Q(read_at=None) | Q(read_at__lte=now - REFRESH_INTERVAL) | Q(unfinished_since__isnull=False)
    active = Subscription.objects.filter(unread, is_active=True).exclude(url="")
    return active.select_related("calendar", "owner", "changed_by")


@durable
def refresh_if_due(subscription_pk: int) -> None:
    """Refresh one subscription in the background, because a slow server must not delay the scheduler."""
    now = timezone.now()
    for subscription in due_subscriptions(now).filter(pk=subscription_pk):
        # Whoever reads it already goes on with it, too.
        with suppress(BeingReadError):
            _refresh_and_go_on(subscription, now)


@durable
def refresh_at_request(subscription_pk: int) -> None:
    """Refresh one subscription in the background although it may have been read within the hour.

    It is read whatever its source says of its version, since the form may have changed how it is read.
    """
    for subscription in Subscription.objects.filter(pk=subscription_pk, is_active=True).exclude(url=""):
        try:
            _refresh_and_go_on(subscription, timezone.now(), is_asked_for=True)
        except BeingReadError:
            # That reading may have begun before the form was saved.
            refresh_at_request.using(run_after=timezone.now() + WAIT).enqueue(subscription_pk)


def _refresh_and_go_on(subscription: Subscription, now: datetime, *, is_asked_for: bool = False) -> None:
    report = refresh(subscription, now, is_asked_for=is_asked_for)
    if report and report.is_unfinished:
        refresh_if_due.enqueue(subscription.pk)


def refresh(subscription: Subscription, now: datetime, *, is_asked_for: bool = False) -> ImportReport | None:
    """Refresh one subscription; return None if nothing has changed or it could not be read. Raises BeingReadError."""

    def read() -> ImportReport | None:
        # What is begun has to be read again, whatever the source says of its version.
        is_whole = is_asked_for or subscription.unfinished_since is not None
        validators = ("", "") if is_whole else (subscription.etag, subscription.last_modified)
        found = fetch_in_time(subscription.url, *validators)
        if found.body is None:
            return None
        report = import_file(subscription, found.body, now, STORE_SECONDS)
        subscription.etag, subscription.last_modified = found.etag[:200], found.last_modified[:80]
        return report

    with claimed(subscription):
        return _noted(subscription, now, read)


def read_upload(subscription: Subscription, content: bytes, now: datetime) -> ImportReport | None:
    """Import a file that somebody has uploaded; return None if it could not be read. Raises BeingReadError.

    It may end unfinished: the same file goes on where it ended.
    """

    def read() -> ImportReport:
        return import_file(subscription, content, now, UPLOAD_STORE_SECONDS, parse_seconds=UPLOAD_PARSE_SECONDS)

    with claimed(subscription):
        return _noted(subscription, now, read)


def _noted(subscription: Subscription, now: datetime, read: Callable[[], ImportReport | None]) -> ImportReport | None:
    """Note on the subscription what became of a reading, which has claimed it."""
    subscription.read_at = now
    try:
        report = read()
    except (FetchError, UnreadableError, GivenUpError) as error:
        _note_failure(subscription, str(error))
        return None
    except DatabaseError:
        raise
    except Exception:
        # A source must not look healthy when our own code fails on it, and one failure is not tried again at once.
        logger.exception("A subscribed calendar could not be read")
        _note_failure(
            subscription,
            _("The portal failed on this file. Its log says why: please tell an administrator."),
        )
        return None
    else:
        subscription.is_failing = False
        subscription.report = str(report) if report else subscription.report
        return report
    finally:
        _store_state(subscription)


def _store_state(subscription: Subscription) -> None:
    """Store what became of a reading, unless its claim has expired and somebody else reads the source."""
    claim = Subscription.objects.filter(pk=subscription.pk, reading_until=subscription.reading_until)
    claim.update(**{name: getattr(subscription, name) for name in STATE_FIELDS})
    # What the source said of its version is not true of another that somebody has written into the form meanwhile.
    is_same_source = claim.filter(url=subscription.url, calendar=subscription.calendar_id)
    is_same_source.update(etag=subscription.etag, last_modified=subscription.last_modified)


def _note_failure(subscription: Subscription, words: str) -> None:
    subscription.is_failing = True
    subscription.report = words


def import_file(
    subscription: Subscription,
    content: bytes,
    now: datetime,
    seconds: float | None = None,
    *,
    parse_seconds: float = PARSE_SECONDS,
) -> ImportReport:
    """Import the events of a file; raise UnreadableError if it is no calendar.

    With `seconds` it may end unfinished, and begins where it ended at the next call. The reviewers get their mail at
    the end, also after a process that was killed.
    """
    parsed_file = parse_in_time(content, zone(subscription.time_zone), now, parse_seconds)
    if subscription.unfinished_since is None:
        subscription.unfinished_since = timezone.now()
        subscription.save(update_fields=["unfinished_since"])
    report = import_events(subscription, parsed_file, now, seconds)
    if not report.is_unfinished:
        ask_for_reviews(subscription, subscription.unfinished_since)
        subscription.unfinished_since = None
        subscription.save(update_fields=["unfinished_since"])
    return report
