"""Books and cancels seats and promotes the waiting list, always holding the row lock of the date's seats."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from events.availability import BookingStatus, SeatAvailability
from events.pages import EventPage
from events.records import DateSeats, EventConsent, EventSettings, Occurrence, Registration
from events.records.registrable import Confirmation
from events.registration.links import site_of
from events.registration.mails import RegistrationMailKind, enqueue_mail, snapshot_of_date
from portal.content.extension_points import ReaderActKind, report_reader_act
from portal.platform.addresses import address_key, mailbox_key
from portal.platform.rate_limits import RateLimit, mail_was_followed

HELD_FOR = timedelta(minutes=30)
# The limits of unconfirmed registrations per source (`portal.content.readers.sources`): at a time, and per day.
MAX_HELD, MAX_PER_DAY = 3, 10
# Together, unconfirmed registrations may hold a quarter of a date's seats, but at least two.
HELD_PART, MIN_HELD_SEATS = 4, 2
# The limit of registrations per date and mailbox. The address may have other dots and tags.
MAX_OF_MAILBOX = 2
RETENTION_AFTER_LAPSE = timedelta(days=1)

State = Registration.State


class TooManyHeldError(Exception):
    """Too many unconfirmed registrations from one source, or too many of one mailbox for the date."""


class LargeShareError(Exception):
    """A source has booked half of a date's places within a day."""


