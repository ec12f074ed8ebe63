"""Converts events of other plugins to The Events Calendar: Events Manager, Modern Events Calendar, EventON.

Their venues are separate posts, or terms. Terms become venues when an event refers to them.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from portal.moving.wordpress.records import Item, Record, Records, Term
from portal.moving.wordpress.values import number_of, stable_number

DAY = 86_400


def with_events(records: Records) -> Records:
    """The same records, with one kind of events."""

    def read() -> Iterator[Record]:
        places = _Places()
        for record in records():
            if isinstance(record, Term):
                places.terms[record.taxonomy, record.slug] = record
            elif isinstance(record, Item) and (change := _CHANGES.get(record.kind)):
                yield from change(record, places)
                continue
            yield record

    return read


class _Places:
    def __init__(self) -> None:
        self.terms: dict[tuple[str, str], Term] = {}
        self._made: set[int] = set()

    def venue(self, item: Item, taxonomy: str, key: str = "") -> Iterator[Item]:
        """The venue that an event names by a term, yielded once; `key` is that of the term."""
        yield from self._of_term(item, taxonomy, "tribe_venue", "_EventVenueID", key)

    def organiser(self, item: Item, taxonomy: str, key: str = "") -> Iterator[Item]:
        yield from self._of_term(item, taxonomy, "tribe_organizer", "_EventOrganizerID", key)

    def _of_term(self, item: Item, taxonomy: str, kind: str, field: str, key: str) -> Iterator[Item]:
        number = number_of(key)
        terms = [term for term in self.terms.values() if term.taxonomy == taxonomy and number and term.wp_id == number]
        terms = terms or [term for slug in item.slugs(taxonomy) if (term := self.terms.get((taxonomy, slug)))]
        for term in terms[:1]:
            made = stable_number(f"{taxonomy} {term.slug}")
            item.meta[field] = [str(made)]
            if made not in self._made:
                self._made.add(made)
                yield Item(wp_id=made, kind=kind, title=term.name, status="publish")


def _set(item: Item, **values: object) -> None:
    item.meta.update({f"_Event{name}": [str(value)] for name, value in values.items() if value not in (None, "")})


def _rename(item: Item, taxonomies: dict[str, str]) -> None:
    item.kind = "tribe_events"
    item.terms = [(taxonomies.get(taxonomy, taxonomy), slug) for taxonomy, slug in item.terms]


def _events_manager(item: Item, places: _Places) -> Iterator[Record]:
    if not item.value("_event_start_date"):
        # Another plugin uses this post type.
        yield item
        return
    start = f"{item.value('_event_start_date')} {item.value('_event_start_time') or '00:00:00'}"
    end = f"{item.value('_event_end_date')} {item.value('_event_end_time') or '00:00:00'}"
    _set(
        item,
        StartDate=start,
        EndDate=end if item.value("_event_end_date") else "",
        AllDay="yes" if item.value("_event_all_day") == "1" else "",
        Timezone=item.value("_event_timezone"),
        VenueID=stable_number(f"location {item.value('_location_id')}") if item.value("_location_id") else "",
        Recurrence=item.value("_recurrence"),
    )
    _rename(item, {"event-categories": "tribe_events_cat", "event-tags": "post_tag"})
    yield item


def _location(item: Item, places: _Places) -> Iterator[Record]:
    names = {"Address": "address", "City": "town", "Zip": "postcode", "Country": "country", "Lat": "latitude"}
    names["Lng"] = "longitude"
    if not item.value("_location_id"):
        yield item
        return
    item.meta |= {f"_Venue{ours}": [item.value(f"_location_{theirs}")] for ours, theirs in names.items()}
    item.kind, item.wp_id = "tribe_venue", stable_number(f"location {item.value('_location_id')}")
    yield item


def _modern_events_calendar(item: Item, places: _Places) -> Iterator[Record]:
    is_all_day = item.value("mec_allday") == "1"
    _set(
        item,
        StartDate=_local_time(item.value("mec_start_date"), item.value("mec_start_day_seconds")),
        EndDate=_local_time(item.value("mec_end_date"), item.value("mec_end_day_seconds")),
        AllDay="yes" if is_all_day else "",
        Timezone="" if item.value("mec_timezone") == "global" else item.value("mec_timezone"),
        Cost=item.value("mec_cost"),
        URL=item.value("mec_more_info") or item.value("mec_read_more"),
        Recurrence=item.value("mec_repeat_type") if item.value("mec_repeat_status") == "1" else "",
    )
    _rename(item, {"mec_category": "tribe_events_cat"})
    yield from places.venue(item, "mec_location", item.value("mec_location_id"))
    yield from places.organiser(item, "mec_organizer", item.value("mec_organizer_id"))
    yield item


def _local_time(day: str, seconds: str) -> str:
    """The time from a day and the seconds since midnight."""
    try:
        start = datetime.strptime(day.strip(), "%Y-%m-%d")  # noqa: DTZ007 - in the event's own zone
    except ValueError:
        return ""
    return f"{start + timedelta(seconds=min(number_of(seconds.strip()) or 0, DAY - 1)):%Y-%m-%d %H:%M:%S}"


def _event_on(item: Item, places: _Places) -> Iterator[Record]:
    _set(
        item,
        StartDate=_wall_time(item.value("evcal_srow")),
        EndDate=_wall_time(item.value("evcal_erow")),
        AllDay="yes" if item.value("evcal_allday") == "yes" else "",
        Timezone=item.value("_evo_tz"),
        URL=item.value("evcal_lmlink"),
        Recurrence="yes" if item.value("evcal_repeat") == "yes" else "",
    )
    _rename(item, {"event_type": "tribe_events_cat"})
    yield from places.venue(item, "event_location")
    yield from places.organiser(item, "event_organizer")
    yield item


def _wall_time(text: str) -> str:
    """EventON stores local time as if it were UTC."""
    number = number_of(text.strip())
    if not number or number > 10**11:
        return ""
    return f"{datetime.fromtimestamp(number, UTC):%Y-%m-%d %H:%M:%S}"


_CHANGES: dict[str, Callable[[Item, _Places], Iterator[Record]]] = {
    "event": _events_manager,
    "location": _location,
    "mec-events": _modern_events_calendar,
    "ajde_events": _event_on,
}
