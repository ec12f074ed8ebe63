"""Reads rows from real-world spreadsheets: CSV in the usual encodings, XLSX, ODS and XLS."""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from portal import bounded
from portal.platform.spreadsheets.workbooks import cell_text

# The number of a row and its values as `cell_text` writes them.
type Row = tuple[int, list[str]]

ZIP = b"PK\x03\x04"
# The container format of Microsoft Office before 2007.
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_BYTES = 200_000_000
MAX_CELLS = 5_000_000
# Wall-clock seconds for a workbook.
DEADLINE = 120
DELIMITERS = ",;\t|"
LOOKED_AT = 10_000
QUOTED = re.compile(r'"[^"]*"')
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class SheetError(ValueError):
    """The file is not a readable spreadsheet. `line` is counted from 1, or 0 if the error has no line."""

    def __init__(self, reason: str, line: int = 0):
        self.reason, self.line = reason, line
        super().__init__(reason)


def is_workbook(file: BinaryIO) -> bool:
    """Whether the file is a workbook of any program, by its content."""
    beginning = file.read(len(OLE))
    file.seek(0)
    return beginning == OLE or (beginning.startswith(ZIP) and _kind_of_zip(file) != "")


def rows_of(file: BinaryIO) -> Iterator[Row]:
    """Yield the non-empty rows, with their numbers, of a CSV file or of a workbook's first sheet.

    A CSV row has the number of its first line. A workbook's row has at least as many values as those above it. Raises
    SheetError.
    """
    beginning = file.read(len(OLE))
    file.seek(0)
    kind = "xls" if beginning == OLE else _kind_of_zip(file) if beginning.startswith(ZIP) else "csv"
    if not kind:
        raise SheetError(_("The file is no spreadsheet."))
    return _limited(_rows_of_csv(file) if kind == "csv" else _padded(_rows_of_workbook(file, kind)))


def _kind_of_zip(file: BinaryIO) -> str:
    """`xlsx`, `ods`, or an empty string for any other archive. Raises SheetError if it is damaged or too large."""
    try:
        with ZipFile(file) as archive:
            parts = archive.infolist()
    except (BadZipFile, OSError, ValueError):
        return ""
    finally:
        file.seek(0)
    names = {part.filename for part in parts}
    kind = "xlsx" if "xl/workbook.xml" in names else "ods" if {"mimetype", "content.xml"} <= names else ""
    if kind and sum(part.file_size for part in parts) > MOST_BYTES:
        raise _too_large()
    return kind


def _too_large() -> SheetError:
    return SheetError(_("The file is larger than %(most)d MB.") % {"most": MOST_BYTES // 1_000_000})


def _rows_of_workbook(file: BinaryIO, kind: str) -> Iterator[Row]:
    with TemporaryFile() as copy, TemporaryFile() as rows:
        copyfileobj(file, copy)
        copy.seek(0)
        module = "portal.platform.spreadsheets.workbooks"
        _written, is_whole = bounded.run(module, kind, file=copy, deadline=DEADLINE, output=rows)
        if not is_whole:
            raise SheetError(_("The workbook is damaged, or too large to be read. Save the sheet as CSV."))
        rows.seek(0)
        for line in rows:
            number, values = json.loads(line)
            yield number, values


def _limited(rows: Iterable[Row]) -> Iterator[Row]:
    cells = 0
    for number, values in rows:
        cells += len(values)
        if cells > MAX_CELLS:
            raise SheetError(_("The sheet has more than %(most)d cells. Import it in parts.") % {"most": MAX_CELLS})
        yield number, values


def _padded(rows: Iterable[Row]) -> Iterator[Row]:
    """Fill up each row to the length of the longest one above."""
    width = 0
    for number, values in rows:
        width = max(width, len(values))
        yield number, values + [""] * (width - len(values))


def _rows_of_csv(file: BinaryIO) -> Iterator[Row]:
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _too_large()
    text, skipped = _text_of(content), 0
    first, _newline, rest = text.partition("\n")
    if first[:4].lower() == "sep=" and len(first.rstrip("\r")) == 5 and first[4] in DELIMITERS:
        # Written for Excel, which would not recognise the delimiter.
        delimiter, text, skipped = first[4], rest, 1
    else:
        delimiter = _delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1 + skipped
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise unpaired_quotes(line) from error
        if any(texts := [cell_text(value) for value in values]):
            yield line, texts


def _delimiter_of(text: str) -> str:
    """The delimiter of the first line that has one. There may be a title above the column names."""
    for line in text[:LOOKED_AT].splitlines()[:10]:
        counts = {sign: QUOTED.sub("", line).count(sign) for sign in DELIMITERS}
        if any(counts.values()):
            return max(counts, key=lambda sign: counts[sign])
    return ","


def unpaired_quotes(line: int) -> SheetError:
    return SheetError(
        _("The quotes in line %(line)d are not paired, so other lines would be lost in it. Nothing was imported.")
        % {"line": line},
        line,
    )


def _text_of(content: bytes) -> str:
    try:
        if content.startswith(UTF_16):
            text = content.decode("utf-16")
        elif (zeros := content[:400].count(0)) > len(content[:400]) // 3:
            # Without a byte order mark, the zero byte of most letters reveals the byte order.
            text = content.decode("utf-16-le" if content[1:400:2].count(0) * 2 > zeros else "utf-16-be")
        else:
            text = _decoded(content)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise SheetError(_("The file is no spreadsheet, or a text in an unknown encoding. Save it as XLSX."))
    return text


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")
