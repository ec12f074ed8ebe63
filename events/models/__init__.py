"""The models of events: pages, series, dates, registrations, venues, recaps and subscribed calendars."""

from events.models.calendars import CalendarPage
from events.models.dates import CalendarEntry, Occurrence, OccurrencePlacement
from events.models.event import EventPage, EventQuerySet
from events.models.recap import RecapPage, RecapRequest, events_of_recaps, recaps_by_date
from events.models.registrations import DateSeats, EventConsent, Registration
from events.models.series import AddedDate, Break, ChangedDate
from events.models.settings import EventSettings
from events.models.subscriptions import ImportedEvent, Subscription
from events.models.venues import Venue
from events.status import Attendance, EventStatus

__all__ = [
    "AddedDate",
    "Attendance",
    "Break",
    "CalendarEntry",
    "CalendarPage",
    "ChangedDate",
    "DateSeats",
    "EventConsent",
    "EventPage",
    "EventQuerySet",
    "EventSettings",
    "EventStatus",
    "ImportedEvent",
    "Occurrence",
    "OccurrencePlacement",
    "RecapPage",
    "RecapRequest",
    "Registration",
    "Subscription",
    "Venue",
    "events_of_recaps",
    "recaps_by_date",
]
