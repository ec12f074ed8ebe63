"""Reminds people of the dates that they have a place at, once for each time of the date."""

from collections.abc import Iterator
from datetime import datetime, timedelta

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

# The hours before an all-day date count from nine in the morning, so that no mail arrives at midnight.
MORNING = timedelta(hours=9)


def send_reminders(now: datetime) -> int:
    """Enqueue the reminders that are due; return their number. If some fail, raise an ExceptionGroup at the end."""
    sent, errors = 0, []
    for date in due_dates(now):
        people = Registration.objects.to_remind_of(date, reminder_time(date)).values_list("pk", flat=True)
        if people.exists():
            # A change that people have not been told of yet comes first. Its mail also counts as a reminder.
            notify_registered(date.event, now)
        for key in list(people):
            try:
                sent += _remind(key, date, now)
            except Exception as error:
                errors.append(error)
    if errors:
        raise ExceptionGroup("some reminders were not sent", errors)
    return sent


def due_dates(now: datetime) -> Iterator[Occurrence]:
    """Yield the dates that take place and have not begun, but whose reminder time has come."""
    dates = Occurrence.objects.not_withdrawn().exclude(status=EventStatus.CANCELLED).filter(seats__taken__gt=0)
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
    return compose("registration_reminder", context, reply_to=page.contact_email, **facts)


def withhold_reminders() -> int:
    """Count the reminders that are due as sent, after a restore of an older copy; return their number."""
    now = timezone.now()
    return sum(
        Registration.objects.to_remind_of(date, reminder_time(date)).update(last_mailed_at=now)
        for date in due_dates(now)
    )
