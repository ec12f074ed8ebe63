"""Gives seats, takes them back, and lets those who wait move up; each under the lock of the date's seats."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from events.models import DateSeats, EventConsent, EventPage, EventSettings, Occurrence, Registration
from events.places import Intake, Places
from events.registration.links import site_of
from events.registration.mails import RegistrationMailKind, message_to
from events.registration.snapshot import snapshot_of_date
from portal.core.readers.addresses import address_key

State = Registration.State


class NoPlaceError(Exception):
    """Nobody is registered; `left` is how many places there still are, 0 for none."""

    def __init__(self, left: int):
        super().__init__("no place")
        self.left = left


@dataclass(frozen=True)
class Wish:
    """Who wants how many seats, and what they agreed to: the words that they were shown."""

    name: str
    address: str
    language: str
    seats: int = 1
    answers: list[list[str]] = field(default_factory=list)
    consent: str = ""
    recap_consent: str = ""
    wants_recap: bool = False
    added_by: Any = None


@contextmanager
def lock_on(seats: DateSeats) -> Iterator[DateSeats]:
    """The seats as they are now, and nobody else's until the end; SQLite's writers wait for each other anyway."""
    with transaction.atomic():
        yield DateSeats.objects.select_for_update().get(pk=seats.pk)


def seats_for(date: Occurrence) -> DateSeats:
    """The seats of a date, made with its first registration; all languages of the event have the same."""
    if date.seats:
        return date.seats
    page = date.event
    seats, _made = DateSeats.objects.get_or_create(
        event_key=page.event_key, date_key=date.key, defaults={"site": site_of(page)}
    )
    pages = EventPage.objects.filter(translation_key=page.event_key)
    aliases = EventPage.objects.filter(alias_of__in=pages)
    for them in (pages, aliases):
        Occurrence.objects.filter(event__in=them, key=date.key, seats=None).update(seats=seats)
    return seats


def register(date: Occurrence, wish: Wish, now: datetime) -> Registration:
    """Register somebody for a date, or put them into its line, and write to them.

    Whoever is registered already is written to once more, and nothing is changed. Raises NoPlaceError.
    """
    date = _original(date)
    with transaction.atomic():
        seats = seats_for(date)
        with lock_on(seats) as date.seats:
            known = seats.registrations.active().filter(same_address=address_key(wish.address)).first()
            if known:
                message_to(
                    known, RegistrationMailKind.WAITING if known.is_waiting else RegistrationMailKind.CONFIRMED, date
                )
                return known
            registration = register_by_hand(date, wish, now)
            come = RegistrationMailKind.ADDED if wish.added_by else RegistrationMailKind.CONFIRMED
            message_to(registration, RegistrationMailKind.WAITING if registration.is_waiting else come, date)
            return registration


def register_by_hand(date: Occurrence, wish: Wish, now: datetime) -> Registration:
    """The same of somebody who is not registered yet, and without a letter."""
    with lock_on(seats_for(date)) as date.seats:
        state = State.CONFIRMED if wish.added_by else _state_for(date, wish, now)
        registration = _keep(date, date.seats, wish, state, now)
        date.seats.recount()
        return registration


def _original(date: Occurrence) -> Occurrence:
    """The same date on the page that this one is an alias of: that is where it is looked after."""
    if date.event.alias_of_id is None:
        return date
    found = Occurrence.objects.filter(event=date.event.alias_of_id, event__live=True, key=date.key)
    original = found.select_related("event__venue", "venue", "seats").first()
    if original is None:
        raise NoPlaceError(0)
    return original


def _state_for(date: Occurrence, wish: Wish, now: datetime) -> State:
    places = date.places
    intake = places.intake(now) if places else Intake.CLOSED
    if places and intake is Intake.WAITING and places.fits(wish.seats):
        return State.WAITING
    if places is None or intake is not Intake.OPEN or not places.admits(wish.seats):
        left = places.capacity if places and intake is Intake.WAITING else places.left if places else 0
        raise NoPlaceError(left or 0)
    return State.CONFIRMED


def _keep(date: Occurrence, seats: DateSeats, wish: Wish, state: State, now: datetime) -> Registration:
    page, site = date.event, seats.site
    days = EventSettings.for_site(site).registrations_kept
    version = EventConsent.version
    return Registration.objects.create(
        site=site,
        date=seats,
        event=page,
        language=wish.language,
        state=state,
        name=wish.name,
        address=wish.address,
        same_address=address_key(wish.address),
        seats=wish.seats,
        answers=wish.answers,
        registered_at=now,
        waiting_since=now if state == State.WAITING else None,
        added_by=wish.added_by,
        consent=version(site, wish.language, wish.consent) if wish.consent else None,
        recap_consent=version(site, wish.language, wish.recap_consent) if wish.recap_consent else None,
        recap_agreed_at=now if wish.wants_recap else None,
        notified=snapshot_of_date(date),
        delete_at=date.end + timedelta(days=days),
    )


def change(registration: Registration, date: Occurrence, now: datetime, **facts: Any) -> Registration:
    """Change what somebody told of themselves, or how many come; raises NoPlaceError where more come than fit in."""
    with lock_on(registration.date) as date.seats:
        registration = Registration.objects.select_for_update().select_related("date").get(pk=registration.pk)
        if registration.is_cancelled:
            return registration
        more = facts.get("seats", registration.seats) - registration.seats
        places = date.places
        if more > 0 and not (places and _may_grow(registration, more, places)):
            raise NoPlaceError(registration.seats + (places.left or 0 if places else 0))
        for name, value in facts.items():
            setattr(registration, name, value)
        registration.save()
        date.seats.recount()
        _promote_waiting(date.seats, now)
        return registration


def _may_grow(registration: Registration, more: int, places: Places) -> bool:
    if registration.is_waiting:
        return places.fits(registration.seats + more)
    return not places.waiting and places.admits(more)


def agree_to_recap(registration: Registration, agrees: bool, now: datetime) -> None:
    """Note or take back the consent to be told of the recap, which anybody may at any time."""
    if agrees != (registration.recap_agreed_at is not None):
        registration.recap_agreed_at = now if agrees else None
        registration.save(update_fields=["recap_agreed_at", "words"])


def cancel(registration: Registration, now: datetime, *, by_hand: bool = False) -> bool:
    """Give somebody's seats back; the first who wait for them get them. Whether there was something to cancel."""
    with lock_on(registration.date) as seats:
        found = Registration.objects.select_for_update().active().filter(pk=registration.pk)
        if not found.update(state=State.CANCELLED, cancelled_at=now, waiting_since=None):
            return False
        registration.refresh_from_db()
        seats.recount()
        _promote_waiting(seats, now)
        if by_hand and (date := date_of(registration)):
            message_to(registration, RegistrationMailKind.CANCELLED, date)
        return True


