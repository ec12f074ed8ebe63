"""Shows readers the number of seats left on a date, and links to its registration form."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext

from events.availability import BookingStatus, SeatAvailability
from events.records import Occurrence
from events.registration.links import form_url

# With this many seats or fewer, the text says that only so many are left.
FEW = 10


@dataclass(frozen=True)
class RegistrationOffer:
    """An event page's registration offer. `address` is empty if nobody can register now."""

    status: BookingStatus
    text: str
    address: str
    closes_at: datetime

    @property
    def is_open(self) -> bool:
        return self.status in (BookingStatus.OPEN, BookingStatus.WAITING)


def offer_of(date: Occurrence, now: datetime) -> RegistrationOffer | None:
    """Return a date's offer in the active language; None if nobody can register for it on this site."""
    availability = date.availability
    if availability is None or availability.is_off or date.is_past(now):
        return None
    status = availability.status_at(now)
    address = form_url(date) if status in (BookingStatus.OPEN, BookingStatus.WAITING) else ""
    return RegistrationOffer(status, _text(status, availability), address, availability.closes_at)


def _text(status: BookingStatus, availability: SeatAvailability) -> str:
    if status is BookingStatus.CLOSED:
        return gettext("Registration is closed.")
    if status is BookingStatus.FULL:
        return gettext("No places left.")
    if status is BookingStatus.WAITING:
        return gettext("No places left, but a waiting list.")
    if availability.left is None:
        return ""
    return seats_left_text(availability.left)


def seats_left_text(left: int) -> str:
    if left <= FEW:
        return ngettext("Only %(left)d place left", "Only %(left)d places left", left) % {"left": left}
    return ngettext("%(left)d place left", "%(left)d places left", left) % {"left": left}
