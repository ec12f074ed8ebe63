"""Tables pasted from spreadsheets are read as their author means them, or refused with the line and the reason."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given, strategies as st

from portal.charts.data import MOST_ROWS, ChartError, read


def only_value(cell: str, other: str = "1") -> Decimal | None:
    return read(f"Label\tA\tB\nx\t{cell}\t{other}").rows[0][0]


@pytest.mark.parametrize(
    ("text", "series"),
    [
        ("Year\tA\tB\n2024\t1\t2", ("A", "B")),
        ("Year;A;B\n2024;1,5;2", ("A", "B")),
        ("Year,A,B\n2024,1.5,2", ("A", "B")),
        ('Year,"A, with comma"\n2024,1', ("A, with comma",)),
        ("\ufeffYear;A\r\n2024;1\r\n\r\n", ("A",)),
    ],
)
def test_spreadsheet_cells_and_csv_are_read(text, series):
    assert read(text).series == series


@pytest.mark.parametrize(
    ("cell", "other", "value"),
    [
        ("1,5", "1", "1.5"),
        ("1.5", "1", "1.5"),
        ("1.234,5", "1", "1234.5"),
        ("1,234.5", "1", "1234.5"),
        ("1 234,5", "1", "1234.5"),
        ("1\u202f234", "1", "1234"),
        ("1’234.5", "1", "1234.5"),
        ("1,234", "0.5", "1234"),
        ("1,234", "0,5", "1.234"),
        ("0,125", "1", "0.125"),
        ("−12 %", "1", "-12"),
        ("€ 12", "1", "12"),
        ("1.234.567", "1", "1234567"),
    ],
)
def test_numbers_of_three_languages_are_read(cell, other, value):
    assert only_value(cell, other) == Decimal(value)


@pytest.mark.parametrize("cell", ["", "-", "–", "n/a"])
def test_missing_value_is_not_zero(cell):
    assert only_value(cell) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "at least two lines"),
        ("Year\tA", "at least two lines"),
        ("Year\n2024", "one column only"),
        ("Year\tA\n2024\tmany", "Line 2: “many”"),
        ("Year\tA\n2024\t1,234", "a decimal or a thousand"),
        ("Year\tA\tB\n2024\t1.5\t1,5", "Use one of them"),
        ("Year\tA\n2024\t1\t2", "Line 2 has 3 columns"),
        ("Year\tA\n\t1", "Line 2 has no label"),
        ("Year\tA\n2024\t", "no number"),
        ("Year\t" + "\t".join("ABCDEFG") + "\n2024\t1", "at most 6 series"),
        ("Year\tA\n" + "2024\t1\n" * (MOST_ROWS + 1), "at most 60 rows"),
        ("Year\tA\n2024\t1234567890123456", "too many digits"),
        ("Year\tA\n2024\t1.2.3,4,5", "is no number"),
        ("Year\tA\n2024\t0.00000000001", "too many digits"),
        ("Year;A\n2024;1" + "\u2003" * 500 + "x", "too many characters"),
    ],
)
def test_unusable_table_is_refused_with_its_reason(text, words):
    with override("en"), pytest.raises(ChartError, match=words.replace("(", r"\(")):
        read(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [("2025-03", date(2025, 3, 1)), ("2025-03-04", date(2025, 3, 4)), ("04.03.2025", date(2025, 3, 4))],
)
def test_label_is_a_date(text, day):
    assert read(f"Day\tA\n{text}\t1").labels[0].day == day


def test_labels_are_dates_only_if_all_are():
    assert [label.day for label in read("Day\tA\n2025-03\t1\nlater\t2").labels] == [None, None]


@given(st.text(alphabet="ab1,.;\t\n\"'-− €%\r\x00", max_size=80))
def test_any_text_is_read_or_refused(text):
    try:
        data = read(text)
    except ChartError:
        return
    assert len(data.labels) == len(data.rows)
