"""The count of a long list is cached, since it would need an index scan at each request."""

import pytest
from django.http import QueryDict
from django.utils import timezone

from portal.core.lists import pagination
from portal.core.lists.pagination import list_page
from portal.core.models import Placement, StoryCard
from tests.builders import make_article


@pytest.fixture
def short_is_two(monkeypatch):
    monkeypatch.setattr(pagination, "LONG_LIST", 2)


def listing(ground, name):
    rows = Placement.objects.in_lists_of(ground.section.pk, timezone.now()).newest_first()
    return list_page(rows, QueryDict(), StoryCard.objects.cards_of, name)


def test_count_of_a_long_list_is_cached_but_not_its_stories(lorraine, short_is_two):
    before = listing(lorraine, "news").count
    for number in range(3):
        make_article(lorraine.section, f"Brève {number}")
    listing(lorraine, "other")
    first = listing(lorraine, "news")
    make_article(lorraine.section, "Dernière minute")
    second = listing(lorraine, "news")

    assert first.count >= before
    assert second.count == first.count
    assert second.items[0].title == "Dernière minute"


def test_two_lists_do_not_share_a_count(lorraine, saar, short_is_two):
    for number in range(4):
        make_article(lorraine.section, f"Brève {number}")

    assert listing(lorraine, "a").count != listing(saar, "b").count


def test_short_list_is_counted_at_every_request(lorraine):
    before = listing(lorraine, "news").count
    make_article(lorraine.section, "Brève")

    assert listing(lorraine, "news").count == before + 1
