"""The records of events: pages, their series, their dates, where they are held, and what comes from other calendars."""

from .calendars import CalendarPage
from .dates import CalendarEntry, Occurrence, OccurrencePlacement
from .event import EventPage, EventQuerySet
from .recap import RecapPage, RecapRequest, events_looked_back_on, recapped
from .registrations import DateSeats, EventConsent, Registration
from .series import AddedDate, Break, ChangedDate
from .settings import EventSettings
from .status import Attendance, EventStatus
from .subscriptions import ImportedEvent, Subscription
from .venues import Venue

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
    "events_looked_back_on",
    "recapped",
]
