"""The count of a long list is cached until anything changes, because it needs an index scan."""

import pytest
from django.http import QueryDict
from django.utils import timezone

from portal.content.lists import pagination
from portal.content.lists.pagination import list_page
from portal.content.records.listing import Placement, StoryCard
from tests.builders import make_article


@pytest.fixture
def short_is_two(monkeypatch):
    monkeypatch.setattr(pagination, "LONG_LIST", 2)


def listing(ground, name):
    rows = Placement.objects.in_lists_of(ground.section.pk, timezone.now()).newest_first()
    return list_page(rows, QueryDict(), StoryCard.objects.cards_of, name)


def test_long_list_is_counted_once_until_anything_changes(lorraine, short_is_two, django_assert_num_queries):
    for number in range(3):
        make_article(lorraine.section, f"Brève {number}")
    rows = Placement.objects.in_lists_of(lorraine.section.pk, timezone.now()).newest_first()
    first = list_page(rows, QueryDict(), list, "news").count
    # The queries are: the count up to the limit, the content version, and the rows of the page.
    with django_assert_num_queries(3):
        second = list_page(rows, QueryDict(), list, "news").count
    make_article(lorraine.section, "Dernière minute")

    assert second == first
    assert listing(lorraine, "news").count == first + 1


def test_short_list_is_counted_at_every_request(lorraine):
    before = listing(lorraine, "news").count
    make_article(lorraine.section, "Brève")

    assert listing(lorraine, "news").count == before + 1
