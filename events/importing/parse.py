"""Parses a partner's calendar file into plain values. An error affects one event and is reported with its line."""

import logging
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from time import process_time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from events.importing.budget import TooCostlyError, call_within
from events.importing.components import RawComponent, calendars, raw_component, title_in, uid_in, zones_in
from events.importing.entries import ImportedEntry, UnreadableError, entries_of
from events.importing.problems import Problems
from events.recurrence import RuleError

MAX_EVENTS = 2000
MAX_LINES = 200_000
# CPU time for one event and for the whole file. An ordinary event takes a few milliseconds.
EVENT_SECONDS = 0.5
FILE_SECONDS = 15.0

logger = logging.getLogger(__name__)


@dataclass
class ParsedFile:
    events: list[ImportedEntry] = field(default_factory=list)
    found: Problems = field(default_factory=Problems)
    # All UIDs in the file, including those of invalid events, because these are still in the source.
    uids: set[str] = field(default_factory=set)

    @property
    def problems(self) -> list[str]:
        return list(self.found)


def parse(content: bytes, zone: ZoneInfo, now: datetime) -> ParsedFile:
    """Parse a calendar file with a default time zone. Raises UnreadableError if it is not a calendar."""
    began = process_time()
    result = ParsedFile()
    lines = _lines(content, result.found)
    by_uid: dict[str, list[RawComponent]] = defaultdict(list)
    costly: list[int] = []
    for head, events in calendars(lines):
        zones = zones_in(head, zone, result.found)
        for event in events:
            line = event.line
            if uid := uid_in(event.text):
                result.uids.add(uid)
            result.found.titles[line] = title_in(event.text)
            if process_time() - began > FILE_SECONDS:
                costly.append(line)
                continue
            try:
                component = call_within(EVENT_SECONDS, raw_component, event, zones, result.found)
            except TooCostlyError:
                result.found.add(_("takes too long to read"), line)
                continue
            if component:
                by_uid[component.uid].append(component)
    for uid, components in by_uid.items():
        if process_time() - began > FILE_SECONDS:
            costly.append(components[0].line)
            continue
        _read(uid, components, result, now)
    if costly:
        words = _("The file takes too long to read: %(n)d of its events were left out.")
        result.found.add(words % {"n": len(costly)})
    _limit_events(result, now)
    return result


def _lines(content: bytes, found: Problems) -> list[str]:
    text = _decode(content, found).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    lines = text.split("\n")
    if not any(line.strip().upper() == "BEGIN:VCALENDAR" for line in lines[:50]):
        raise UnreadableError(_("This is not a calendar file."))
    if len(lines) > MAX_LINES:
        raise UnreadableError(_("The file has more than %(most)d lines.") % {"most": MAX_LINES})
    return lines


def _decode(content: bytes, found: Problems) -> str:
    """Decode UTF-8 (RFC 5545, section 3.1.4), or the encodings of older programs."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        found.add(_("The file is not in UTF-8, as calendars should be: it was read as a Windows text (cp1252)."))
        return content.decode("cp1252", errors="replace")


def _read(uid: str, components: list[RawComponent], result: ParsedFile, now: datetime) -> None:
    try:
        entries = call_within(EVENT_SECONDS, entries_of, uid, components, result.found, now)
    except UnreadableError as error:
        result.found.add(str(error), components[0].line, error.line)
    except RuleError as error:
        lines = (component.source.line_of("RRULE") for component in components)
        result.found.add(str(error), components[0].line, next(filter(None, lines), 0))
    except TooCostlyError:
        result.found.add(_("takes too long to read"), components[0].line)
    except Exception as error:
        # The library raises many kinds of errors whose messages are not meant for users.
        logger.info("An event cannot be read: %r", error)
        result.found.add(_("cannot be read"), components[0].line)
    else:
        result.events += entries
        result.uids |= {entry.uid for entry in entries}


def _limit_events(result: ParsedFile, now: datetime) -> None:
    """Sort the events and keep the first `MAX_EVENTS`."""
    result.events.sort(key=lambda entry: entry.order(now))
    left_out = len(result.events) - MAX_EVENTS
    if left_out > 0:
        words = _("Only the next %(most)d events were read; %(n)d were left out.")
        result.found.add(words % {"most": MAX_EVENTS, "n": left_out})
        del result.events[MAX_EVENTS:]
