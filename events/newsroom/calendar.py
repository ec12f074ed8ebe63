"""The dates of published events in the newsroom's calendar."""

from collections.abc import Iterator

from events.records import Occurrence
from events.status import EventStatus
from portal.editorial.dashboard.calendar import CalendarItem, CalendarPeriod, EntryState
from portal.editorial.dashboard.links import edit_url


def dates_of_events(period: CalendarPeriod) -> Iterator[CalendarItem]:
    """Yield the dates that begin in the period. Each date appears once, in one of its event's languages."""
    dates = Occurrence.objects.not_withdrawn().filter(
        period.pages("event__"),
        event__live=True,
        event__alias_of=None,
        start__gte=period.first,
        start__lt=period.last,
    )
    columns = ("key", "start", "is_all_day", "status", "title", "event", "event__title", "event__path")
    rows = dates.order_by("start", "pk").values(*columns, "event__owner", "event__translation_key")
    shown = set()
    for row in rows[: period.limit]:
        date = (row["event__translation_key"], row["key"])
        if date in shown:
            continue
        shown.add(date)
        is_changed = row["status"] in (EventStatus.MOVED, EventStatus.CANCELLED)
        yield CalendarItem(
            at=row["start"],
            title=row["title"] or row["event__title"],
            path=row["event__path"],
            url=edit_url(row["event"]),
            state=EntryState.EVENT,
            category="event",
            page=row["event"],
            owner=row["event__owner"],
            person=row["event__owner"],
            has_time=not row["is_all_day"],
            note=str(EventStatus(row["status"]).label) if is_changed else "",
            key=row["key"],
        )
