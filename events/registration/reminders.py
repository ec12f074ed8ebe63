"""Reminds people of the dates that they have a place at, once for each time of the date."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override

from events.pages.calendar_links import calendar_file_url
from events.records import Occurrence, Registration
from events.records.registrable import MAX_REMINDER_HOURS
from events.recurrence import SINGLE
from events.registration.links import page_url, registration_url
from events.registration.mails import place_of, when_of
from events.registration.notify import notify_registered
from events.status import EventStatus
from portal.content.mail import Message, compose, enqueue
from portal.platform.tasks.durable import PermanentFailureError, enqueue_in_each_period, mailing

# The hours before an all-day date count from nine in the morning, so that no mail arrives at midnight.
MORNING = timedelta(hours=9)


def send_reminders(now: datetime) -> None:
    """Enqueue a task for each event with reminders that are due, so that they do not delay the scheduler."""
    for event in dict.fromkeys(date.event_id for date in due_dates(now) if _people(date).exists()):
        enqueue_in_each_period(remind_of_event, event)


@mailing
def remind_of_event(event: int) -> None:
    """Enqueue the reminders of one event that are due. The next run retries those that fail."""
    now, errors = timezone.now(), []
    people = [(date, key) for date in due_dates(now, event=event) for key in _people(date)]
    try:
        if people:
            # Unannounced changes are sent first. Such a mail also counts as a reminder.
            notify_registered(people[0][0].event, now)
    except Exception as error:
        errors.append(error)
    for date, key in people:
        try:
            _remind(key, date, now)
        except Exception as error:
            errors.append(error)
    if errors:
        message = f"{len(errors)} reminders were not sent, the first because of {errors[0]!r}"
        raise PermanentFailureError(message) from ExceptionGroup("reminders", errors)


def _people(date: Occurrence) -> Any:
    """The keys of the registrations that are still to be reminded of a date."""
    return Registration.objects.to_remind_of(date, reminder_time(date)).values_list("pk", flat=True)


def due_dates(now: datetime, **facts: Any) -> Iterator[Occurrence]:
    """Yield the dates that take place and have not begun, but whose reminder time has come."""
    dates = Occurrence.objects.filter(**facts).not_withdrawn().exclude(status=EventStatus.CANCELLED)
    dates = dates.filter(seats__taken__gt=0)
    dates = dates.exclude(event__status=EventStatus.CANCELLED).filter(event__live=True, event__reminder_hours__gt=0)
    soon = dates.filter(end__gt=now, start__lte=now + timedelta(hours=MAX_REMINDER_HOURS))
    for date in soon.for_rows().order_by("start", "pk"):
        if reminder_time(date) <= now < _beginning(date):
            yield date


def reminder_time(date: Occurrence) -> datetime:
    return _beginning(date) - timedelta(hours=date.event.reminder_hours)


def _beginning(date: Occurrence) -> datetime:
    return date.start + MORNING if date.is_all_day else date.start


@transaction.atomic
def _remind(key: int, date: Occurrence, now: datetime) -> bool:
    """Enqueue one person's reminder, unless another process has, or the date or the registration changed meanwhile."""
    unchanged = Occurrence.objects.filter(pk=date.pk, start=date.start, status=date.status, is_withdrawn=False)
    claimed = Registration.objects.to_remind_of(date, reminder_time(date)).filter(pk=key)
    if not unchanged.filter(event__live=True).exists() or not claimed.update(last_mailed_at=now):
        return False
    enqueue([_message(Registration.objects.select_related("site").get(pk=key), date)])
    return True


def _message(registration: Registration, date: Occurrence) -> Message:
    page, site = date.event, registration.site
    address = page_url(page, site, "" if date.key == SINGLE else date.key)
    with override(registration.language):
        context = {
            "title": date.shown_title,
            "when": when_of(date, site),
            "place": place_of(date),
            "online": date.shown_online_url,
            "seats": registration.seats,
            "note": page.reminder_note,
            "calendar": calendar_file_url(address) if address else "",
            "link": registration_url(registration),
            "link_label": gettext("Change or cancel"),
        }
    facts = {"to": registration.address, "language": registration.language, "site": site}
    return compose("registration_reminder", context, reply_to=page.contact_email, at_most_once=True, **facts)


def withhold_reminders() -> int:
    """Count the reminders that are due as sent, for example after a restore of an older copy; return their number."""
    now = timezone.now()
    return sum(
        Registration.objects.to_remind_of(date, reminder_time(date)).update(last_mailed_at=now)
        for date in due_dates(now)
    )
