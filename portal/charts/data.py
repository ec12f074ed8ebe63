"""Reads the values of a chart from text copied from a spreadsheet, or from CSV."""

import csv
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

MOST_ROWS, MOST_SERIES = 60, 6
MOST_DIGITS, MOST_DECIMALS = 15, 10
LONGEST_CELL = 200
DELIMITERS = "\t;,"
MISSING = {"", "-", "–", "—", "…", ".", "n/a", "k. a.", "n. d.", "n.d."}
# What a number may have around it.
_AROUND = re.compile(r"^[€$£]\s*|\s*[%€$£]$")
_NUMBER = re.compile(r"[+-]?\d[\d .,'’]*")
_GROUP = re.compile(r"(?<=\d)[ '’](?=\d{3}\b)")
_SPACES = re.compile(r"\s+")
_ISO = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")
_DAY_FIRST = re.compile(r"(\d\d?)[./](\d\d?)[./](\d{4})")


class ChartError(ValueError):
    """The text holds no values for a chart. The message is for its author and names the line."""


@dataclass(frozen=True)
class Label:
    """The first cell of a row. `day` is set if the cells of all rows are dates; a month is its first day."""

    text: str
    day: date | None = None
    is_month: bool = False


@dataclass(frozen=True)
class ChartData:
    """A table: the name of its first column, the names of its series, and a row of values for each label.

    A missing value is None. `digits` is the number of decimal places to show.
    """

    corner: str
    series: tuple[str, ...]
    labels: tuple[Label, ...]
    rows: tuple[tuple[Decimal | None, ...], ...]
    digits: int

    @property
    def values(self) -> list[Decimal]:
        return [value for row in self.rows for value in row if value is not None]

    def column(self, number: int) -> list[Decimal | None]:
        return [row[number] for row in self.rows]


def read(text: str) -> ChartData:
    """Read tab-separated cells, or CSV with semicolons or commas. The first line holds the names of the series.

    Raises ChartError.
    """
    lines = [(number, cells) for number, cells in enumerate(_cells(text), 1) if any(cells)]
    if len(lines) < 2:
        raise ChartError(_("Paste at least two lines: the headings, and the values of one row."))
    (_first, heads), *body = lines
    while heads and not heads[-1]:
        heads.pop()
    if len(heads) < 2:
        raise ChartError(_("Line 1 has one column only. The labels come first, then a column for each series."))
    if len(heads) - 1 > MOST_SERIES:
        raise ChartError(_("A chart shows at most %(number)d series.") % {"number": MOST_SERIES})
    if len(body) > MOST_ROWS:
        raise ChartError(_("A chart shows at most %(number)d rows.") % {"number": MOST_ROWS})
    rows = [_row(number, cells, len(heads)) for number, cells in body]
    comma = _decimal_sign(rows)
    values = tuple(tuple(_value(number, cell, comma) for cell in cells[1:]) for number, cells in rows)
    if not any(value is not None for row in values for value in row):
        raise ChartError(_("There is no number below the headings."))
    shown = [value for row in values for value in row if value is not None]
    digits = max(-int(value.as_tuple().exponent) for value in shown)
    labels = _labels([cells[0] for _number, cells in rows])
    return ChartData(heads[0], tuple(heads[1:]), tuple(labels), values, max(digits, 0))


def _cells(text: str) -> list[list[str]]:
    lines = text.strip("\r\n").splitlines()
    first = next((line for line in lines if line.strip()), "")
    delimiter = next((sign for sign in DELIMITERS if sign in first), "\t")
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error as error:
        raise ChartError(_("The table cannot be read: a quotation mark is not closed.")) from error
    for number, row in enumerate(rows, 1):
        if any(len(cell) > LONGEST_CELL for cell in row):
            raise ChartError(_("Line %(line)d has a cell with too many characters.") % {"line": number})
    return [[_SPACES.sub(" ", cell).strip() for cell in row] for row in rows]


def _row(number: int, cells: list[str], width: int) -> tuple[int, list[str]]:
    if any(cells[width:]):
        raise ChartError(
            _("Line %(line)d has %(cells)d columns, but line 1 has %(heads)d.")
            % {"line": number, "cells": len(cells), "heads": width}
        )
    if not cells[0]:
        raise ChartError(_("Line %(line)d has no label in its first column.") % {"line": number})
    return number, [*cells[:width], *[""] * (width - len(cells))]


def _bare(cell: str) -> str:
    """A number without its currency or percent sign and without spaces that group its digits."""
    return _GROUP.sub("", _AROUND.sub("", cell.replace("−", "-")).strip())


def _decimal_sign(rows: list[tuple[int, list[str]]]) -> str:
    """The sign before decimals, found from the cells that allow one reading only. Raises ChartError if none does."""
    doubtful, found = (0, ""), set()
    for number, cells in rows:
        for cell in map(_bare, cells[1:]):
            signs = [sign for sign in cell if sign in ".,"]
            if len(set(signs)) == 2:
                found.add(signs[-1])
            elif len(signs) > 1:
                found.add("," if signs[0] == "." else ".")
            elif signs and (len(cell.rpartition(signs[0])[2]) != 3 or cell.lstrip("+-").startswith("0")):
                found.add(signs[0])
            elif signs and not doubtful[1]:
                doubtful = number, cell
    if len(found) > 1:
        raise ChartError(_("Some numbers have a decimal point and others a decimal comma. Use one of them."))
    if not found and doubtful[1]:
        message = _("Line %(line)d: “%(cell)s” can be a decimal or a thousand. Remove the sign that groups thousands.")
        raise ChartError(message % {"line": doubtful[0], "cell": doubtful[1]})
    return found.pop() if found else "."


def _value(number: int, cell: str, comma: str) -> Decimal | None:
    if cell.casefold() in MISSING:
        return None
    bare = _bare(cell)
    other = "," if comma == "." else "."
    if not _NUMBER.fullmatch(bare):
        raise ChartError(_("Line %(line)d: “%(cell)s” is no number.") % {"line": number, "cell": cell[:40]})
    digits = re.sub(rf"(?<=\d)[{other}'’](?=\d{{3}}(?!\d))", "", bare).replace(comma, ".")
    try:
        value = Decimal(digits)
    except ArithmeticError as error:
        raise ChartError(_("Line %(line)d: “%(cell)s” is no number.") % {"line": number, "cell": cell[:40]}) from error
    if abs(value) >= 10**MOST_DIGITS or -int(value.as_tuple().exponent) > MOST_DECIMALS:
        raise ChartError(_("Line %(line)d: “%(cell)s” has too many digits.") % {"line": number, "cell": cell[:40]})
    return value


def _labels(texts: list[str]) -> list[Label]:
    days = [_day(text) for text in texts]
    if all(days):
        return [Label(text, *found) for text, found in zip(texts, days, strict=True) if found]
    return [Label(text) for text in texts]


def _day(text: str) -> tuple[date, bool] | None:
    """The date of a label, and whether it names a month only."""
    try:
        if found := _ISO.fullmatch(text):
            year, month, day = found.groups()
            return date(int(year), int(month), int(day or 1)), day is None
        if found := _DAY_FIRST.fullmatch(text):
            day, month, year = found.groups()
            return date(int(year), int(month), int(day)), False
    except ValueError:
        return None
    return None
