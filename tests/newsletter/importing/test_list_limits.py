"""A list that would take too much time or memory is refused, and the reason names the limit."""

from time import process_time

import pytest
from django.utils.translation import override

from portal.newsletter.importing import lists
from portal.newsletter.importing.lists import ImportListError, read_table
from portal.platform.spreadsheets.files import as_xlsx


def test_cell_of_line_breaks_takes_linear_time():
    content = b'email;note\nclaire@reader.example;"a' + b"\n" * 100_000 + b'b"\n'

    begun = process_time()
    table = read_table(content)

    assert process_time() - begun < 2
    assert len(table.lines) == 1


def test_list_with_hundreds_of_columns_is_refused():
    content = b"email" + b";Segment" * 200 + b"\nclaire@reader.example" + b";x" * 200 + b"\n"

    with override("en"), pytest.raises(ImportListError, match="more than 200 columns"):
        read_table(content)


def test_list_that_is_too_long_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(lists, "MOST_LINES", 3)
    lines = b"claire@reader.example\n" * (3 + lists.LAST_HEADING)

    # The broken line at the end would be another error.
    with override("en"), pytest.raises(ImportListError, match="more than 3 lines"):
        read_table(b"email\n" + lines + b'"leon@reader.example')


def test_longest_list_has_a_title_and_column_names_above_its_lines(monkeypatch):
    monkeypatch.setattr(lists, "MOST_LINES", 3)

    assert len(read_table(b"Our readers\nemail\n" + b"claire@reader.example\n" * 3).lines) == 3


def test_workbook_that_unpacks_to_many_times_its_size_is_refused(monkeypatch):
    monkeypatch.setattr(lists, "MOST_LETTERS", 1000)
    book = as_xlsx([["email", "note"], ["claire@reader.example", "a" * 1000]])

    with override("en"), pytest.raises(ImportListError, match="too large"):
        read_table(book)
