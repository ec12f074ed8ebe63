"""Builders of partners' calendar files, and their import."""

from datetime import UTC, datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from events.clock import instant
from events.importing.parse import parse
from events.importing.subscriptions import import_file
from events.models import EventPage, ImportedEvent
from portal.platform.zones import zone

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
PARIS = zone("Europe/Paris")
HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Partner//EN\r\n"
TAIL = "END:VCALENDAR\r\n"
BASIC = "UID:a@partner\r\nDTSTAMP:20260201T000000Z\r\nSUMMARY:Visite\r\nDTSTART;TZID=Europe/Paris:20260310T090000\r\nDTEND;TZID=Europe/Paris:20260310T110000\r\n"

# An event that has not ended when a form is saved.
LATE = {"DTSTART": "21000310T090000Z", "DTEND": "21000310T110000Z"}
_SEASON = "BEGIN:{part}\r\nDTSTART:16010101T0{hour}0000\r\nTZOFFSETFROM:{before}\r\nTZOFFSETTO:{after}\r\nRRULE:FREQ=YEARLY;BYDAY={day};BYMONTH={month}\r\nEND:{part}\r\n"
EUROPE = _SEASON.format(part="STANDARD", hour=3, before="+0200", after="+0100", day="-1SU", month=10) + _SEASON.format(
    part="DAYLIGHT", hour=2, before="+0100", after="+0200", day="-1SU", month=3
)
AMERICA = _SEASON.format(part="STANDARD", hour=2, before="-0400", after="-0500", day="1SU", month=11) + _SEASON.format(
    part="DAYLIGHT", hour=2, before="-0500", after="-0400", day="2SU", month=3
)


def fixed(offset: str) -> str:
    """The rules of a VTIMEZONE without clock changes."""
    return (
        f"BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\nEND:STANDARD\r\n"
    )


def described(name: str, rules: str) -> str:
    return f"BEGIN:VTIMEZONE\r\nTZID:{name}\r\n{rules}END:VTIMEZONE\r\n"


def zoned(tzid: str, more: str = "", uid: str = "a@partner", start: str = "20260710T090000") -> str:
    return vevent(f"UID:{uid}\r\nDTSTAMP:20260201T000000Z\r\nSUMMARY:Visite\r\nDTSTART;TZID={tzid}:{start}\r\n{more}")


def instants(found) -> list[tuple[str, datetime]]:
    return [(entry.uid, instant(entry.start, zone(entry.zone))) for entry in found.events]


def vevent(text: str) -> str:
    return f"BEGIN:VEVENT\r\n{text}END:VEVENT\r\n"


def basic(uid: str = "a@partner", **changes: str) -> str:
    """The basic event with changed, additional or (None) removed properties."""
    lines = dict(line.split(":", 1) for line in BASIC.strip().split("\r\n"))
    lines["UID"] = uid
    for name, value in changes.items():
        key = next((known for known in lines if known.split(";")[0] == name), None)
        if key:
            del lines[key]
        if value is not None:
            lines[name] = value
    return vevent("".join(f"{name}:{value}\r\n" for name, value in lines.items()))


def complete(uid: str = "a@partner", **facts: str) -> str:
    """An event with everything that publication requires."""
    return basic(uid, **{"LOCATION": "Halle", "DESCRIPTION": "Une visite.", "CATEGORIES": "Bois", **facts})


def changed(day: str, start: str, more: str = "", *, end: str = "", uid: str = "a@partner") -> str:
    """A changed date in a series at nine o'clock; `start` and `end` are day and hour."""
    until = f"DTEND;TZID=Europe/Paris:{end}\r\n" if end else ""
    return vevent(
        f"UID:{uid}\r\nDTSTAMP:20260201T000000Z\r\nRECURRENCE-ID;TZID=Europe/Paris:{day}T090000\r\n"
        f"DTSTART;TZID=Europe/Paris:{start}\r\n{until}{more or 'SUMMARY:Visite'}\r\n"
    )


def uploaded(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("agenda.ics", content, "text/calendar")


def file(*events: str, head: str = "") -> bytes:
    return (HEAD + head + "".join(events) + TAIL).encode()


def parsed(*events: str, head: str = ""):
    return parse(file(*events, head=head), PARIS, NOW)


def draft(uid: str = "a@partner") -> EventPage:
    return ImportedEvent.objects.get(uid=uid).event.get_latest_revision_as_object()


def import_events(partner, *events: str, head: str = ""):
    return import_file(partner, file(*events, head=head), NOW)
