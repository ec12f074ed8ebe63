"""A partner's file is parsed with all kinds of dates and time zones. An error affects only one event."""

from datetime import date, datetime

import pytest

from events.importing.entries import UnreadableError
from events.importing.parse import parse
from events.models import ImportedEvent
from tests.events.partners import BASIC, NOW, PARIS, basic, changed, draft, import_events, parsed, vevent

FROZEN_AT = NOW

# On a busy machine, an event's time limit of half a second may end during garbage collection. Python then ignores the
# error, and it is raised again.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


# Parsing


@pytest.mark.parametrize(
    ("changes", "end"),
    [
        ({"DTEND": None}, None),
        ({"DTEND": None, "DURATION": "PT90M"}, datetime(2026, 3, 10, 10, 30)),
        ({"DURATION": "PT90M"}, datetime(2026, 3, 10, 11)),
        ({"DTSTART;VALUE=DATE": "20260310", "DTSTART": None, "DTEND": None}, datetime(2026, 3, 11)),
    ],
)
def test_end_may_be_missing_or_a_duration(changes, end):
    events = {name: value for name, value in changes.items() if name != "DTSTART"}
    text = basic(**events)
    if "DTSTART;VALUE=DATE" in changes:
        text = text.replace("DTSTART;TZID=Europe/Paris:20260310T090000\r\n", "")

    assert parsed(text).events[0].end == end


@pytest.mark.parametrize(
    ("start", "head", "zone_name", "hour", "warned"),
    [
        ("DTSTART;TZID=Romance Standard Time:20260310T090000", "", "Europe/Paris", 9, False),
        ("DTSTART;TZID=Nowhere/Land:20260310T090000", "", "Europe/Paris", 9, True),
        ("DTSTART:20260310T080000Z", "", "Europe/Paris", 9, False),
        ("DTSTART:20260310T080000Z", "X-WR-TIMEZONE:Europe/Helsinki\r\n", "Europe/Helsinki", 10, False),
        ("DTSTART:20260310T090000", "X-WR-TIMEZONE:Mars/Base\r\n", "Europe/Paris", 9, True),
        ("DTSTART;TZID=Own:20260310T090000", "OWN", "Etc/GMT+3", 9, False),
    ],
)
def test_every_kind_of_time_zone_is_understood(start, head, zone_name, hour, warned):
    own = (
        "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:-0300\r\n"
        "TZOFFSETTO:-0300\r\nTZNAME:OWN\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    text = f"UID:a@partner\r\nDTSTAMP:20260201T000000Z\r\nSUMMARY:Visite\r\n{start}\r\n"
    found = parsed(vevent(text), head=own if head == "OWN" else head)

    assert (found.events[0].zone, found.events[0].start.hour) == (zone_name, hour)
    assert bool(found.problems) is warned
    if "Nowhere" in start:
        assert "Nowhere/Land" in found.problems[0]
        assert "8" in found.problems[0]


@pytest.mark.parametrize(
    "exdate",
    [
        "EXDATE;VALUE=DATE:20260317",
        "EXDATE:20260317T080000Z",
        "EXDATE;TZID=Europe/Helsinki:20260317T100000",
        "EXDATE;TZID=Europe/Paris:20260317T090000",
        "EXDATE;TZID=Europe/Paris:20260317T090000\r\nEXDATE;TZID=Europe/Paris:20260324T090000",
    ],
)
def test_excluded_dates_may_have_any_notation(partner, exdate):
    import_events(partner, vevent(BASIC + f"RRULE:FREQ=WEEKLY;COUNT=5\r\n{exdate}\r\n"))
    days = [change.day for change in draft().changed_dates.all() if change.kind == "removed"]

    assert date(2026, 3, 17) in days
    assert len(days) == exdate.count("EXDATE")


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20260324", date(2026, 3, 24)),
        ("20260324T080000Z", date(2026, 3, 24)),
        ("20260324T070000Z", date(2026, 3, 23)),
        ("20260324T090000", date(2026, 3, 24)),
    ],
)
def test_end_of_a_rule_is_its_last_day(until, last):
    found = parsed(basic(RRULE=f"FREQ=WEEKLY;UNTIL={until}")).events[0]

    assert found.rule == f"FREQ=WEEKLY;UNTIL={last:%Y%m%d}"


