"""Reads a list of subscribers from a CSV file, or rejects it, before anything is written."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from portal.newsletter.importing.columns import Columns, Standing, columns_of, plain_name
from portal.platform.addresses import address_key, normalize_address

# The file is read during the request.
MAX_FILE_SIZE = 5 * 1024 * 1024
# No newsletter was mailed before: an earlier date is a typo, or a placeholder for an unknown one.
FIRST_YEAR = 1990
MOST_NAMED = 5
# A cell with an address after its first line: its opening quote is closed in a later line only.
SWALLOWED = re.compile(r"[\r\n].*?[^\s@]@[^\s@]+\.", re.DOTALL)


class ImportListError(ValueError):
    """The file is not a list of subscribers, or has a column or value with an unknown meaning."""


@dataclass(frozen=True)
class ImportedSubscriber:
    """`consented_at` is a date or time in ISO 8601; empty if the list has none."""

    address: str
    consented_at: str = ""


@dataclass(frozen=True)
class RejectedLine:
    line: int
    reason: str


def read_list(content: bytes) -> tuple[list[ImportedSubscriber], list[RejectedLine]]:
    """The subscribers in a CSV file, and all other lines that are not empty; raises ImportListError."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ImportListError(_("The file is not UTF-8 text."))
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [str(name or "") for name in rows.fieldnames or []]
    except csv.Error as error:
        raise ImportListError(
            _("Line %(line)d is not a valid line of a CSV file.") % {"line": rows.line_num}
        ) from error
    columns = columns_of(names)
    _check_columns(names, columns)
    return _subscribers_in(rows, columns)


def _check_columns(names: list[str], columns: Columns) -> None:
    """Raise ImportListError if there is no address, or if a column has no name, a repeated name or an unknown one."""
    if columns.address is None:
        raise ImportListError(_("The first line has no column “email”."))
    for number, name in enumerate(names, 1):
        if not plain_name(name):
            raise ImportListError(
                _(
                    "Column %(number)d has no name; it may say who has unsubscribed. Name it, or remove it from the "
                    "file. Nothing was imported."
                )
                % {"number": number}
            )
        if plain_name(name) in map(plain_name, names[: number - 1]):
            raise ImportListError(
                _("Two columns have the name “%(name)s”. Nothing was imported.") % {"name": name.strip()}
            )
    if columns.unknown:
        unknown = ", ".join(f"“{name.strip()}”" for name in columns.unknown[:MOST_NAMED])
        raise ImportListError(
            _(
                "The meaning of these columns is unknown: %(names)s. One of them may say who has unsubscribed. Remove "
                "them from the file if they do not. Nothing was imported."
            )
            % {"names": unknown}
        )


def _rows_of(rows: csv.DictReader[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row with its first line; raise ImportListError where quotes do not pair or cells are missing."""
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise _unpaired(line) from error
        # DictReader stores the cells beyond the last column under None, and None for a missing cell.
        beyond: Any = row.pop(None, [])  # type: ignore[call-overload]
        cells: list[Any] = [*row.values(), *beyond]
        if any(SWALLOWED.search(cell or "") for cell in cells):
            raise _unpaired(line)
        if not any((cell or "").strip() for cell in cells):
            continue
        if None in cells or any(cell.strip() for cell in beyond):
            raise ImportListError(
                _("Line %(line)d has more or fewer cells than there are columns. Nothing was imported.")
                % {"line": line}
            )
        yield line, row


def _unpaired(line: int) -> ImportListError:
    return ImportListError(
        _("The quotes in line %(line)d are not paired, so other lines would be lost in it. Nothing was imported.")
        % {"line": line}
    )


def _subscribers_in(rows: csv.DictReader[str], columns: Columns) -> tuple[list[ImportedSubscriber], list[RejectedLine]]:
    subscribers: dict[str, tuple[int, ImportedSubscriber]] = {}
    left: set[str] = set()
    rejected = []
    for line, row in _rows_of(rows):
        try:
            address = normalize_address(row[columns.address or ""])
        except ValueError:
            rejected.append(RejectedLine(line, _("no e-mail address")))
            continue
        standing, column = columns.standing_of(row)
        if standing is Standing.UNKNOWN:
            raise ImportListError(
                _("Line %(line)d: “%(value)s” in the column “%(column)s” is not supported. Nothing was imported.")
                % {"line": line, "value": row[column][:60], "column": column.strip()}
            )
        key = address_key(address)
        consented_at = next(filter(None, (row[name].strip() for name in columns.consent)), "")
        if standing is Standing.LEFT:
            left.add(key)
            reason = _("has unsubscribed, or never agreed (column “%(column)s”)")
            rejected.append(RejectedLine(line, reason % {"column": column.strip()}))
        elif reason := _problem_with_consent(consented_at):
            rejected.append(RejectedLine(line, reason))
        elif key in subscribers:
            rejected.append(RejectedLine(line, _("the same address as in line %d") % subscribers[key][0]))
        else:
            subscribers[key] = line, ImportedSubscriber(address, consented_at)
    # An address in two lines has left if one of them says so.
    lines = [subscribers.pop(key)[0] for key in left & subscribers.keys()]
    rejected += [RejectedLine(line, _("has unsubscribed according to another line")) for line in lines]
    accepted = [subscriber for _line, subscriber in subscribers.values()]
    return accepted, sorted(rejected, key=lambda each: each.line)


def _problem_with_consent(consented_at: str) -> str:
    """What is wrong with the time of a consent, in words; empty if it is valid."""
    if not consented_at:
        return ""
    agreed_at = parse_time(consented_at)
    if agreed_at is None:
        return _("not a date such as 2025-03-31")
    if agreed_at.year < FIRST_YEAR:
        return _("a consent from before newsletters existed")
    # A time in the year 9999 cannot be compared in every time zone.
    if agreed_at.year > timezone.now().year + 1 or agreed_at > timezone.now():
        return _("a consent in the future")
    return ""


def parse_time(text: str) -> datetime | None:
    """A date or a time in ISO 8601; None for anything else."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return timezone.make_aware(found) if found and timezone.is_naive(found) else found
