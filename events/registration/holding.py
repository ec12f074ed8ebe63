"""Limits the seats that a source or a mailbox may hold until the link in the mail is followed."""

from datetime import datetime, timedelta

from events.pages import EventPage
from events.records import DateSeats, Registration
from portal.platform.addresses import mailbox_key
from portal.platform.rate_limits import RateLimit

HELD_FOR = timedelta(minutes=30)
# The unconfirmed registrations of one source: at once, within a day, and as a part of a date's seats (but always two).
MOST_HELD, MOST_A_DAY, LARGEST_PART = 3, 10, 4
COLLEAGUES = 2
# The registrations of one mailbox for one date, under addresses that differ in dots and tags.
MOST_OF_MAILBOX = 2
RETENTION_AFTER_LAPSE = timedelta(days=1)

State = Registration.State


class TooManyHeldError(Exception):
    """The source has too many unconfirmed registrations, or the mailbox too many for this date."""


class LargeShareError(Exception):
    """This source has registered for half of the places of the date within a day."""


def check_source(seats: DateSeats, source: str, wanted: int, capacity: int | None, now: datetime) -> None:
    """Raise TooManyHeldError if this source may hold no more; call it under the lock of the seats."""
    unconfirmed = Registration.objects.filter(held_by=source, state__in=[State.HELD, State.LAPSED])
    held = list(unconfirmed.filter(registered_at__gt=now - RETENTION_AFTER_LAPSE))
    open_ones = [each for each in held if each.is_held]
    here = sum(each.seats for each in open_ones if each.date_id == seats.pk and not each.waiting_since)
    if (
        len(open_ones) >= MOST_HELD
        or len(held) >= MOST_A_DAY
        or (here and capacity and here + wanted > max(COLLEAGUES, capacity // LARGEST_PART))
    ):
        raise TooManyHeldError


def check_mailbox(seats: DateSeats, address: str) -> None:
    """Raise TooManyHeldError if the mailbox of an address has too many registrations for this date."""
    box = mailbox_key(address)
    addresses = seats.registrations.active().values_list("same_address", flat=True)
    if sum(mailbox_key(each) == box for each in addresses) >= MOST_OF_MAILBOX:
        raise TooManyHeldError


def check_share(seats: DateSeats, source: str, wanted: int, event: EventPage) -> None:
    """Count the places of a source; raise LargeShareError beyond half of a date's within a day.

    The limit ends with the day, because a university is one source.
    """
    if event.largest_share:
        share = RateLimit("seats-source", event.largest_share, timedelta(days=1))
        if not share.allows(seats.pk, source, times=wanted):
            raise LargeShareError
