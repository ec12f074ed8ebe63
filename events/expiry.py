"""The times at which events change without a write: they begin, end or leave calendars, or registration closes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from events.clock import instant, midnight
from events.ical.feeds import PAST_SHOWN_FOR
from events.pages import EventPage
from events.records import Occurrence
from portal.platform.caching.expiry import next_after, next_midnights
from portal.platform.zones import zone

DAY = timedelta(days=1)


def expiry_times_of_events(now: datetime) -> Iterator[datetime]:
    dates = Occurrence.objects.all()
    yield from next_after(dates, "start", now)
    # At the end of a date, the next one is listed, or the event becomes a past one.
    yield from next_after(dates, "end", now, PAST_SHOWN_FOR)
    yield from next_midnights(EventPage.objects.order_by().values_list("time_zone", flat=True).distinct(), now)
    bookable = EventPage.objects.filter(takes_registrations=True).order_by()
    for lead in bookable.exclude(registration_lead=0).values_list("registration_lead", flat=True).distinct():
        before = timedelta(hours=lead)
        for start in next_after(dates.filter(event__registration_lead=lead), "start", now + before):
            yield start - before
    last_days = bookable.filter(registration_until__gte=now.date() - 2 * DAY)
    for last_day, name in last_days.values_list("registration_until", "time_zone").distinct():
        if (closes_at := instant(midnight(last_day + DAY), zone(name))) > now:
            yield closes_at
