"""In files in the style of partners' programs, each event starts at the right instant.

docs/events.md lists these programs.
"""

import re
from datetime import UTC, datetime

import pytest

from events.clock import instant
from events.importing.bounded import parse_in_time
from events.recurrence import Rule
from portal.env import BASE_DIR
from portal.platform.zones import zone
from tests.events.partners import AMERICA, EUROPE, NOW, PARIS, described, fixed

MODERN = "BEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:19960331T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n"
# The program, its header, the lines of its event, and the first one or two instants.
EXPORTS: dict[str, tuple[str, str, list[datetime]]] = {
    "Exchange": (
        "METHOD:PUBLISH\r\n" + described("Romance Standard Time", EUROPE),
        "CLASS:PUBLIC\r\nDTSTART;TZID=Romance Standard Time:20260710T090000\r\nDTEND;TZID=Romance Standard Time:20260710T100000\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        [datetime(2026, 7, 10, 7, tzinfo=UTC)],
    ),
    "Outlook": (
        described("Customized Time Zone", AMERICA),
        "DTSTART;TZID=\"Customized Time Zone\":20260710T090000\r\nDURATION:PT1H\r\nX-ALT-DESC;FMTTYPE=text/html:<p>Visite</p>",
        [datetime(2026, 7, 10, 13, tzinfo=UTC)],
    ),
    "Outlook on the web": (
        described("(UTC+01:00) Brussels\\, Copenhagen\\, Madrid\\, Paris", EUROPE),
        "DTSTART;TZID=\"(UTC+01:00) Brussels\\, Copenhagen\\, Madrid\\, Paris\":20260710T090000\r\nDURATION:PT1H",
        [datetime(2026, 7, 10, 7, tzinfo=UTC)],
    ),
    "Google Calendar": (
        "X-WR-CALNAME:Agenda\r\nX-WR-TIMEZONE:Europe/Paris\r\n",
        "DTSTART:20260710T070000Z\r\nDTEND:20260710T080000Z\r\nRRULE:FREQ=YEARLY;COUNT=2",
        [datetime(2026, 7, 10, 7, tzinfo=UTC)],
    ),
    "Apple Calendar": (
        described("Europe/Paris", MODERN),
        "DTSTART;TZID=Europe/Paris:20261020T090000\r\nDTEND;TZID=Europe/Paris:20261020T100000\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\nX-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE=Halle:geo:48.1,6.4",
        [datetime(2026, 10, 20, 7, tzinfo=UTC), datetime(2026, 10, 27, 8, tzinfo=UTC)],
    ),
    "Evolution and libical": (
        described("/freeassociation.sourceforge.net/Tzfile/Europe/Paris", MODERN),
        "DTSTART;TZID=/freeassociation.sourceforge.net/Tzfile/Europe/Paris:20260710T090000\r\nDURATION:PT1H",
        [datetime(2026, 7, 10, 7, tzinfo=UTC)],
    ),
    "Thunderbird": (
        described("/mozilla.org/20050126_1/Europe/Paris", MODERN),
        "DTSTART;TZID=/mozilla.org/20050126_1/Europe/Paris:20260710T090000\r\nDTEND;TZID=/mozilla.org/20050126_1/Europe/Paris:20260710T100000",
        [datetime(2026, 7, 10, 7, tzinfo=UTC)],
    ),
    "Sun Calendar Server": (
        "X-NSCP-CALPROPS-NAME:Agenda\r\n" + described("CET", MODERN),
        "DTSTART;TZID=CET:20260710T090000\r\nDURATION:PT1H\r\nX-NSCP-ORIGINAL-DTSTART:20260710T070000Z",
        [datetime(2026, 7, 10, 7, tzinfo=UTC)],
    ),
    "ical4j": (
        described("Etc/GMT+1", fixed("-0100")),
        "DTSTART;TZID=Etc/GMT+1:20260710T090000\r\nDURATION:PT1H",
        [datetime(2026, 7, 10, 10, tzinfo=UTC)],
    ),
    "Calendar of a website": (
        "X-WR-TIMEZONE:Europe/Paris\r\n",
        "DTSTART:20260710T090000\r\nDTEND:20260710T100000",
        [datetime(2026, 7, 10, 7, tzinfo=UTC)],
    ),
    "Booking system": (
        described("GMT+0530", fixed("+0530")),
        "DTSTART;TZID=GMT+0530:20260710T090000\r\nDTEND;TZID=GMT+0530:20260710T100000",
        [datetime(2026, 7, 10, 3, 30, tzinfo=UTC)],
    ),
}  # fmt: skip


def export(name: str) -> bytes:
    head, lines, _starts = EXPORTS[name]
    event = f"BEGIN:VEVENT\r\nUID:{name}\r\nDTSTAMP:20260201T000000Z\r\nSUMMARY:Visite\r\n{lines}\r\nEND:VEVENT\r\n"
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//{name}//EN\r\n{head}{event}END:VCALENDAR\r\n".encode()


@pytest.mark.parametrize("name", EXPORTS)
def test_event_of_an_export_starts_at_its_instant(name):
    found = parse_in_time(export(name), PARIS, NOW)
    event = found.events[0]
    first = instant(event.start, zone(event.zone))

    assert first == EXPORTS[name][2][0]
    assert not found.problems


def test_series_of_an_export_keeps_its_hour_over_the_clock_change():
    event = parse_in_time(export("Apple Calendar"), PARIS, NOW).events[0]
    starts = Rule.parse(event.rule).dates(event.start, datetime(2027, 1, 1))
    assert [instant(start, zone(event.zone)) for start in starts] == EXPORTS["Apple Calendar"][2]


def test_table_of_exports_names_each_of_them():
    text = (BASE_DIR / "docs" / "events.md").read_text()
    rows = re.findall(r"^\| ([^|]+) \| `test_exports.py`", text, re.MULTILINE)

    assert rows == list(EXPORTS)
