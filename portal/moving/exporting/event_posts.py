"""An event as a post: its dates, place and price in the text and in the fields of The Events Calendar."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from html import escape
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from events.clock import wall_time
from events.formatting.dates import format_when
from events.pages.event import EventPage
from portal.moving.exporting.gutenberg import Gutenberg, list_block

MOST_DATES = 100


def event_text(event: EventPage, gutenberg: Gutenberg) -> Iterator[str]:
    yield list_block(_facts(event))
    yield gutenberg.stream(event.body)
    for name in ("programme", "speakers", "partners", "documents"):
        yield gutenberg.stream(getattr(event, name))


def _facts(event: EventPage) -> Iterator[str]:
    for when in _dates(event):
        yield f"<strong>{escape(when, quote=False)}</strong>"
    for name, value in (
        ("place", event.shown_place),
        ("address", event.shown_address),
        ("online_url", event.online_url),
        ("price", event.price),
        ("organiser", event.organiser),
        ("registration_url", event.registration_url),
        ("contact_name", " ".join(filter(None, (event.contact_name, event.contact_email, event.contact_phone)))),
    ):
        if value:
            label = escape(str(capfirst(event._meta.get_field(name).verbose_name)), quote=False)
            html = escape(value, quote=False)
            shown = f'<a href="{escape(value)}">{html}</a>' if name.endswith("_url") else html
            yield _("%(name)s: %(value)s") % {"name": label, "value": shown}


def _dates(event: EventPage) -> list[str]:
    """The dates in words, in the active language; for a draft, the first date."""
    published = event.occurrences.filter(is_withdrawn=False).order_by("start")[:MOST_DATES] if event.live else []
    found = [date.when for date in published]
    if found or event.start is None or event.end is None:
        return found
    return [format_when(event.start, event.end, event.zone, all_day=event.is_all_day, open_end=event.is_open_ended)]


def event_meta(event: EventPage) -> dict[str, list[str]]:
    """The custom fields of The Events Calendar. There, a whole day ends at its last second."""
    if event.start is None or event.end is None:
        return {}
    start, end = wall_time(event.start, event.zone), wall_time(event.end, event.zone)
    if event.is_all_day:
        end = datetime.combine((end - timedelta(seconds=1)).date(), time(23, 59, 59))
    values: dict[str, Any] = {
        "_EventStartDate": _text(start),
        "_EventEndDate": _text(end),
        "_EventStartDateUTC": _text(event.start.astimezone(UTC)),
        "_EventEndDateUTC": _text(end.replace(tzinfo=event.zone).astimezone(UTC)),
        "_EventTimezone": event.time_zone,
        "_EventAllDay": "yes" if event.is_all_day else "",
        "_EventURL": event.registration_url or event.organiser_url,
        "_EventCost": event.price,
        "_EventCurrencyCode": event.price_currency if event.price else "",
    }
    return {key: [value] for key, value in values.items() if value}


def _text(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S}"
