"""Reads a list of subscribers from a CSV file, or refuses it, before anything is written."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from portal.core.readers.addresses import address_key, normalize_address
from portal.newsletter.importing.columns import Columns, Standing, columns_of, plain

# It is read in the request.
MAX_FILE_SIZE = 5 * 1024 * 1024
# Before it there were no newsletters by mail: such a date is a slip, or what a program writes for none.
FIRST_YEAR = 1990
MOST_NAMED = 5


class ImportListError(ValueError):
    """The file is no list of subscribers, or says something of them that is not understood."""


@dataclass(frozen=True)
class ImportedSubscriber:
    address: str
    consented_at: str = ""
    """A date or time in ISO 8601; empty if the list has none."""


@dataclass(frozen=True)
class RejectedLine:
    line: int
    reason: str


def read_list(content: bytes) -> tuple[list[ImportedSubscriber], list[RejectedLine]]:
    """The subscribers in a CSV file, and the lines that were left out; raises ImportListError."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportListError(_("The file is not UTF-8 text.")) from error
    if "\0" in text:
        raise ImportListError(_("The file is not UTF-8 text."))
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = [str(name or "") for name in rows.fieldnames or []]
        columns = columns_of(names)
        if columns.address is None:
            raise ImportListError(_("The first line names no column “email”."))
        _check_names(names)
        if columns.unknown:
            unknown = ", ".join(f"“{name.strip()}”" for name in columns.unknown[:MOST_NAMED])
            raise ImportListError(
                _(
                    "It is not known what these columns say of a subscriber: %(names)s. One of them may say who has "
                    "unsubscribed. Take them out of the file if they do not. Nothing was brought in."
                )
                % {"names": unknown}
            )
        return _subscribers_in(rows, columns)
    except csv.Error as error:
        raise ImportListError(_("Line %(line)d is no line of a CSV file.") % {"line": rows.line_num}) from error


def _check_names(names: list[str]) -> None:
    """Raise ImportListError for a column that has no name, or whose name another has: what it says would be lost."""
    known: set[str] = set()
    for number, name in enumerate(names, 1):
        if not plain(name):
            raise ImportListError(
                _(
                    "Column %(number)d has no name; it may say who has unsubscribed. Name it, or take it out of the "
                    "file. Nothing was brought in."
                )
                % {"number": number}
            )
        if plain(name) in known:
            raise ImportListError(
                _("Two columns have the name “%(name)s”. Nothing was brought in.") % {"name": name.strip()}
            )
        known.add(plain(name))


def _subscribers_in(rows: csv.DictReader[str], columns: Columns) -> tuple[list[ImportedSubscriber], list[RejectedLine]]:
    subscribers: dict[str, ImportedSubscriber] = {}
    left: set[str] = set()
    rejected = []
    for row in rows:
        # DictReader has what is beyond the last column under None, and None for what is missing.
        beyond: Any = row.pop(None, [])  # type: ignore[call-overload]
        if not any((cell or "").strip() for cell in (*row.values(), *beyond)):
            continue
        if any(cell.strip() for cell in beyond) or None in row.values():
            raise ImportListError(
                _("Line %(line)d has more or fewer cells than there are columns. Nothing was brought in.")
                % {"line": rows.line_num}
            )
        value = str(row.get(columns.address or "") or "")
        if not value.strip():
            continue
        try:
            address = normalize_address(value)
        except ValueError:
            rejected.append(RejectedLine(rows.line_num, _("no e-mail address")))
            continue
        standing, column = columns.standing_of(row)
        if standing is Standing.UNKNOWN:
            raise ImportListError(
                _("Line %(line)d: “%(value)s” in the column “%(column)s” is not understood. Nothing was brought in.")
                % {"line": rows.line_num, "value": str(row.get(column) or "")[:60], "column": column.strip()}
            )
        if standing is Standing.LEFT:
            left.add(address_key(address))
            reason = _("does not receive it any more, or never agreed (column “%(column)s”)")
            rejected.append(RejectedLine(rows.line_num, reason % {"column": column.strip()}))
            continue
        consented_at = next(filter(None, (str(row.get(name) or "").strip() for name in columns.consent)), "")
        moment = parse_moment(consented_at)
        if consented_at and moment is None:
            rejected.append(RejectedLine(rows.line_num, _("no date such as 2025-03-31")))
            continue
        if moment and moment.year < FIRST_YEAR:
            rejected.append(RejectedLine(rows.line_num, _("a consent from before there were newsletters by mail")))
            continue
        # A moment of the year 9999 cannot be compared in every zone.
        if moment and (moment.year > timezone.now().year + 1 or moment > timezone.now()):
            rejected.append(RejectedLine(rows.line_num, _("a consent that is still to come")))
            continue
        subscribers.setdefault(address_key(address), ImportedSubscriber(address, consented_at))
    # Somebody who stands there twice has left, if one of the lines says so.
    return [each for key, each in subscribers.items() if key not in left], rejected


def parse_moment(text: str) -> datetime | None:
    """A date or a time in ISO 8601; None for anything else."""
    try:
        if moment := parse_datetime(text):
            return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        day: date | None = parse_date(text)
    except ValueError:
        return None
    return timezone.make_aware(datetime.combine(day, time())) if day else None
