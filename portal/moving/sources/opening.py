"""Recognises the source type of a file."""

import gzip
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from portal.moving.sources.event_plugins import with_events
from portal.moving.sources.feeds import read_feed, read_json_feed
from portal.moving.sources.json_exports import read_json_export
from portal.moving.sources.spool import read_records
from portal.moving.sources.spreadsheet import read_spreadsheet
from portal.moving.wordpress.parts import GZIP, ZIP, read_export
from portal.moving.wordpress.records import Records
from portal.platform.spreadsheets.reading import OLE, SheetError, is_workbook

LOOKED_AT = 65_536
RECORDS = b'{"record"'


def records_of(path: Path, address: str = "", beat: Callable[[], object] = int) -> Records:
    """The reader for a source; an unrecognised file raises ExportError when read.

    `address` is the URL of the old site, for sources without it. `beat` is called often while a long file is read.
    """
    beginning = _beginning(path)
    if beginning.startswith(GZIP):
        is_spool = _beginning(path, gzip.open).startswith(RECORDS)
        return partial(read_records, path) if is_spool else with_events(partial(read_export, path, beat))
    if beginning.startswith((ZIP, OLE)) and _has_workbook(path):
        return partial(read_spreadsheet, path, address)
    text = beginning.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"{"):
        return partial(read_json_feed if b"jsonfeed.org" in text else read_json_export, path, address)
    is_xml = text.startswith((b"<", b"\xff\xfe", b"\xfe\xff"))
    if is_xml and b"wordpress.org/export" not in text and (b"<rss" in text or b"<feed" in text or b"<rdf:RDF" in text):
        return partial(read_feed, path, address)
    if text and not text.startswith(b"<") and path.suffix.lower() in (".csv", ".tsv", ".txt"):
        return partial(read_spreadsheet, path, address)
    return with_events(partial(read_export, path, beat))


def _beginning(path: Path, opened: Callable[..., Any] = open) -> bytes:
    """The first bytes; none for a folder or an unreadable file."""
    try:
        with opened(path, "rb") as file:
            return bytes(file.read(LOOKED_AT))
    except (OSError, EOFError):
        return b""


def _has_workbook(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            return is_workbook(file)
        except SheetError:
            # A workbook that is too large, which is reported when it is read.
            return True
