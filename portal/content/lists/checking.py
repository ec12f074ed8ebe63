"""Compares the rows of lists with the pages, and writes again what differs; each app with lists adds its own check."""

from collections.abc import Callable, Iterable
from itertools import batched
from typing import Any

from django.db.models import Model, Q, QuerySet
from wagtail.models import Page

from portal.content.lists.listing import BATCH, listings_of, story_types, update_listings
from portal.content.records.listing import Placement, StoryCard

# Each takes whether to repair, and returns how many stories or events differed.
list_checks: dict[str, Callable[[bool], int]] = {}


def check_lists(*, repair: bool) -> dict[str, int]:
    """The number of pages whose rows differ, by what they are."""
    return {name: check(repair) for name, check in list_checks.items()}


def rows_by_page(rows: Iterable[Model], page: str, leave_out: Iterable[str] = ()) -> dict[int, set[tuple[Any, ...]]]:
    """The values of rows as sets by the key of their page, so that two states can be compared."""
    found: dict[int, set[tuple[Any, ...]]] = {}
    for row in rows:
        names = [f.attname for f in row._meta.concrete_fields if f.attname not in {"id", *leave_out}]
        found.setdefault(getattr(row, page), set()).add(tuple(getattr(row, name) for name in names))
    return found


def differing[P: Page](
    pages: QuerySet[P],
    compare: Callable[[list[P]], set[int]],
    write: Callable[[list[P]], object],
    *,
    repair: bool,
) -> int:
    """Compare pages in batches and write again those that differ; return how many these are."""
    count = 0
    for keys in batched(pages.order_by("pk").values_list("pk", flat=True), BATCH):
        batch = list(pages.model._default_manager.filter(pk__in=keys).select_related("locale"))
        wrong = compare(batch)
        count += len(wrong)
        if repair and wrong:
            write([page for page in batch if page.pk in wrong])
    return count


def _stories(repair: bool) -> int:
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


list_checks["stories"] = _stories
