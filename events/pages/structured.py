"""Describes an event in schema.org terms: status, attendance mode, dates, offers and recap."""

from datetime import timedelta
from typing import Any

from events.availability import SeatAvailability
from events.records.venues import Venue
from events.status import Attendance
from portal.content.serving.editions import Edition
from portal.content.structured_data.pages import Context, breadcrumb_of, canonical_url, images_of, organization
from portal.content.structured_data.schema import Data, postal_address, reference, thing

SCHEMA = "https://schema.org/"
STATUS = {
    "scheduled": "EventScheduled",
    "moved": "EventRescheduled",
    "cancelled": "EventCancelled",
    # A full event still takes place. Its offer says that no seat is left.
    "full": "EventScheduled",
}
ATTENDANCE = {
    "onsite": "OfflineEventAttendanceMode",
    "online": "OnlineEventAttendanceMode",
    "mixed": "MixedEventAttendanceMode",
}
DAY = timedelta(days=1)


def event_data(page: Any, edition: Edition, context: Context) -> list[Data]:
    """Return the data of an event, or of just one `date`, and the breadcrumb."""
    whole = canonical_url(page, edition, context.get("request"))
    date, recap = context.get("date"), context.get("recap")
    url = edition.full(edition.url_of(date)) if date else whole
    others = context.get("dates") or ()
    series = "EventSeries" if others else "Event"
    organiser = thing("Organization", name=page.organiser, url=page.organiser_url) if page.organiser else None
    data = thing(
        "Event" if date else series,
        id=f"{url}#event",
        url=url,
        name=_name_of(page, date),
        description=page.standfirst or page.search_description,
        inLanguage=edition.language,
        image=images_of(page, edition),
        organizer=organiser or reference(f"{edition.site.root_url}/#organization"),
        performer=[thing("Person", name=block.value["name"], jobTitle=block.value["role"]) for block in page.speakers],
        subjectOf=_recap_data(recap, edition) if recap else None,
        about=[thing("Thing", name=topic.name) for topic in context.get("topics") or ()],
        superEvent=thing(series, id=f"{whole}#event", url=whole, name=page.title) if date else None,
        subEvent=[] if date else [_date_data(page, other, whole) for other in others],
        **_when_and_where(page, date or context.get("shown") or page, url),
    )
    breadcrumb = breadcrumb_of(page, edition, url, date.when if date else "")
    return [organization(edition), data, *breadcrumb]


def event_summary(page: Any, edition: Edition, date: Any = None) -> Data:
    """Return a summary of an event, or of just one `date`, for its recap's data."""
    return _date_data(page, date or page, canonical_url(page, edition))


def _date_data(page: Any, date: Any, whole: str) -> Data:
    """Return the data of a date, or of the event itself; `whole` is the event's URL."""
    is_whole = date.url_path == page.url_path
    url = whole if is_whole else f"{whole}{date.key}/"
    kind = "EventSeries" if is_whole and page.is_series else "Event"
    return thing(kind, id=f"{url}#event", url=url, name=_name_of(page, date), **_when_and_where(page, date, url))


def _name_of(page: Any, date: Any) -> str:
    return (date and date.title) or page.title


def _when_and_where(page: Any, date: Any, url: str) -> Data:
    """Return the properties that may differ between an event's dates.

    `date` is a date or the event itself; `url` is the page that links to the registration form.
    """

    status = str(date.status)
    data: Data = {"eventStatus": SCHEMA + STATUS[status]}
    if date.start is None:
        return data
    data |= _span_data(page, date)
    place, address, online = date.shown_place, date.shown_address, date.shown_online_url
    locations = []
    if place or address:
        locations.append(place_data(place or address, address or place, date.shown_venue))
    if online:
        locations.append(thing("VirtualLocation", url=online))
    data["location"] = locations
    mode = Attendance.at(is_somewhere=bool(place or address), is_online=bool(online))
    data["eventAttendanceMode"] = SCHEMA + ATTENDANCE[mode] if mode else None
    data["offers"] = _offer(page, status, None if date is page else date.availability, url)
    return data


def _span_data(page: Any, date: Any) -> Data:
    """Return days for an all-day event, otherwise date-times in the event's zone."""
    start, end = date.start.astimezone(page.zone), date.end.astimezone(page.zone) if date.end else None
    data: Data = {"startDate": start, "endDate": None if date.is_open_ended else end}
    if date.is_all_day:
        data = {"startDate": start.date(), "endDate": max(start, end - DAY / 2).date() if end else None}
    if previous := date.previous_start:
        # Schema.org expects a day, but search engines also read a time. Often only the time has changed.
        local = previous.astimezone(page.zone)
        data["previousStartDate"] = local.date() if date.is_all_day else local
    return data


def place_data(name: str, address: str, venue: Venue | None) -> Data:
    postal = postal_address(address)
    if venue is None:
        return thing("Place", name=name, address=postal)
    geo = None
    if venue.has_coordinates:
        geo = thing("GeoCoordinates", latitude=venue.latitude, longitude=venue.longitude)
    return thing("Place", name=name, address=postal, url=venue.website, geo=geo)


def _offer(page: Any, status: str, availability: SeatAvailability | None, url: str) -> Data | None:
    """Return price, registration URL and availability; `url` is the event's URL."""
    price, elsewhere, amount = page.price, page.registration_url, page.price_amount
    if status == "cancelled" or not (price or elsewhere or status == "full" or availability or amount is not None):
        return None
    is_full = availability.is_full if availability else status == "full"
    stock = SCHEMA + ("SoldOut" if is_full else "InStock")
    closes_at = availability.closes_at.astimezone(page.zone) if availability else None
    url = url if availability else elsewhere or url
    cost = {} if amount is None else {"price": f"{amount:.2f}", "priceCurrency": page.price_currency}
    return thing("Offer", description=price, url=url, availability=stock, validThrough=closes_at, **cost)


def _recap_data(recap: Any, edition: Edition) -> Data:
    url = canonical_url(recap, edition)
    return thing("NewsArticle", id=f"{url}#article", url=url, headline=recap.title)
