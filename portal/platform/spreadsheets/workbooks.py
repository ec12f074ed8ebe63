"""Reads the first sheet of a workbook from standard input, and writes its rows as lines of JSON.

It runs in a process of its own (`portal.bounded`): a small file may claim that its only value is in the last of a
million rows, or that all rows repeat a value. It does not import Django.
"""

import io
import json
import sys
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from portal.bounded import limit_this_process

MEMORY, SECONDS = 512 * 1024 * 1024, 60
MAX_BYTES = 200_000_000


def cell_text(value: Any) -> str:
    """A value as text without surrounding spaces: times in ISO 8601, whole numbers without a fraction."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).replace("\0", "").strip()


def _rows_of_xlsx(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    sheet = book.worksheets[0]
    # Otherwise each row is as wide as the file claims that the sheet is.
    sheet.reset_dimensions()
    yield from enumerate(map(list, sheet.iter_rows(values_only=True)), 1)


def _rows_by_calamine(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    # Calamine leaves out the empty cells above and beside the first value.
    above, beside = sheet.start or (0, 0)
    for number, row in enumerate(sheet.iter_rows(), above + 1):
        yield number, [None] * beside + list(row)


def lines_of(content: bytes, kind: str) -> Iterator[str]:
    """Yield a line for each row that has a value: its number and its texts, without empty ones at the end."""
    for number, values in (_rows_of_xlsx if kind == "xlsx" else _rows_by_calamine)(content):
        texts = [cell_text(value) for value in values]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            yield json.dumps([number, texts]) + "\n"


if __name__ == "__main__":
    limit_this_process(MEMORY, SECONDS)
    written = 0
    for line in lines_of(sys.stdin.buffer.read(), sys.argv[1]):
        written += len(line)
        if written > MAX_BYTES:
            sys.exit(1)
        sys.stdout.write(line)
