"""Compares the cards and placements of stories with their pages."""

from typing import Any

from django.db.models import Q

from articles.listing import listings_of, story_types, update_listings
from portal.content.lists.checking import differing, rows_by_page
from portal.content.records.listing import Placement, StoryCard


def check_stories(repair: bool) -> int:
    """Count the stories with wrong cards or placements; with `repair`, correct them."""
    count = 0
    for model in story_types():
        pages = model.objects.filter(Q(live=True) | Q(story_card__isnull=False))
        count += differing(pages, _wrong_stories, update_listings, repair=repair)
    return count


def _wrong_stories(pages: list[Any]) -> set[int]:
    keys = [page.pk for page in pages]
    cards, placements = listings_of(pages)
    existing = StoryCard.objects.filter(pk__in=keys), Placement.objects.filter(card__in=keys)
    wrong = set()
    for rows, found, page in ((cards, existing[0], "page_id"), (placements, existing[1], "card_id")):
        expected, actual = rows_by_page(rows, page), rows_by_page(found, page)
        wrong |= {key for key in keys if expected.get(key) != actual.get(key)}
    return wrong
