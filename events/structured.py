"""An event in the words of schema.org: its status, how to attend, its dates, and what looked back on it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portal.core.serving.editions import Edition
from portal.core.structured_data.pages import Context, breadcrumb_of, canonical_url, images_of, short_publisher
from portal.core.structured_data.schema import Data, reference, thing

if TYPE_CHECKING:
    from events.models import EventPage, Venue
    from events.places import Places

SCHEMA = "https://schema.org/"
STATUS = {
    "scheduled": "EventScheduled",
    "moved": "EventRescheduled",
    "cancelled": "EventCancelled",
    # A full event takes place all the same; that no seat is left is said by its offer.
    "full": "EventScheduled",
}
ATTENDANCE = {
    "onsite": "OfflineEventAttendanceMode",
    "online": "OnlineEventAttendanceMode",
    "mixed": "MixedEventAttendanceMode",
}
DAY = timedelta(days=1)


def event(page: "EventPage", edition: Edition, context: Context) -> list[Data]:
    """The event with its dates where it has several, or one `date` of it; and the way to it."""
    whole = canonical_url(page, edition, context.get("request"))
    date, recap = context.get("date"), context.get("recap")
    url = edition.full(edition.url_of(date)) if date else whole
    described = thing(
        "Event",
        id=f"{url}#event",
        url=url,
        name=_name(page, date),
        description=page.standfirst or page.search_description,
        inLanguage=edition.language,
        image=images_of(page, edition),
        organizer=_organiser(page) or reference(f"{edition.site.root_url}/#organization"),
        performer=[thing("Person", name=block.value["name"], jobTitle=block.value["role"]) for block in page.speakers],
        subjectOf=_recap(recap, edition) if recap else None,
        about=[thing("Thing", name=topic.name) for topic in context.get("topics") or ()],
        superEvent=thing("EventSeries", id=f"{whole}#event", url=whole, name=page.title) if date else None,
        subEvent=[] if date else [_date(page, other, whole) for other in context.get("dates") or ()],
        **_when_and_where(page, date or context.get("shown") or page),
    )
    way = breadcrumb_of(page, edition, url, date.when if date else "")
    return [short_publisher(edition), described, *way]


def in_short(page: "EventPage", edition: Edition, date: Any = None) -> Data:
    """The event, or the one `date` of it, that another page is about."""
    return _date(page, date or page, canonical_url(page, edition))


def _date(page: "EventPage", date: Any, whole: str) -> Data:
    """A date of the event at the address `whole`, or the event itself."""
    is_whole = getattr(date, "url_path", page.url_path) == page.url_path
    url = whole if is_whole else f"{whole}{date.key}/"
    return thing("Event", id=f"{url}#event", url=url, name=_name(page, date), **_when_and_where(page, date))


def _name(page: "EventPage", date: Any) -> str:
    return getattr(date, "title", "") or page.title


def _when_and_where(page: "EventPage", date: Any) -> Data:
    """What may differ between the dates of an event; `date` is one of them, or the event itself."""

    def known(name: str) -> Any:
        """What is said of the date by itself, else of its event."""
        values = (getattr(holder, name, None) for holder in (date, page))
        return next((value for value in values if value), None)

    def shown(name: str) -> Any:
        """What readers are shown, where that is not all of the date's own."""
        value = getattr(date, f"shown_{name}", None)
        return known(name) if value is None else value

    status = str(known("status") or "scheduled")
    facts: Data = {"eventStatus": SCHEMA + STATUS[status]}
    if date.start is None:
        return facts
    facts |= _span(page, date)
    place, address, online = shown("place"), shown("address"), shown("online_url")
    locations = []
    if place or address:
        venue = date.shown_venue if hasattr(date, "shown_venue") else getattr(page, "venue", None)
        locations.append(_place(place or address, address or place, venue))
    if online:
        locations.append(thing("VirtualLocation", url=online))
    facts["location"] = locations
    mode = _attendance(bool(place or address), bool(online))
    facts["eventAttendanceMode"] = SCHEMA + ATTENDANCE[mode] if mode else None
    facts["offers"] = _offer(page, status, getattr(date, "places", None))
    return facts


def _span(page: "EventPage", date: Any) -> Data:
    """Days for whole days, else moments on the clock of the place."""
    start, end = date.start.astimezone(page.zone), date.end.astimezone(page.zone) if date.end else None
    facts: Data = {"startDate": start, "endDate": None if getattr(date, "is_open_ended", False) else end}
    if getattr(date, "is_all_day", False):
        facts = {"startDate": start.date(), "endDate": max(start, end - DAY / 2).date() if end else None}
    if previous := getattr(date, "previous_start", None):
        # The vocabulary wants a day here, without an hour.
        facts["previousStartDate"] = previous.astimezone(page.zone).date()
    return facts


def _place(name: str, address: str, venue: "Venue | None") -> Data:
    if venue is None:
        return thing("Place", name=name, address=address)
    geo = None
    if venue.has_coordinates:
        geo = thing("GeoCoordinates", latitude=venue.latitude, longitude=venue.longitude)
    return thing("Place", name=name, address=address, url=venue.website, geo=geo)


def _offer(page: "EventPage", status: str, places: "Places | None") -> Data | None:
    """What it costs and where to register, and whether there is room; a registration here is on the page itself."""
    words, url = getattr(page, "price", ""), getattr(page, "registration_url", "")
    if status == "cancelled" or not (words or url or status == "full" or places):
        return None
    is_full = places.is_full if places else status == "full"
    availability = SCHEMA + ("SoldOut" if is_full else "InStock")
    closes_at = places.closes_at.astimezone(page.zone) if places else None
    url = None if places else url
    return thing("Offer", description=words, url=url, availability=availability, validThrough=closes_at)


def _attendance(is_somewhere: bool, is_online: bool) -> str:
    if is_online:
        return "mixed" if is_somewhere else "online"
    return "onsite" if is_somewhere else ""


def _organiser(page: Any) -> Data | None:
    name = getattr(page, "organiser", "")
    return thing("Organization", name=name, url=getattr(page, "organiser_url", "")) if name else None


def _recap(recap: Any, edition: Edition) -> Data:
    url = canonical_url(recap, edition)
    return thing("NewsArticle", id=f"{url}#article", url=url, headline=recap.title)
