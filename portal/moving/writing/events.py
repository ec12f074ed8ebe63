"""Reads the events of The Events Calendar: times, venue, organisers and price."""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from html import escape
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _, pgettext
from wagtail.models import Collection

from events.clock import instants_of, is_plausible
from events.pages.event import CURRENCIES, EventPage
from events.records.venues import Venue
from portal.moving.converting.addresses import clean_address
from portal.moving.converting.converted import Block, Converted, Note
from portal.moving.planning.survey import Survey, plain_line
from portal.moving.wordpress.records import Item
from portal.moving.wordpress.values import number_of
from portal.platform.zones import known_names


class EventReader:
    def __init__(self, survey: Survey, collection: Collection, zone: ZoneInfo):
        self.survey = survey
        self.collection = collection
        self.zone = zone
        self._zones = known_names()
        self._venues: dict[int, Venue] = {}

    def values(self, item: Item, converted: Converted) -> dict[str, Any]:
        """An event's fields, except its texts and pictures."""
        zone = self._zone(item, converted)
        page = EventPage(is_all_day=item.value("_EventAllDay") in ("yes", "1", "true"), time_zone=zone)
        start, end = (self._wall_time(item.value(name), converted) for name in ("_EventStartDate", "_EventEndDate"))
        if start is None:
            converted.notes.append(Note("event without a date", item.title))
        else:
            if end is not None and end < start:
                end = None
            page.start, page.end = instants_of(start, None if end == start else end, ZoneInfo(zone))
            page.normalize_span()
        if item.value("_EventRecurrence"):
            converted.notes.append(Note("recurrence", "the export has the dates of a series as single events"))
        names = ("start", "end", "is_all_day", "is_open_ended", "time_zone")
        return {
            **{name: getattr(page, name) for name in names},
            **self._venue(item),
            **self._organiser(item),
            **_price(item),
        }

    def _wall_time(self, text: str, converted: Converted) -> datetime | None:
        found = _wall_time(text)
        if found is None or is_plausible(found):
            return found
        converted.notes.append(Note("date left out", text))
        return None

    def _zone(self, item: Item, converted: Converted) -> str:
        zone = item.value("_EventTimezone").strip()
        if zone in self._zones:
            return zone
        if zone and zone != "UTC":
            converted.notes.append(Note("time zone", zone))
        return str(self.zone)

    def _venue(self, item: Item) -> dict[str, Any]:
        found = self.survey.others.get(number_of(item.value("_EventVenueID")) or 0)
        if found is None or found.kind != "tribe_venue" or not found.title:
            return {"venue_id": None}
        if found.wp_id not in self._venues:
            self._venues[found.wp_id] = self._stored(found)
        return {"venue_id": self._venues[found.wp_id].pk}

    def _stored(self, item: Item) -> Venue:
        town = " ".join(filter(None, (item.value("_VenueZip"), item.value("_VenueCity"))))
        parts = (item.value("_VenueAddress"), town, item.value("_VenueCountry"))
        address = ", ".join(filter(None, map(plain_line, parts)))[:300]
        name = plain_line(item.title)[:200]
        known = Venue.objects.filter(collection=self.collection, name__iexact=name, address=address).first()
        if known:
            return known
        latitude, longitude = _degrees(item.value("_VenueLat"), 90), _degrees(item.value("_VenueLng"), 180)
        has_both = latitude is not None and longitude is not None
        return Venue.objects.create(
            name=name,
            address=address,
            collection=self.collection,
            website=_website(item.value("_VenueURL")),
            latitude=latitude if has_both else None,
            longitude=longitude if has_both else None,
        )

    def _organiser(self, item: Item) -> dict[str, Any]:
        keys = [number_of(value) or 0 for value in item.meta.get("_EventOrganizerID", [])]
        found = [self.survey.others[key] for key in keys if key in self.survey.others]
        names = ", ".join(dict.fromkeys(plain_line(each.title) for each in found))
        website = next((site for each in found if (site := _website(each.value("_OrganizerWebsite")))), "")
        phones = [each.value("_OrganizerPhone").strip() for each in found]
        emails = [each.value("_OrganizerEmail").strip() for each in found]
        return {
            "organiser": names[:160],
            "organiser_url": website,
            "contact_email": next((email for email in emails if _is_email(email)), ""),
            "contact_phone": next(filter(None, phones), "")[:40],
        }


def website_of(item: Item) -> list[Block]:
    """A paragraph that leads to the event's website, often its ticket shop; none without one."""
    address = _website(item.value("_EventURL"))
    if item.kind != "tribe_events" or not address:
        return []
    parts = urlsplit(address)
    shown = escape(parts.netloc.removeprefix("www.") + parts.path.rstrip("/"))
    return [Block("paragraph", f'<p>{_("Website of the event:")} <a href="{escape(address)}">{shown}</a></p>')]


def _wall_time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip()[:16], "%Y-%m-%d %H:%M")  # noqa: DTZ007 - in the event's own zone
    except ValueError:
        return None


def _price(item: Item) -> dict[str, Any]:
    """The price in words, and its lowest number."""
    cost = plain_line(item.value("_EventCost"))
    symbol = item.value("_EventCurrencySymbol").strip()
    code = item.value("_EventCurrencyCode").strip().upper() or {"€": "EUR", "£": "GBP", "$": "USD"}.get(symbol, "")
    numbers = [found.replace(",", ".") for found in re.findall(r"\d{1,6}(?:[.,]\d{1,2})?", cost)]
    amounts = [amount for number in numbers if (amount := _decimal(number)) is not None]
    is_number = bool(re.fullmatch(r"[\d.,\s–-]+", cost))
    words = f"{cost} {symbol or code}".strip() if is_number and cost else cost
    has_amount = bool(amounts) and is_number
    if has_amount and not any(amounts):
        words = pgettext("price", "Free")
    return {
        "price": words[:200],
        "price_amount": min(amounts) if has_amount else None,
        "price_currency": code if code in CURRENCIES else CURRENCIES[0],
    }


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _degrees(text: str, most: int) -> Decimal | None:
    found = _decimal(text.strip()) if re.fullmatch(r"\s*-?\d{1,3}(\.\d+)?\s*", text) else None
    return round(found, 5) if found is not None and abs(found) <= most else None


def _website(text: str) -> str:
    text = text.strip()
    address = clean_address(text if "://" in text or not text else f"https://{text}")
    return address if address.startswith("http") and len(address) <= 200 else ""


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
