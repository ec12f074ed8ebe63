"""Reads a subscriber list from a spreadsheet, or rejects it, before anything is written."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from io import BytesIO

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from portal.formats.reading import read_date_and_time
from portal.newsletter.importing.columns import ColumnRole, Columns, Standing, is_email, plain_name, proposed_columns
from portal.platform.addresses import address_key, mask_addresses, normalize_address
from portal.platform.spreadsheets.reading import Row, SheetError, rows_of, unpaired_quotes

# The file is read during the request.
MAX_FILE_SIZE = 5 * 1024 * 1024
MOST_LINES = 100_000
# No newsletter was mailed before this date. An earlier date is a typo, or a placeholder for an unknown date.
FIRST_YEAR = 1990
MOST_NAMED = 5
SAMPLES = 10
# A title may come above the column names.
LAST_HEADING = 10
# A workbook of 5 MB may unpack to forty times its size.
MOST_COLUMNS, MOST_LETTERS = 200, 20_000_000
ADDRESS = re.compile(r"[^\s@]@[^\s@]+\.")
# Seconds since 1970, as in CleverReach.
SECONDS = re.compile(r"[1-9]\d{8,9}")
LONGEST_GROUP = 100


class ImportListError(ValueError):
    """The file is not a subscriber list, or has a column with an unknown meaning."""


class Refusal(StrEnum):
    """The reason why a line is left out."""

    NO_ADDRESS = "no address"
    UNSUBSCRIBED = "unsubscribed there"
    UNCONFIRMED = "unconfirmed there"
    UNKNOWN_WORD = "unknown word"
    BAD_DATE = "bad date"
    TWICE = "twice"
    NO_PROOF = "no proof"


@dataclass(frozen=True)
class ImportedSubscriber:
    """`consented_at` is None without a date of consent; `source` and `groups` are in the list's words."""

    line: int
    address: str
    consented_at: datetime | None = None
    source: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class RejectedLine:
    line: int
    reason: str
    refusal: Refusal


@dataclass(frozen=True)
class ListTable:
    """The column names, and the numbered lines below; each has one value for each column."""

    names: list[str]
    lines: list[tuple[int, list[str]]]

    @property
    def samples(self) -> list[list[str]]:
        return [cells for _number, cells in self.lines[:SAMPLES]]

    def proposed_columns(self) -> Columns:
        return proposed_columns(self.names, self.samples)


def read_table(content: bytes) -> ListTable:
    """The table in a file whose column names may be in one of the first lines; raises ImportListError."""
    try:
        lines = list(_limited(rows_of(BytesIO(content))))
    except SheetError as error:
        raise ImportListError(error.reason) from error
    names, first = _heading(lines)
    table = ListTable(names, list(_lines_below(lines[first:], len(names))))
    if len(table.lines) > MOST_LINES:
        raise ImportListError(_too_long())
    if not any(is_email(cell) for _number, cells in table.lines for cell in cells):
        raise ImportListError(_("There is no e-mail address in the file."))
    return table


def too_large() -> str:
    return _("The file is too large: at most 5 MB, some 50,000 lines. Import a longer list in parts.")


def _too_long() -> str:
    return _("The list has more than %(most)d lines. Import it in parts.") % {"most": MOST_LINES}


def _limited(lines: Iterable[Row]) -> Iterator[Row]:
    letters = 0
    for index, (number, cells) in enumerate(lines):
        if index >= MOST_LINES + LAST_HEADING:
            raise ImportListError(_too_long())
        letters += sum(map(len, cells))
        if letters > MOST_LETTERS:
            raise ImportListError(too_large())
        if len(cells) > MOST_COLUMNS:
            raise ImportListError(
                _("The list has more than %(most)d columns. Remove those that are not needed.") % {"most": MOST_COLUMNS}
            )
        yield number, cells


def _heading(lines: list[tuple[int, list[str]]]) -> tuple[list[str], int]:
    """The column names, and the index of the first line below them; a list without names has empty ones."""
    for index, (_number, cells) in enumerate(lines[:LAST_HEADING]):
        if any(map(is_email, cells)):
            break
        if ColumnRole.ADDRESS in proposed_columns(cells).roles and sum(map(bool, cells)) * 2 >= len(cells):
            return cells, index + 1
    if lines and any(map(is_email, lines[0][1])):
        return [""] * len(lines[0][1]), 0
    return (lines[0][1], 1) if lines else ([], 0)


