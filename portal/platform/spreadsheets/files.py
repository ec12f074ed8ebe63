"""Writes lists as CSV and XLSX files in which no text is interpreted as a formula."""

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
# A program with another separator may start a cell in the middle of ours. So a formula may begin at the start of a
# value or after any possible separator. Each run of separators is read only once, because a reader may have sent a long
# one.
FORMULA = re.compile(r"""((?:^|[;,|\t\r\n])[\s"';,|]*+)([=+\-@＝＋－＠]?)""")


def as_csv(rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """Yield lines in UTF-8, with a byte order mark, which some programs need to recognise the encoding."""
    yield "\ufeff".encode()
    for row in rows:
        line = StringIO()
        csv.writer(line, quoting=csv.QUOTE_ALL).writerow([escape_formulas(cell_value(value)) for value in row])
        yield line.getvalue().encode()


def as_xlsx(rows: Iterable[Iterable[Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def cell_value(value: Any) -> str | int | float:
    """A cell value: no control characters, timestamps to the minute, lists joined by commas."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float | datetime | date | list | tuple):
        lines = str(value).replace("\r\n", "\n").replace("\r", "\n")
        return str(ILLEGAL_CHARACTERS_RE.sub(" ", lines))[:LONGEST_CELL]
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return str(cell_value(", ".join(str(each) for each in value)))
    return value


def escape_formulas(value: str | int | float) -> str | int | float:
    """Put an apostrophe before anything that a program might interpret as the start of a formula."""
    if not isinstance(value, str):
        return value
    return FORMULA.sub(lambda found: f"{found[1]}'{found[2]}" if found[2] else found[1], value)


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, cell_value(value))
    if isinstance(cell.value, str):
        # Without this, openpyxl would store text with a leading equals sign as a formula.
        cell.data_type = "s"
    return cell
