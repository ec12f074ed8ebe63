"""What is written to those who register: that they have a place, or wait for one, or do not any more."""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from django.utils.translation import gettext, override

from events.date_words import when_words
from events.ical.entries import entry_of_date
from events.ical.write import addressed, calendar_text, text_of
from events.models import CalendarEntry, EventPage, Occurrence, Registration
from events.registration.links import own_address, page_address, site_of
from portal.core.mail import Attachment, compose, enqueue


class RegistrationMailKind(StrEnum):
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    PROMOTED = "promoted"
    """Waited, and has a place now."""
    ADDED = "added"
    """Written in by the organiser."""
    CANCELLED = "cancelled"
    """By the organiser."""


COMES = {RegistrationMailKind.CONFIRMED, RegistrationMailKind.PROMOTED, RegistrationMailKind.ADDED}


def message_to(registration: Registration, kind: RegistrationMailKind, date: Occurrence) -> None:
    """Put one letter about a registration into the queue, within the present transaction.

    Nothing that the form was given goes into it: it may reach someone who never registered.
    """
    page = date.event
    with override(registration.language):
        gone = kind is RegistrationMailKind.CANCELLED
        context = {
            "kind": kind.value,
            "title": date.shown_title,
            "when": when_of(date),
            "place": place_of(date),
            "online": date.shown_online_url,
            "seats": registration.seats,
            "place_in_line": registration.place_in_line,
            "link": page_address(page, registration.site) if gone else own_address(registration),
            "link_label": gettext("To the event") if gone else gettext("Change or cancel"),
        }
        enclosures = calendar_of(page, [(date, False)]) if kind in COMES else ()
    facts = {"to": registration.address, "language": registration.language, "site": registration.site}
    enqueue([compose("registration", context, attachments=enclosures, reply_to=page.contact_email, **facts)])


def when_of(date: Occurrence) -> str:
    """The time of a date in words, with the clock that it is on."""
    words = when_words(
        date.start,
        date.end,
        date.zone,
        all_day=date.is_all_day,
        open_end=date.is_open_ended,
        last_day=date.last_day,
    )
    return words if date.is_all_day else f"{words} ({date.event.time_zone})"


def place_of(date: Occurrence) -> str:
    return ", ".join(part for part in (date.shown_place, date.shown_address) if part)


def calendar_of(page: EventPage, dates: Iterable[tuple[Occurrence, bool]]) -> tuple[Attachment, ...]:
    """A calendar file of dates of an event in the active language; true beside a date: it does not take place."""
    entry = CalendarEntry.objects.filter(event=page).first()
    if entry is None:
        return ()
    entries = [
        replace(entry_of_date(page, date, entry), is_cancelled=is_off or date.is_cancelled) for date, is_off in dates
    ]
    base = page_address(page, site_of(page)).rstrip("/")
    text = addressed(text_of(entries), base) if base else text_of([replace(each, url="") for each in entries])
    file = calendar_text(page.title, {page.time_zone}, [text])
    return (Attachment(f"{page.slug}.ics", file.encode(), "text/calendar"),)