def _lines_below(lines: list[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines; raise ImportListError for unpaired quotes or missing cells."""
    for number, cells in lines:
        if any(map(_has_swallowed_a_line, cells)):
            raise ImportListError(unpaired_quotes(number).reason)
        if len(cells) < width or any(cells[width:]):
            raise ImportListError(
                _("Line %(line)d has more or fewer cells than there are columns. Nothing was imported.")
                % {"line": number}
            )
        yield number, cells[:width]


def _has_swallowed_a_line(cell: str) -> bool:
    """Whether an address follows a cell's first line, because its opening quote is only closed in a later line."""
    _first, *below = re.split(r"[\r\n]", cell, maxsplit=1)
    return any(map(ADDRESS.search, below))


def read_list(content: bytes) -> tuple[list[ImportedSubscriber], list[RejectedLine]]:
    """The subscribers in a file by its column names, and all other non-empty lines.

    Raises ImportListError.
    """
    table = read_table(content)
    columns = table.proposed_columns()
    check_columns(table.names, columns)
    return subscribers_in(table, columns)


def check_columns(names: list[str], columns: Columns) -> None:
    """Raise ImportListError if there is no address column, or if a column has no name or an unknown one."""
    if not columns.of(ColumnRole.ADDRESS):
        raise ImportListError(_("The first line has no column “email”."))
    unknown = [number for number, role in enumerate(columns.roles) if role is None]
    for number in unknown:
        if not plain_name(names[number]):
            raise ImportListError(
                _(
                    "Column %(number)d has no name; it may say who has unsubscribed. Name it, or remove it from the "
                    "file. Nothing was imported."
                )
                % {"number": number + 1}
            )
    if unknown:
        raise ImportListError(
            _(
                "The meaning of these columns is unknown: %(names)s. One of them may say who has unsubscribed. Remove "
                "them from the file if they do not. Nothing was imported."
            )
            % {"names": ", ".join(f"“{names[number]}”" for number in unknown[:MOST_NAMED])}
        )


def subscribers_in(table: ListTable, columns: Columns) -> tuple[list[ImportedSubscriber], list[RejectedLine]]:
    """The active subscribers, and the lines that are left out; both in file order."""
    subscribers: dict[str, ImportedSubscriber] = {}
    left: set[str] = set()
    rejected = []
    (place,) = columns.of(ColumnRole.ADDRESS)
    for line, cells in table.lines:
        try:
            address = normalize_address(cells[place])
        except ValueError:
            rejected.append(RejectedLine(line, _("no e-mail address"), Refusal.NO_ADDRESS))
            continue
        key = address_key(address)
        if found := _refused_by(table, columns, line, cells):
            left |= {key} if found.refusal is not Refusal.BAD_DATE else set()
            rejected.append(found)
        elif key in subscribers:
            reason = _("the same address as in line %d") % subscribers[key].line
            rejected.append(RejectedLine(line, reason, Refusal.TWICE))
        else:
            source = ", ".join(columns.values(cells, ColumnRole.SOURCE))
            agreed_at = max(filter(None, map(parse_time, columns.values(cells, ColumnRole.CONSENT))), default=None)
            groups = groups_of(columns, cells)
            subscribers[key] = ImportedSubscriber(line, address, agreed_at, source, groups)
    # If an address is in two lines, an unsubscription in one of them is enough.
    lines = [subscribers.pop(key).line for key in left & subscribers.keys()]
    reason = _("has unsubscribed according to another line")
    rejected += [RejectedLine(line, reason, Refusal.UNSUBSCRIBED) for line in lines]
    return list(subscribers.values()), sorted(rejected, key=lambda each: each.line)


def _refused_by(table: ListTable, columns: Columns, line: int, cells: list[str]) -> RejectedLine | None:
    """The reason why a line with an address is left out; None for a subscriber."""
    standing, number = columns.standing_of(cells)
    facts = {"column": table.names[number] or number + 1, "value": mask_addresses(cells[number])[:60]}
    match standing:
        case Standing.LEFT:
            reason = _("has unsubscribed, or never agreed (column “%(column)s”)") % facts
            return RejectedLine(line, reason, Refusal.UNSUBSCRIBED)
        case Standing.UNCONFIRMED:
            return RejectedLine(line, _("never confirmed (column “%(column)s”)") % facts, Refusal.UNCONFIRMED)
        case Standing.UNKNOWN:
            reason = _("“%(value)s” in the column “%(column)s” is unknown; it may mean that somebody has left") % facts
            return RejectedLine(line, reason, Refusal.UNKNOWN_WORD)
    for text in columns.values(cells, ColumnRole.CONSENT):
        if reason := problem_with_consent(text):
            return RejectedLine(line, reason, Refusal.BAD_DATE)
    return None


def groups_of(columns: Columns, cells: list[str]) -> tuple[str, ...]:
    words = (
        word.strip(" \"'[]") for text in columns.values(cells, ColumnRole.GROUPS) for word in re.split("[,;|]", text)
    )
    return tuple(dict.fromkeys(word[:LONGEST_GROUP] for word in words if word))


def groups_in(table: ListTable, columns: Columns) -> Counter[str]:
    """The number of lines with each word in the group columns."""
    return Counter(word for _number, cells in table.lines for word in groups_of(columns, cells))


def problem_with_consent(consented_at: str) -> str:
    """The problem with a time of consent, in words; empty if it is valid."""
    if consented_at.startswith("0000"):
        return ""
    agreed_at = parse_time(consented_at)
    if agreed_at is None:
        return _("not a date such as 2025-03-31 or 31/03/2025")
    if agreed_at.year < FIRST_YEAR:
        return _("there were no newsletters by e-mail before %(year)d") % {"year": FIRST_YEAR}
    # A time in the year 9999 cannot be compared in every time zone.
    if agreed_at.year > timezone.now().year + 1 or agreed_at > timezone.now():
        return _("the day of consent is in the future")
    return ""


def parse_time(text: str) -> datetime | None:
    """A date or a time in ISO 8601, in common notations, or in seconds since 1970; None for anything else."""
    if SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text), UTC)
    found = None
    with suppress(ValueError):
        found = parse_datetime(text)
    if found is None:
        with suppress(ValueError):
            found = read_date_and_time(text, timezone.localdate())
    return timezone.make_aware(found) if found and timezone.is_naive(found) else found
