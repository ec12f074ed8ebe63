"""A long list is paginated, and a page beyond its end gives a 404."""

import pytest
from django.http import Http404, QueryDict
from hypothesis import given, strategies as st

from portal.content.lists.pagination import PER_PAGE, list_page


def page(length: int, query: str = ""):
    return list_page(list(range(length)), QueryDict(query))


def test_empty_list_has_one_empty_page():
    assert page(0).items == []
    with pytest.raises(Http404):
        page(0, "page=2")


@pytest.mark.parametrize(
    "requested", ["0", "-1", "abc", "999999", "9" * 24, "1.0", "+1", " 1", "1 ", "١", "²", "\0", "1\0", "x" * 8192, ""]
)
def test_missing_page_is_not_found(requested):
    params = QueryDict(mutable=True)
    params["page"] = requested

    with pytest.raises(Http404):
        list_page(list(range(100)), params)


def test_long_list_is_abridged_around_the_page():
    numbers = [number for number, _address in page(PER_PAGE * 40, "page=20").links]

    assert numbers[0] == "1"
    assert numbers[-1] == "40"
    assert {"19", "20", "21"} <= set(numbers)
    assert len(numbers) < 10


def test_gap_has_no_link():
    links = page(PER_PAGE * 40, "page=20").links

    assert [address for number, address in links if not number.isdigit()] == ["", ""]


@given(st.integers(0, 300), st.text())
def test_any_page_number_is_a_page_or_not_found(length, requested):
    params = QueryDict(mutable=True)
    params["page"] = requested
    try:
        found = list_page(list(range(length)), params)
    except Http404:
        return
    assert len(found.items) <= PER_PAGE


@given(st.integers(0, 300))
def test_pages_contain_the_whole_list_in_order(length):
    pages = [page(length, f"page={number}") for number in range(1, page(length).last + 1)]

    assert [item for part in pages for item in part.items] == list(range(length))