def admit(registration: Registration) -> bool:
    """Give somebody who waits a seat by hand, before those who wait longer and whatever the capacity."""
    with lock_on(registration.date) as seats:
        found = Registration.objects.select_for_update().filter(pk=registration.pk, state=State.WAITING)
        date = date_of(registration)
        if date is None or not found.update(state=State.CONFIRMED, waiting_since=None):
            return False
        registration.refresh_from_db()
        seats.recount()
        message_to(registration, RegistrationMailKind.PROMOTED, date)
        return True


def promote_waiting(seats: DateSeats, now: datetime) -> None:
    """Let those who wait have what has become free: fewer come, or there is more room."""
    with lock_on(seats) as locked:
        _promote_waiting(locked, now)


def _promote_waiting(seats: DateSeats, now: datetime) -> None:
    """The line is kept: a group that does not fit in yet holds those behind it, unless it never will."""
    for first in list(seats.registrations.in_line().select_related("date")):
        date = date_of(first)
        if date is None or date.start <= now or not date.event.live:
            return
        date.seats = seats
        places = date.places
        if places and not places.fits(first.seats):
            continue
        if places is None or not places.admits(first.seats):
            return
        first.state, first.waiting_since = State.CONFIRMED, None
        first.save(update_fields=["state", "waiting_since", "words"])
        seats.recount()
        message_to(first, RegistrationMailKind.PROMOTED, date)


def date_of(registration: Registration) -> Occurrence | None:
    """The date that somebody registered for, on the page by which they did; None where that is gone."""
    dates = Occurrence.objects.filter(event=registration.event_id, seats=registration.date_id)
    return dates.select_related("event__venue", "venue", "seats").first()


def delete_outlived(now: datetime) -> int:
    """Delete registrations whose time is over, and the seats of past dates that nobody is registered for any more."""
    count, _each = Registration.objects.outlived(now).delete()
    is_past = Q(occurrences=None) | Q(occurrences__end__lte=now)
    DateSeats.objects.filter(is_past, registrations=None).delete()
    return count
