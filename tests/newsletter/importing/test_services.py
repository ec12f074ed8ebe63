"""Lists from services and spreadsheets are recognised by their column names, in three languages."""

from datetime import datetime
from io import BytesIO

import pytest
from django.utils import timezone
from hypothesis import given, strategies as st
from openpyxl import Workbook

from portal.newsletter.importing.columns import ColumnRole, Standing, proposed_columns
from portal.newsletter.importing.lists import (
    ImportListError,
    Refusal,
    parse_time,
    read_list,
    read_table,
    subscribers_in,
)
from tests.newsletter.importing.service_lists import LISTS, XLS


def workbook(*rows) -> bytes:
    book, file = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("name", LISTS)
def test_only_active_recipients_of_the_service_are_imported(name):
    found, rejected = read_list(LISTS[name].content)

    assert [each.address for each in found] == ["claire@reader.example"]
    assert len(rejected) == LISTS[name].out


@pytest.mark.parametrize("name", LISTS)
def test_day_of_consent_comes_from_the_service_and_never_from_joining_a_list(name):
    (claire,), _rejected = read_list(LISTS[name].content)

    day = timezone.localtime(claire.consented_at).date().isoformat() if claire.consented_at else ""
    assert day == LISTS[name].agreed_on


@pytest.mark.parametrize("name", LISTS)
def test_groups_come_from_the_service(name):
    (claire,), _rejected = read_list(LISTS[name].content)

    assert claire.groups == LISTS[name].groups


def test_workbook_with_a_title_above_its_columns():
    content = workbook(
        ["Nos abonnés"],
        [],
        ["Nom", "E-mail", "Date de consentement", "Désabonné"],
        ["Humbert", "claire@reader.example", datetime(2025, 3, 31), None],
        ["Weiß", "leon@reader.example", datetime(2025, 3, 31), "oui"],
    )

    (claire,), (leon,) = read_list(content)

    assert (claire.line, claire.consented_at.date().isoformat()) == (4, "2025-03-31")
    assert leon.line == 5


def test_workbook_of_excel_before_2007():
    (claire, eva), (leon, noe) = read_list(XLS.read_bytes())

    assert (claire.line, claire.address, claire.groups) == (4, "claire@reader.example", ("Économie", "Culture"))
    assert (claire.consented_at.date().isoformat(), eva.consented_at) == ("2025-03-31", None)
    # “Désabonné” is a word in one line, and a number in the other.
    assert [each.refusal for each in (leon, noe)] == [Refusal.UNSUBSCRIBED] * 2


def test_column_of_addresses_is_found_by_its_values():
    table = read_table(b"Kontakt;Firma\nclaire@reader.example;Hof\nleon@reader.example;Gut\n")

    assert table.proposed_columns().roles == (ColumnRole.ADDRESS, ColumnRole.IGNORED)


def test_list_without_names_of_columns_keeps_its_first_line():
    table = read_table(b"claire@reader.example;Claire\nleon@reader.example;Leon\n")

    assert table.names == ["", ""]
    assert [cells[0] for _number, cells in table.lines] == ["claire@reader.example", "leon@reader.example"]


def test_column_with_an_unknown_name_has_no_role():
    assert proposed_columns(["email", "Segment 7"]).roles == (ColumnRole.ADDRESS, None)


def test_file_without_addresses_is_refused():
    with pytest.raises(ImportListError):
        read_table(b"email\nClaire\n")


@pytest.mark.parametrize(
    "text",
    ["31/03/2025", "31.03.2025", "31/03/25", "31-03-2025", "2025-03-31", "31 mars 2025", "31. März 2025", "1743414000"],
)
def test_date_as_people_write_it(text):
    assert timezone.localtime(parse_time(text)).date().isoformat() == "2025-03-31"


def test_date_in_american_order_is_not_accepted():
    found, (rejected,) = read_list(b"email,consented_at\nclaire@reader.example,03/31/2025\n")

    assert (found, rejected.line) == ([], 2)


WORDS = st.sampled_from(
    ["", "0", "1", "2", "yes", "no", "subscribed", "unsubscribed", "pending", "bounced", "2024-01-01", "perhaps"]
)


@given(
    st.lists(
        st.tuples(st.sampled_from(["status", "unsubscribed", "opt in", "bounced", "unsub reason"]), WORDS), min_size=1
    )
)
def test_nobody_is_active_if_any_column_says_otherwise(pairs):
    names, values = ["email", *(name for name, _word in pairs)], [word for _name, word in pairs]
    columns = proposed_columns(names)
    alone = [proposed_columns(["email", name]).standing_of(["", value])[0] for name, value in pairs]

    together = columns.standing_of(["", *values])[0]

    assert (together is Standing.SUBSCRIBED) == all(each is Standing.SUBSCRIBED for each in alone)


@given(st.binary(max_size=200))
def test_any_file_is_read_or_refused(content):
    try:
        table = read_table(content)
    except ImportListError:
        return
    columns = table.proposed_columns()
    if columns.of(ColumnRole.ADDRESS):
        found, rejected = subscribers_in(table, columns)
        assert len(found) + len(rejected) == len(table.lines)
