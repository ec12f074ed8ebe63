"""Builders of partners' calendar files, and their import."""

from datetime import UTC, datetime

from events.importing.parse import parse
from events.importing.subscriptions import import_file
from events.models import EventPage, ImportedEvent
from portal.platform.zones import zone

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
PARIS = zone("Europe/Paris")
HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Partner//EN\r\n"
TAIL = "END:VCALENDAR\r\n"
BASIC = "UID:a@partner\r\nDTSTAMP:20260201T000000Z\r\nSUMMARY:Visite\r\nDTSTART;TZID=Europe/Paris:20260310T090000\r\nDTEND;TZID=Europe/Paris:20260310T110000\r\n"


def vevent(text: str) -> str:
    return f"BEGIN:VEVENT\r\n{text}END:VEVENT\r\n"


def basic(uid: str = "a@partner", **changes: str) -> str:
    """Return the basic event with changed, additional or (None) removed properties."""
    lines = dict(line.split(":", 1) for line in BASIC.strip().split("\r\n"))
    lines["UID"] = uid
    for name, value in changes.items():
        key = next((known for known in lines if known.split(";")[0] == name), None)
        if key:
            del lines[key]
        if value is not None:
            lines[name] = value
    return vevent("".join(f"{name}:{value}\r\n" for name, value in lines.items()))


def file(*events: str, head: str = "") -> bytes:
    return (HEAD + head + "".join(events) + TAIL).encode()


def parsed(*events: str, head: str = ""):
    return parse(file(*events, head=head), PARIS, NOW)


def draft(uid: str = "a@partner") -> EventPage:
    return ImportedEvent.objects.get(uid=uid).event.get_latest_revision_as_object()


def import_events(partner, *events: str, head: str = ""):
    return import_file(partner, file(*events, head=head), NOW)