def test_start_that_does_not_fit_the_rule_becomes_an_added_date():
    found = parsed(basic(RRULE="FREQ=WEEKLY;BYDAY=WE;COUNT=3"))
    event = found.events[0]

    assert event.start == datetime(2026, 3, 11, 9)
    assert event.added[0][0] == datetime(2026, 3, 10, 9)
    assert event.rule == "FREQ=WEEKLY;BYDAY=WE;COUNT=2"
    assert found.problems


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=HOURLY;COUNT=5", "FREQ=DAILY;BYHOUR=1,2", "FREQ=FOO"])
def test_invalid_rule_affects_its_own_event_only(rule):
    found = parsed(basic("bad@partner", RRULE=rule), basic("good@partner"))

    assert [event.uid for event in found.events] == ["good@partner"]
    assert found.problems
    assert "bad@partner" in found.uids or rule == "FREQ=FOO"


def test_repeated_uid_and_exception_without_series_are_reported():
    exception = changed("20260317", "20260318T140000", end="20260318T160000")
    older = basic(RRULE="FREQ=WEEKLY;COUNT=3", SEQUENCE="1", SUMMARY="Ancienne")
    newer = basic(RRULE="FREQ=WEEKLY;COUNT=3", SEQUENCE="2")
    alone = exception.replace("a@partner", "alone@partner")
    found = parsed(exception, newer, older, alone)
    events = {event.uid: event for event in found.events}

    assert events["a@partner"].title == "Visite"
    assert events["a@partner"].rule == "FREQ=WEEKLY;COUNT=3"
    change_ = events["a@partner"].changes[0]
    assert (change_.day, change_.start) == (date(2026, 3, 17), datetime(2026, 3, 18, 14))
    assert events["alone@partner"].start == datetime(2026, 3, 18, 14)
    assert len(found.problems) == 2


@pytest.mark.parametrize(
    "broken",
    [
        vevent("UID:b\r\nDTSTART:tomorrow\r\nSUMMARY:x\r\n"),
        vevent("UID:b\r\nSUMMARY:x\r\n"),
        vevent("SUMMARY:x\r\nDTSTART:20260310T090000Z\r\n"),
        vevent("UID:b\r\nDTSTART:00010101T000000Z\r\nSUMMARY:x\r\n"),
        vevent("UID:b\r\nDTSTART:20260310T090000Z\r\nDTEND:20260309T090000Z\r\n"),
        vevent("UID:b\r\nDTSTART:20260310T090000Z\r\nRRULE:FREQ=\r\n"),
        vevent("UID:b\r\nDTSTART:20260310T090000Z\r\nnonsense without a colon\r\n"),
        "BEGIN:VEVENT\r\nUID:b\r\nDTSTART:20260310T090000Z\r\n",
        vevent("UID:b\r\nDTSTART;VALUE=DATE:20260310\r\nRDATE;VALUE=PERIOD:x/y\r\n"),
        vevent("UID:" + "b" * 600 + "\r\nDTSTART:20260310T090000Z\r\n"),
    ],
)
def test_broken_event_is_reported_and_does_not_stop_others(partner, broken):
    report = import_events(partner, broken, basic("good@partner"))

    assert draft("good@partner").title == "Visite"
    assert report.problems or ImportedEvent.objects.filter(uid="b").exists()


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff\xfe\x00", b"BEGIN:VEVENT\r\nEND:VEVENT"])
def test_file_that_is_not_a_calendar_is_refused(content):
    with pytest.raises(UnreadableError):
        parse(content, PARIS, NOW)
