"""An export contains text as it was entered, and no cell is a formula."""

import csv
from datetime import UTC, datetime
from io import BytesIO, StringIO
from time import process_time

import pytest
from hypothesis import given, strategies as st
from openpyxl import load_workbook

from portal.platform.spreadsheets.files import as_csv, as_xlsx

FORMULAS = [
    "=1+1",
    "+33 6 00 00 00 00",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "'=1",
    '"=1',
    "a;=1+1",
    "a,=cmd|' /C calc'!A0",
    'a";"=1',
    "a\n=1",
    "＝1",
    '=HYPERLINK("http://x","y")',
]


def read_csv(content: bytes, delimiter: str) -> list[str]:
    return [
        cell
        for row in csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter)
        for cell in row
    ]


def begins_a_formula(cell: str) -> bool:
    return cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_cell_of_a_csv_begins_a_formula_whatever_separates_it(text, delimiter):
    content = b"".join(as_csv([["Nom", text, "fin"]]))

    assert [cell for cell in read_csv(content, delimiter) if begins_a_formula(cell)] == []


@pytest.mark.parametrize("text", FORMULAS)
def test_cell_of_a_workbook_is_text(text):
    sheet = load_workbook(BytesIO(as_xlsx([["Nom", text]]))).active

    assert sheet["B1"].data_type in ("s", "inlineStr")
    assert sheet["B1"].value.strip() == text.replace("\r", "\n").strip()


def test_values_are_written_for_people():
    row = ["Élise", 7, None, True, ["Bois", "Métal"], datetime(2026, 11, 24, 12, 5, 7, 99, tzinfo=UTC)]

    assert read_csv(b"".join(as_csv([row])), ",") == [
        "Élise",
        "7",
        "",
        "True",
        "Bois, Métal",
        "2026-11-24 12:05+00:00",
    ]
    sheet = load_workbook(BytesIO(as_xlsx([row]))).active
    assert [sheet["A1"].value, sheet["B1"].value] == ["Élise", 7]


@given(st.lists(st.lists(st.text(max_size=20), min_size=1, max_size=4), max_size=4))
def test_any_text_can_be_exported(rows):
    rows = [[cell.encode("utf-8", "ignore").decode() for cell in row] for row in rows]
    content = b"".join(as_csv(rows))
    load_workbook(BytesIO(as_xlsx(rows)))

    assert [cell for cell in read_csv(content, ",") if begins_a_formula(cell)] == []


def test_long_run_of_separators_takes_linear_time():
    letter = "a" + "\n" * 31_000 + "b;=1"

    begun = process_time()
    content = b"".join(as_csv([[letter]]))

    assert process_time() - begun < 1
    assert content.endswith(b"b;'=1\"\r\n")
