"""Edge cases of events: two time zones, a running event, the first and the last date."""

from datetime import UTC, date, datetime, timedelta

from time_machine import travel

from events.models import ChangedDate
from tests.builders import change, make_event
from tests.events.calendars import parse_strictly
from tests.events.partners import basic, draft, import_events, parsed
from tests.events.reading import titles

NOW = FROZEN_AT = datetime(2026, 3, 4, 11, tzinfo=UTC)
LIST = "/fr/bois/calendrier/"
START = datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_end_in_another_zone_is_the_same_instant_on_the_clock_of_the_start(partner):
    """The start is at nine in Paris, the end at half past ten in London."""
    text = basic(DTEND=None).replace("END:VEVENT", "DTEND;TZID=Europe/London:20260310T103000\r\nEND:VEVENT")
    assert parsed(text).events[0].end == datetime(2026, 3, 10, 11, 30)
    import_events(partner, text)

    event = draft()
    assert (event.start, event.end) == (
        datetime(2026, 3, 10, 8, tzinfo=UTC),
        datetime(2026, 3, 10, 10, 30, tzinfo=UTC),
    )
    assert event.time_zone == "Europe/Paris"


def test_running_event_is_first_and_in_this_week(lorraine, calendar):
    make_event(calendar, "Demain", start=NOW + timedelta(days=1))
    make_event(calendar, "En cours", start=NOW - timedelta(days=3), end=NOW + timedelta(days=9))
    make_event(calendar, "Hier", start=NOW - timedelta(days=1))

    assert titles(lorraine, LIST) == ["En cours", "Demain"]
    assert titles(lorraine, f"{LIST}?first=2026-03-02&last=2026-03-08") == ["En cours", "Hier", "Demain"]
    assert titles(lorraine, f"{LIST}?when=past") == ["Hier"]


def test_first_and_last_date_can_be_cancelled(lorraine, calendar):
    cancelled = [ChangedDate(day=day, kind="cancelled") for day in (date(2026, 3, 10), date(2026, 3, 24))]
    event = make_event(
        calendar, "Café", start=START + timedelta(days=7), recurrence="FREQ=WEEKLY;COUNT=3", changed_dates=cancelled
    )
    states = [row.status for row in event.occurrences.not_withdrawn().order_by("start")]
    assert states == ["cancelled", "scheduled", "cancelled"]

    assert titles(lorraine, LIST) == ["Café", "Café"]
    with travel(datetime(2026, 3, 20, tzinfo=UTC), tick=False):
        # All remaining dates are cancelled, but the last announced date is in the future.
        assert titles(lorraine, LIST) == ["Café"]
    with travel(datetime(2026, 3, 25, tzinfo=UTC), tick=False):
        assert titles(lorraine, LIST) == []
        assert titles(lorraine, f"{LIST}?when=past") == ["Café"]


def test_cancelling_dates_one_by_one_or_together_gives_the_same_calendar(lorraine, calendar):
    days = [date(2026, 3, 10), date(2026, 3, 17)]
    event = make_event(
        calendar,
        "Café",
        start=START + timedelta(days=7),
        recurrence="FREQ=WEEKLY;COUNT=2",
        changed_dates=[ChangedDate(day=day, kind="cancelled") for day in days],
    )

    def standing() -> set[str]:
        content = lorraine.reader().get("/fr/bois/agenda.ics").content
        events = parse_strictly(content).walk("VEVENT")
        return {str(each["STATUS"]) for each in events if "RECURRENCE-ID" in each or "RRULE" not in each}

    assert standing() == {"CANCELLED"}
    event = change(event, changed_dates=[], status="cancelled")
    assert {row.status for row in event.occurrences.not_withdrawn()} == {"cancelled"}
    html = lorraine.reader().get(lorraine.address(event)).content.decode()
    assert "Annulé" in html
