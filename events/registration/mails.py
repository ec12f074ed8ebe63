"""Emails about the state of a registration, with calendar files as attachments."""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, override
from wagtail.models import Site

from events.ical.entries import entry_of_date
from events.ical.write import calendar_text, text_of, with_full_urls
from events.pages import EventPage
from events.records import CalendarEntry, Occurrence, Registration
from events.registration.links import page_url, registration_url, site_of
from portal.content.mail import Attachment, compose, enqueue
from portal.content.records.settings import SiteSettings
from portal.platform.zones import when_for, zone

TIME = ("start", "end", "is_all_day")
PLACE = ("place", "address", "online")

DateSnapshot = dict[str, Any]


def snapshot_of_date(date: Occurrence) -> DateSnapshot:
    """Return the facts of a date as JSON values. `is_off` means that it does not take place."""
    return {
        "title": date.shown_title,
        "start": date.start.isoformat(),
        "end": date.end.isoformat(),
        "is_all_day": date.is_all_day,
        "place": date.shown_place,
        "address": date.shown_address,
        "online": date.shown_online_url,
        "is_off": date.is_cancelled or date.is_withdrawn,
    }


def differ(before: DateSnapshot, after: DateSnapshot, names: tuple[str, ...]) -> bool:
    return any(before.get(name) != after.get(name) for name in names)


class RegistrationMailKind(StrEnum):
    CONFIRMED = "confirmed"
    HELD = "held"
    RECEIVED = "received"  # waits for the organiser
    WAITING = "waiting"
    PROMOTED = "promoted"
    ADDED = "added"  # by the organiser
    CANCELLED = "cancelled"  # by the organiser


ATTENDING = {RegistrationMailKind.CONFIRMED, RegistrationMailKind.PROMOTED, RegistrationMailKind.ADDED}


def enqueue_mail(registration: Registration, kind: RegistrationMailKind, date: Occurrence) -> None:
    """Enqueue an email about a registration, without the person's input: the address may be somebody else's."""
    page = date.event
    if kind in ATTENDING:
        registration.last_mailed_at = timezone.now()
        registration.save(update_fields=["last_mailed_at", "answers_text"])
    with override(registration.language):
        is_cancelled = kind is RegistrationMailKind.CANCELLED
        context = {
            "kind": kind.value,
            "title": date.shown_title,
            "when": when_of(date, registration.site),
            "place": place_of(date),
            "online": date.shown_online_url,
            "seats": registration.seats,
            "waiting_position": registration.waiting_position,
            "link": page_url(page, registration.site) if is_cancelled else registration_url(registration),
            "link_label": _link_label(kind),
            "held_until": registration.held_until,
        }
        enclosures = calendar_attachment(page, [(date, False)]) if kind in ATTENDING else ()
    facts = {"to": registration.address, "language": registration.language, "site": registration.site}
    enqueue([compose("registration", context, attachments=enclosures, reply_to=page.contact_email, **facts)])


def _link_label(kind: RegistrationMailKind) -> str:
    if kind is RegistrationMailKind.HELD:
        return gettext("Confirm the registration")
    return gettext("To the event") if kind is RegistrationMailKind.CANCELLED else gettext("Change or cancel")


def when_of(date: Occurrence, site: Site) -> str:
    """Format the time of a date, with its time zone if that is not the site's."""
    return when_for(date, zone(SiteSettings.for_site(site).time_zone))


def place_of(date: Occurrence) -> str:
    return ", ".join(part for part in (date.shown_place, date.shown_address) if part)


def calendar_attachment(page: EventPage, dates: Iterable[tuple[Occurrence, bool]]) -> tuple[Attachment, ...]:
    """Return a calendar file for pairs of a date and whether it is cancelled; nothing for an unpublished event."""
    entry = CalendarEntry.objects.filter(event=page).first()
    if entry is None:
        return ()
    entries = [
        replace(entry_of_date(page, date, entry), is_cancelled=is_off or date.is_cancelled) for date, is_off in dates
    ]
    base = page_url(page, site_of(page)).rstrip("/")
    text = with_full_urls(text_of(entries), base) if base else text_of([replace(each, url="") for each in entries])
    file = calendar_text(page.title, {page.time_zone}, [text], method="PUBLISH")
    return (Attachment(f"{page.slug}.ics", file.encode(), "text/calendar"),)
