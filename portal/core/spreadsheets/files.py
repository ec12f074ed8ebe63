"""Lists as spreadsheets, in which nothing that a stranger wrote is taken for a formula."""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

CSV, XLSX = "csv", "xlsx"
KINDS = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LONGEST_CELL = 32_000
# A program that takes another sign for the separator than we do begins a cell where we have none: so a formula is one
# at the beginning, and after whatever may be taken for the beginning.
FORMULA = re.compile(r"""((?:^|[;,|\t\r\n])[\s"']*)([=+\-@＝＋－＠])""")


def as_csv(rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """Lines in UTF-8 with a mark at the beginning, without which some programs take them for something else."""
    yield "\ufeff".encode()
    for row in rows:
        line = StringIO()
        csv.writer(line, quoting=csv.QUOTE_ALL).writerow([without_formulas(plain(value)) for value in row])
        yield line.getvalue().encode()


def as_xlsx(rows: Iterable[Iterable[Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def plain(value: Any) -> str | int | float:
    """A value as a person reads it: no control characters, moments without the fractions of a second."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float | datetime | date | list | tuple):
        lines = str(value).replace("\r\n", "\n").replace("\r", "\n")
        return ILLEGAL_CHARACTERS_RE.sub(" ", lines)[:LONGEST_CELL]
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return str(plain(", ".join(str(each) for each in value)))
    return value


def without_formulas(value: str | int | float) -> str | int | float:
    """With an apostrophe before whatever a program might take for the beginning of a formula."""
    return FORMULA.sub(r"\1'\2", value) if isinstance(value, str) else value


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, plain(value))
    if isinstance(cell.value, str):
        # A cell of text stays text, whatever it begins with.
        cell.data_type = "s"
    return cell
