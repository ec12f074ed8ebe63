"""Spreadsheets are read in common encodings and formats, or refused with a message."""

from datetime import datetime
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

import pytest
from openpyxl import Workbook

from portal.platform.spreadsheets.reading import SheetError, rows_of

ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 office:version="1.2"><office:body><office:spreadsheet><table:table table:name="Liste">
<table:table-row><table:table-cell office:value-type="string"><text:p>Nom</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>Lieu</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>Éva</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>Metz</text:p></table:table-cell></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def rows(content: bytes):
    return list(rows_of(BytesIO(content)))


def ods(content: str = ODS) -> bytes:
    file = BytesIO()
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with ZipFile(file, "w", ZIP_STORED) as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content.replace("\n<", "<"))
        archive.writestr("META-INF/manifest.xml", manifest)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_csv_in_an_encoding_that_people_have(encoding):
    assert rows("Nom;Lieu\nÉva;Metz\n".encode(encoding)) == [(1, ["Nom", "Lieu"]), (2, ["Éva", "Metz"])]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_csv_with_any_delimiter(sign):
    assert rows(f"Nom{sign}Lieu\nÉva{sign}Metz\n".encode()) == [(1, ["Nom", "Lieu"]), (2, ["Éva", "Metz"])]


def test_line_that_names_the_delimiter_is_not_a_row():
    assert rows(b"sep=;\r\nNom, complet;Lieu\r\nEva, Anna;Metz\r\n") == [
        (2, ["Nom, complet", "Lieu"]),
        (3, ["Eva, Anna", "Metz"]),
    ]


def test_row_is_numbered_by_its_first_line():
    assert rows(b'Nom;Lieu\n\nEva;"3 rue\nMetz"\nLeon;Toul\n') == [
        (1, ["Nom", "Lieu"]),
        (3, ["Eva", "3 rue\nMetz"]),
        (5, ["Leon", "Toul"]),
    ]


def test_workbook_with_times_numbers_and_short_rows():
    book, file = Workbook(), BytesIO()
    for row in (["Nom", "Date", "Âge"], ["Éva", datetime(2025, 3, 31), 7.0], [None], ["Léon"]):
        book.active.append(row)
    book.save(file)

    assert rows(file.getvalue()) == [
        (1, ["Nom", "Date", "Âge"]),
        (2, ["Éva", "2025-03-31T00:00:00", "7"]),
        (4, ["Léon", "", ""]),
    ]


def test_workbook_of_open_document():
    assert rows(ods()) == [(1, ["Nom", "Lieu"]), (2, ["Éva", "Metz"])]


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04", b"a;b\n\0", b"\xff\xfe\0", b"\x81\x8d\x8f", b'a;b\n"x;y\nz'],
    ids=["zip", "zero byte", "half a letter", "no encoding", "open quote"],
)
def test_file_that_cannot_be_read_is_refused(content):
    with pytest.raises(SheetError):
        rows(content)


def test_damaged_workbook_is_refused():
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook")

    with pytest.raises(SheetError):
        rows(file.getvalue())


def test_value_in_the_last_row_of_a_workbook_is_read_at_once():
    book, file = Workbook(), BytesIO()
    book.active["A1"] = "Nom"
    book.active.cell(row=1_048_576, column=2, value="Metz")
    book.save(file)

    assert rows(file.getvalue()) == [(1, ["Nom"]), (1_048_576, ["", "Metz"])]


@pytest.mark.parametrize(
    "repeated",
    ['<table:table-row table:number-rows-repeated="1048576">', '<table:table-row table:number-rows-repeated="20000">'],
    ids=["more than fits into memory", "more than is imported"],
)
def test_values_that_a_small_workbook_repeats_are_refused(repeated):
    wide = '<table:table-cell office:value-type="string" table:number-columns-repeated="300">'
    content = ODS.replace("<table:table-row>", repeated).replace('<table:table-cell office:value-type="string">', wide)

    with pytest.raises(SheetError):
        rows(ods(content))


@pytest.mark.parametrize("sign", ["x", '"'])
def test_line_that_names_no_possible_delimiter_is_a_row(sign):
    assert rows(f"sep={sign}\r\nNom;Lieu\r\n".encode()) == [(1, [f"sep={sign}"]), (2, ["Nom", "Lieu"])]
