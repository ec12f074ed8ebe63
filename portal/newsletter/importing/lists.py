"""Reads a list of subscribers from a CSV file, or refuses it, before anything is written."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from portal.newsletter.importing.columns import Columns, Standing, columns_of, plain
from portal.platform.addresses import address_key, normalize_address

# It is read in the request.
MAX_FILE_SIZE = 5 * 1024 * 1024
# Before it there were no newsletters by mail: such a date is a slip, or what a program writes for none.
FIRST_YEAR = 1990
MOST_NAMED = 5
# In a cell of several lines: the quote that began it is of an earlier line, and its end is a later one's.
SWALLOWED = re.compile(r"[\r\n].*?[^\s@]@[^\s@]+\.", re.DOTALL)


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
    """The subscribers in a CSV file, and the lines that were left out; raises ImportListError.

    Each line that says anything is one or the other.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportListError(_("The file is not UTF-8 text.")) from error
    if "\0" in text:
        raise ImportListError(_("The file is not UTF-8 text."))
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
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


def _rows_of(rows: csv.DictReader[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with the line that it begins in; raise ImportListError where quotes do not pair."""
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise _unpaired(line) from error
        beyond: Any = row.get(None, [])  # type: ignore[call-overload]
        if any(SWALLOWED.search(cell) for cell in (*row.values(), *beyond) if isinstance(cell, str)):
            raise _unpaired(line)
        yield line, row


def _unpaired(line: int) -> ImportListError:
    return ImportListError(
        _("The quotes of line %(line)d do not pair, so that other lines would be lost in it. Nothing was brought in.")
        % {"line": line}
    )


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
    subscribers: dict[str, tuple[int, ImportedSubscriber]] = {}
    left: set[str] = set()
    rejected = []
    for line, row in _rows_of(rows):
        # DictReader has what is beyond the last column under None, and None for what is missing.
        beyond: Any = row.pop(None, [])  # type: ignore[call-overload]
        if not any((cell or "").strip() for cell in (*row.values(), *beyond)):
            continue
        if any(cell.strip() for cell in beyond) or None in row.values():
            raise ImportListError(
                _("Line %(line)d has more or fewer cells than there are columns. Nothing was brought in.")
                % {"line": line}
            )
        try:
            address = normalize_address(str(row.get(columns.address or "") or ""))
        except ValueError:
            rejected.append(RejectedLine(line, _("no e-mail address")))
            continue
        standing, column = columns.standing_of(row)
        if standing is Standing.UNKNOWN:
            raise ImportListError(
                _("Line %(line)d: “%(value)s” in the column “%(column)s” is not understood. Nothing was brought in.")
                % {"line": line, "value": str(row.get(column) or "")[:60], "column": column.strip()}
            )
        key = address_key(address)
        if standing is Standing.LEFT:
            left.add(key)
            reason = _("does not receive it any more, or never agreed (column “%(column)s”)")
            rejected.append(RejectedLine(line, reason % {"column": column.strip()}))
            continue
        consented_at = next(filter(None, (str(row.get(name) or "").strip() for name in columns.consent)), "")
        if reason := _against_consent(consented_at):
            rejected.append(RejectedLine(line, reason))
        elif key in subscribers:
            rejected.append(RejectedLine(line, _("the same address as in line %d") % subscribers[key][0]))
        else:
            subscribers[key] = line, ImportedSubscriber(address, consented_at)
    # Somebody who stands there twice has left, if one of the lines says so.
    rejected += [
        RejectedLine(line, _("has left by another line of the list"))
        for key, (line, _subscriber) in subscribers.items()
        if key in left
    ]
    taken = [subscriber for key, (_line, subscriber) in subscribers.items() if key not in left]
    return taken, sorted(rejected, key=lambda each: each.line)


def _against_consent(consented_at: str) -> str:
    """What is wrong with the time of a consent, in words; empty if nothing is."""
    if not consented_at:
        return ""
    moment = parse_moment(consented_at)
    if moment is None:
        return _("no date such as 2025-03-31")
    if moment.year < FIRST_YEAR:
        return _("a consent from before there were newsletters by mail")
    # A moment of the year 9999 cannot be compared in every zone.
    if moment.year > timezone.now().year + 1 or moment > timezone.now():
        return _("a consent that is still to come")
    return ""


def parse_moment(text: str) -> datetime | None:
    """A date or a time in ISO 8601; None for anything else."""
    try:
        if moment := parse_datetime(text):
            return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        day: date | None = parse_date(text)
    except ValueError:
        return None
    return timezone.make_aware(datetime.combine(day, time())) if day else None
