"""Event pages and how they respond to requests."""

from events.pages.event import EventPage
from events.pages.event_list import CalendarPage
from events.pages.recap import RecapPage, RecapRequest, recaps_by_date

__all__ = [
    "CalendarPage",
    "EventPage",
    "RecapPage",
    "RecapRequest",
    "recaps_by_date",
]