def check_source(seats: DateSeats, source: str, wanted: int, capacity: int | None, now: datetime) -> None:
    """Raise TooManyHeldError if the source must not hold more seats. The caller must hold the lock of the seats."""
    unconfirmed = Registration.objects.filter(held_by=source, state__in=[State.HELD, State.LAPSED])
    held = list(unconfirmed.filter(registered_at__gt=now - RETENTION_AFTER_LAPSE))
    unexpired = [each for each in held if each.is_held]
    here = sum(each.seats for each in unexpired if each.date_id == seats.pk and not each.waiting_since)
    if (
        len(unexpired) >= MAX_HELD
        or len(held) >= MAX_PER_DAY
        or (here and capacity and here + wanted > max(MIN_HELD_SEATS, capacity // HELD_PART))
    ):
        raise TooManyHeldError


def check_mailbox(seats: DateSeats, address: str) -> None:
    """Raise TooManyHeldError if the address's mailbox has too many registrations for this date."""
    box = mailbox_key(address)
    addresses = seats.registrations.active().values_list("same_address", flat=True)
    if sum(mailbox_key(each) == box for each in addresses) >= MAX_OF_MAILBOX:
        raise TooManyHeldError


def check_share(seats: DateSeats, source: str, wanted: int, event: EventPage) -> None:
    """Raise LargeShareError if a source would get more than half of the date's places within a day.

    The limit is not permanent, because everybody at a university shares one source.
    """
    if event.largest_share:
        share = RateLimit("seats-source", event.largest_share, timedelta(days=1))
        if not share.allows(seats.pk, source, times=wanted):
            raise LargeShareError


class NoPlaceError(Exception):
    """There are too few seats. `left` is the number of seats that the person could get."""

    def __init__(self, left: int):
        super().__init__("no place")
        self.left = left


@dataclass(frozen=True)
class BookingRequest:
    """The data of a registration. Consents are the wordings that were shown; `source` is a keyed hash of the source."""

    name: str
    address: str
    language: str
    seats: int = 1
    answers: list[list[str]] = field(default_factory=list)
    consent: str = ""
    recap_consent: str = ""
    wants_recap: bool = False
    added_by: Any = None
    source: str = ""


@contextmanager
def locked(seats: DateSeats) -> Iterator[DateSeats]:
    """Lock the seats for the block and yield their current record."""
    with transaction.atomic():
        yield DateSeats.objects.select_for_update().get(pk=seats.pk)


def seats_for(date: Occurrence) -> DateSeats:
    """Return or create a date's seats, which all languages and aliases of its event share."""
    if date.seats:
        return date.seats
    page = date.event
    seats, _created = DateSeats.objects.get_or_create(
        event_key=page.event_key, date_key=date.key, defaults={"site": site_of(page)}
    )
    pages = EventPage.objects.filter(translation_key=page.event_key)
    aliases = EventPage.objects.filter(alias_of__in=pages)
    for group in (pages, aliases):
        Occurrence.objects.filter(event__in=group, key=date.key, seats=None).update(seats=seats)
    return seats


def register(date: Occurrence, booking: BookingRequest, now: datetime) -> Registration:
    """Register somebody for a date or put them on its waiting list, and send an email.

    An address that is already registered gets its email again. Raises NoPlaceError, TooManyHeldError and
    LargeShareError.
    """
    date = _date_on_original(date)
    with transaction.atomic():
        seats = seats_for(date)
        with locked(seats) as date.seats:
            existing = seats.registrations.active().filter(same_address=address_key(booking.address)).first()
            if existing:
                enqueue_mail(existing, _kind_of(existing, date), date)
                return existing
            if booking.source:
                check_mailbox(date.seats, booking.address)
            if booking.added_by or date.event.confirmation == Confirmation.AT_ONCE:
                registration = register_without_mail(date, booking, now)
            else:
                registration = _hold(date, date.seats, booking, now)
            if booking.source:
                check_share(date.seats, booking.source, booking.seats, date.event)
            kind = RegistrationMailKind.ADDED if booking.added_by else _kind_of(registration, date)
            enqueue_mail(registration, kind, date)
            if not registration.is_held:
                _report(registration, date)
            return registration


def _kind_of(registration: Registration, date: Occurrence) -> RegistrationMailKind:
    if registration.is_held:
        return RegistrationMailKind.HELD
    if registration.is_waiting:
        return RegistrationMailKind.RECEIVED if date.event.is_by_approval else RegistrationMailKind.WAITING
    return RegistrationMailKind.CONFIRMED


def _hold(date: Occurrence, seats: DateSeats, booking: BookingRequest, now: datetime) -> Registration:
    """Hold seats, or a position on the waiting list, until the link in the email is followed."""
    if booking.source:
        check_source(seats, booking.source, booking.seats, date.event.capacity, now)
    waits = _state_for(date, booking, now) == State.WAITING or date.event.is_by_approval
    registration = _create(date, seats, booking, State.HELD, now)
    registration.waiting_since = now if waits else None
    registration.held_until, registration.held_by = now + HELD_FOR, booking.source
    registration.save(update_fields=["waiting_since", "held_until", "held_by", "answers_text"])
    seats.recount()
    return registration


def confirm(registration: Registration, now: datetime) -> bool:
    """Confirm a registration by its link; return False if it is no longer held."""
    with locked(registration.date) as seats:
        found = Registration.objects.select_for_update().filter(pk=registration.pk, state=State.HELD).first()
        date = date_of(registration)
        if found is None or date is None:
            return False
        date.seats = seats
        mail_was_followed(found.held_by)
        found.state = State.WAITING if found.waiting_since else State.CONFIRMED
        found.held_until, found.held_by, found.notified = None, "", snapshot_of_date(date)
        found.save(update_fields=["state", "held_until", "held_by", "notified", "answers_text"])
        seats.recount()
        if found.is_waiting:
            _promote_waiting(seats, now)
            found.refresh_from_db()
        # In this case, `_promote_waiting` has already sent an email.
        if found.is_waiting or registration.waiting_since is None:
            enqueue_mail(found, _kind_of(found, date), date)
        _report(found, date)
        return True


def _report(registration: Registration, date: Occurrence) -> None:
    facts = {"id": str(registration.pk), "seats": registration.seats, "state": registration.state}
    starts_at = date.start.isoformat()
    kind = ReaderActKind.REGISTRATION
    report_reader_act(kind, registration.site_id, registration.event_id, starts_at=starts_at, **facts)


def free_lapsed(now: datetime) -> int:
    """Free expired held seats and give them to the waiting list; return the number of registrations."""
    freed = 0
    for seats in DateSeats.objects.filter(registrations__in=Registration.objects.lapsing(now)).distinct():
        with locked(seats) as current:
            freed += current.registrations.lapsing(now).update(
                state=State.LAPSED, waiting_since=None, cancelled_at=now, delete_at=now + RETENTION_AFTER_LAPSE
            )
            current.recount()
            _promote_waiting(current, now)
    return freed


def register_without_mail(date: Occurrence, booking: BookingRequest, now: datetime) -> Registration:
    """Register a new address without an email. Raises NoPlaceError."""
    with locked(seats_for(date)) as date.seats:
        state = State.CONFIRMED if booking.added_by else _state_for(date, booking, now)
        registration = _create(date, date.seats, booking, state, now)
        date.seats.recount()
        return registration


def _date_on_original(date: Occurrence) -> Occurrence:
    """Return the original event's date if this is an alias's: registrations belong to the original."""
    if date.event.alias_of_id is None:
        return date
    found = Occurrence.objects.filter(event=date.event.alias_of_id, event__live=True, key=date.key)
    original = found.select_related("event__venue", "venue", "seats").first()
    if original is None:
        raise NoPlaceError(0)
    return original


def _state_for(date: Occurrence, booking: BookingRequest, now: datetime) -> State:
    availability = date.availability
    if availability is None:
        raise NoPlaceError(0)
    status = availability.status_at(now)
    if status is BookingStatus.WAITING:
        if availability.fits(booking.seats):
            return State.WAITING
        raise NoPlaceError(availability.capacity or 0)
    if status is BookingStatus.OPEN and availability.admits(booking.seats):
        return State.CONFIRMED
    raise NoPlaceError(availability.left or 0)


def _create(date: Occurrence, seats: DateSeats, booking: BookingRequest, state: State, now: datetime) -> Registration:
    page, site = date.event, seats.site
    days = EventSettings.for_site(site).registration_days
    version = EventConsent.version
    return Registration.objects.create(
        site=site,
        date=seats,
        event=page,
        language=booking.language,
        state=state,
        name=booking.name,
        address=booking.address,
        same_address=address_key(booking.address),
        seats=booking.seats,
        answers=booking.answers,
        registered_at=now,
        waiting_since=now if state == State.WAITING else None,
        added_by=booking.added_by,
        consent=version(site, booking.language, booking.consent) if booking.consent else None,
        recap_consent=version(site, booking.language, booking.recap_consent) if booking.recap_consent else None,
        recap_agreed_at=now if booking.wants_recap else None,
        notified=snapshot_of_date(date),
        delete_at=date.end + timedelta(days=days),
    )


def change(
    registration: Registration, date: Occurrence, now: datetime, *, source: str = "", **facts: Any
) -> Registration:
    """Change a registration's fields. Raises NoPlaceError and, with a `source`, LargeShareError."""
    with locked(registration.date) as date.seats:
        registration = Registration.objects.select_for_update().select_related("date").get(pk=registration.pk)
        if registration.is_cancelled:
            return registration
        more = facts.get("seats", registration.seats) - registration.seats
        availability = date.availability
        if more > 0 and not (availability and _may_grow(registration, more, availability)):
            raise NoPlaceError(registration.seats + (availability.left or 0 if availability else 0))
        if more > 0 and source:
            check_share(date.seats, source, more, date.event)
        for name, value in facts.items():
            setattr(registration, name, value)
        registration.save()
        date.seats.recount()
        _promote_waiting(date.seats, now)
        return registration


def _may_grow(registration: Registration, more: int, availability: SeatAvailability) -> bool:
    if registration.is_waiting:
        return availability.fits(registration.seats + more)
    return not availability.waiting and availability.admits(more)


def set_recap_consent(registration: Registration, agrees: bool, now: datetime) -> None:
    if agrees != (registration.recap_agreed_at is not None):
        registration.recap_agreed_at = now if agrees else None
        registration.save(update_fields=["recap_agreed_at", "answers_text"])


def cancel(registration: Registration, now: datetime, *, by_organiser: bool = False) -> bool:
    """Cancel a registration and promote the waiting list; return False if it was already cancelled.

    If the organiser cancels it, the person gets an email.
    """
    with locked(registration.date) as seats:
        found = Registration.objects.select_for_update().active().filter(pk=registration.pk)
        gone = {"state": State.CANCELLED, "cancelled_at": now, "waiting_since": None, "held_until": None, "held_by": ""}
        if not found.update(**gone):
            return False
        registration.refresh_from_db()
        seats.recount()
        _promote_waiting(seats, now)
        if by_organiser and (date := date_of(registration)):
            enqueue_mail(registration, RegistrationMailKind.CANCELLED, date)
        return True


def admit(registration: Registration) -> bool:
    """Give a seat to somebody who is waiting or has not confirmed, regardless of waiting list and capacity."""
    with locked(registration.date) as seats:
        found = Registration.objects.select_for_update().filter(
            pk=registration.pk, state__in=[State.WAITING, State.HELD]
        )
        date = date_of(registration)
        if date is None or not found.update(state=State.CONFIRMED, waiting_since=None, held_until=None, held_by=""):
            return False
        was_in_line = registration.is_waiting and not date.event.is_by_approval
        registration.refresh_from_db()
        seats.recount()
        enqueue_mail(registration, RegistrationMailKind.PROMOTED if was_in_line else _kind_of(registration, date), date)
        return True


def promote_waiting(seats: DateSeats, now: datetime) -> None:
    with locked(seats) as current:
        _promote_waiting(current, now)


def _promote_waiting(seats: DateSeats, now: datetime) -> None:
    """Promote the waiting list in order. A group that does not fit yet blocks those after it, unless it never fits."""
    for first in list(seats.registrations.waiting().select_related("date")):
        date = date_of(first)
        if date is None or date.start <= now or not date.event.live or date.event.is_by_approval:
            return
        date.seats = seats
        availability = date.availability
        if availability and not availability.fits(first.seats):
            continue
        if availability is None or not availability.admits(first.seats):
            return
        first.state, first.waiting_since = State.CONFIRMED, None
        first.save(update_fields=["state", "waiting_since", "answers_text"])
        seats.recount()
        enqueue_mail(first, RegistrationMailKind.PROMOTED, date)


def date_of(registration: Registration) -> Occurrence | None:
    """Return a registration's date; None if it was deleted."""
    dates = Occurrence.objects.filter(event=registration.event_id, seats=registration.date_id)
    return dates.select_related("event__venue", "venue", "seats").first()


def delete_expired(now: datetime) -> int:
    """Delete registrations after their retention period, and the seats of past dates without registrations."""
    count, _each = Registration.objects.expired(now).delete()
    is_past = Q(occurrences=None) | Q(occurrences__end__lte=now)
    DateSeats.objects.filter(is_past, registrations=None).delete()
    return count
