"""Irregular files from other programs are imported as far as possible, and reports give event titles."""

from datetime import UTC, datetime

import pytest

from events.clock import instant
from events.importing.parse import parse
from portal.platform.zones import zone
from tests.events.partners import AMERICA, EUROPE, NOW, PARIS, basic, changed, described, file, parsed, vevent, zoned

PLACED = described("Partner/Own", EUROPE).replace(
    "BEGIN:STANDARD", "X-LIC-LOCATION:Pacific/Auckland\r\nBEGIN:STANDARD", 1
)


@pytest.mark.parametrize(
    "lines",
    [
        {"DTSTART": "20260310T080000Z  ", "DTEND": " 20260310T100000Z"},
        {"RRULE": "FREQ=WEEKLY; BYDAY=TU, TH;COUNT=4"},
        {"EXDATE;TZID=Europe/Paris": "20260317T090000, 20260324T090000"},
    ],
)
def test_blanks_within_dates_and_rules_are_ignored(lines):
    found = parsed(basic(**lines))

    assert [(each.start, each.end) for each in found.events] == [(datetime(2026, 3, 10, 9), datetime(2026, 3, 10, 11))]
    assert not found.problems


def test_zone_with_an_invented_name_is_found_by_its_description():
    event = parsed(
        basic(**{"DTSTART": None, "DTEND": None, "DTSTART;TZID=Partner/Own": "20260710T090000"}), head=PLACED
    ).events[0]

    assert event.zone == "Pacific/Auckland"
    assert instant(event.start, zone(event.zone)) == datetime(2026, 7, 9, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "event",
    [
        vevent("UID:h@partner\r\nSUMMARY:Heure\r\nDTSTART;VALUE=TIME:090000\r\n"),
        vevent("UID:h@partner\r\nSUMMARY:Heure\r\nDTSTART:20260310T090000\r\nDTEND;VALUE=TIME:100000\r\n"),
    ],
)
def test_time_without_a_day_is_reported(event):
    found = parsed(event, basic())

    assert [each.uid for each in found.events] == ["a@partner"]
    assert len(found.problems) == 1
    assert "datetime" not in found.problems[0]


def test_rule_of_an_older_format_is_named_in_the_report():
    found = parsed(basic(RRULE="W1 MO #10"))

    assert not found.problems[0].endswith(": ")


def test_zone_with_outdated_rules_is_matched_to_the_nearest():
    """Until 2006 clocks in America changed in April and October, and many programs still use these rules."""
    former = AMERICA.replace("BYDAY=1SU;BYMONTH=11", "BYDAY=-1SU;BYMONTH=10").replace(
        "BYDAY=2SU;BYMONTH=3", "BYDAY=1SU;BYMONTH=4"
    )
    found = parsed(zoned("Hausuhr", "RRULE:FREQ=WEEKLY;COUNT=30\r\n"), head=described("Hausuhr", former))

    assert (found.events[0].zone, found.events[0].start) == ("America/New_York", datetime(2026, 7, 10, 9))
    assert "America/New_York" in found.problems[0]


@pytest.mark.parametrize(
    ("sequence", "kinds"), [(1, ["removed"]), (3, ["changed"])], ids=["before it was left out", "afterwards"]
)
def test_newest_change_or_removal_of_a_date_applies(sequence, kinds):
    exception = changed("20260317", "20260318T090000", f"SUMMARY:Visite\r\nSEQUENCE:{sequence}")
    series = basic(**{
        "RRULE": "FREQ=WEEKLY;COUNT=4",
        "SEQUENCE": "2",
        "EXDATE;TZID=Europe/Paris": "20260317T090000",
    })  # fmt: skip

    found = parsed(series, exception)

    assert [change.kind for change in found.events[0].changes] == kinds


def test_change_of_a_nonexistent_date_becomes_an_added_date():
    """10 March 2026 is a Tuesday, as are all dates of the rule; the changed date is a Friday."""
    change = changed("20260320", "20260320T180000", "SUMMARY:Nocturne", end="20260320T200000")
    found = parsed(basic(RRULE="FREQ=WEEKLY;COUNT=4"), change)

    event = found.events[0]
    assert event.added == [(datetime(2026, 3, 20, 18), None)]
    assert [(each.day.day, each.hour.hour, each.title) for each in event.changes] == [(20, 18, "Nocturne")]
    assert len(found.problems) == 1


@pytest.mark.parametrize(("encoding", "problems"), [("utf-8-sig", 0), ("utf-16", 0), ("cp1252", 1)])
def test_letters_are_read_in_every_common_encoding(encoding, problems):
    content = file(basic(SUMMARY="Fête d’été")).decode().encode(encoding)
    found = parse(content, PARIS, NOW)

    assert [event.title for event in found.events] == ["Fête d’été"]
    assert len(found.problems) == problems


def test_long_lines_are_shortened_in_the_report():
    found = parsed(basic(DTSTART="x" * 100_000))

    assert len(found.problems[0]) < 500
