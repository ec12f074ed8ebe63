"""Event tables that are not pages. They import no pages and no views."""

from events.records.dates import CalendarEntry, Occurrence, OccurrencePlacement
from events.records.letters import EventLetter
from events.records.proposals import Proposal, ProposalPicture
from events.records.registrations import DateSeats, EventConsent, Registration
from events.records.series import AddedDate, Break, ChangedDate
from events.records.settings import EventSettings
from events.records.subscriptions import ImportedEvent, Subscription
from events.records.venues import Venue

__all__ = [
    "AddedDate",
    "Break",
    "CalendarEntry",
    "ChangedDate",
    "DateSeats",
    "EventConsent",
    "EventLetter",
    "EventSettings",
    "ImportedEvent",
    "Occurrence",
    "OccurrencePlacement",
    "Proposal",
    "ProposalPicture",
    "Registration",
    "Subscription",
    "Venue",
]
