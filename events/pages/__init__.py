"""The pages of events, and how they respond to requests."""

from events.pages.calendar import CalendarPage
from events.pages.event import EventPage, EventQuerySet
from events.pages.recap import RecapPage, RecapRequest, recaps_by_date

__all__ = [
    "CalendarPage",
    "EventPage",
    "EventQuerySet",
    "RecapPage",
    "RecapRequest",
    "recaps_by_date",
]
