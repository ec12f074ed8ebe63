"""Keeps story cards and placements in step with the page tree."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from wagtail.models import Page, get_page_models

from portal.content.pages.stories import StoryPage
from portal.content.publication import once_while_publishing
from portal.content.records.listing import Placement, StoryCard
from portal.content.records.sharing import Share
from portal.content.serving.editions import STEP
from portal.content.serving.privacy import alias_paths, restricted_paths

BATCH = 500
# What tells two cards of a story apart, and two placements; first the key of the story.
OF_A_CARD = ("page_id", "kind", "title", "standfirst", "image_id", "published_at", "hidden_at", "about_id")
OF_A_PLACEMENT = ("card_id", "above_id", "kind", "published_at", "hidden_at")
# The root of the tree has no list.
FIRST_LISTING_DEPTH = 2


def story_types() -> list[type[StoryPage]]:
    return [model for model in get_page_models() if issubclass(model, StoryPage)]


def update_listing(page: StoryPage) -> None:
    """Update the card and placements of one story to its saved state."""
    update_listings([page])


def update_listings_below(page: Page) -> int:
    """Update the listings of every story at or below a page, and return their number.

    A move, a new slug and a privacy rule change many stories at once. Aliases of those stories are updated too,
    wherever they are: an alias is as private as its original.
    """
    count = 0
    for model in story_types():
        here = Q(path__startswith=page.path) | Q(path__in=alias_paths([page.path]))
        stories = model.objects.filter(here).select_related("locale").iterator(BATCH)
        for batch in batched(stories, BATCH):
            update_listings(batch)
            count += len(batch)
    return count


def update_listings(pages: Iterable[StoryPage]) -> None:
    """Write the cards and placements that differ from what they must be."""
    pages = list(pages)
    cards, placements = listings_of(pages)
    keys = [page.pk for page in pages]
    with transaction.atomic(savepoint=False):
        known = {row[0]: row for row in StoryCard.objects.filter(pk__in=keys).values_list(*OF_A_CARD)}
        placed = set(Placement.objects.filter(card__in=keys).values_list(*OF_A_PLACEMENT)) if known else set()
        right = {_columns(placement, OF_A_PLACEMENT) for placement in placements}
        moved: set[Any] = {row[0] for row in placed ^ right}
        if moved & known.keys():
            Placement.objects.filter(card__in=moved).delete()
        if gone := known.keys() - {card.pk for card in cards}:
            StoryCard.objects.filter(pk__in=gone).delete()
        StoryCard.objects.bulk_create(
            [card for card in cards if known.get(card.pk) != _columns(card, OF_A_CARD)],
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["page"],
            update_fields=OF_A_CARD[1:],
        )
        Placement.objects.bulk_create(
            [placement for placement in placements if placement.card_id in moved], batch_size=BATCH
        )


def _columns(record: StoryCard | Placement, names: Iterable[str]) -> tuple[object, ...]:
    return tuple(getattr(record, name) for name in names)


def listings_of(pages: list[StoryPage]) -> tuple[list[StoryCard], list[Placement]]:
    """The cards and placements that the stories must have; those that readers may not see have none."""
    positions = public_positions(pages)
    public = [page for page in pages if page.pk in positions]
    aliases = [page.pk for page in public if page.alias_of_id]
    dates = dict(Share.objects.filter(alias__in=aliases).values_list("alias", "published_at")) if aliases else {}
    cards = [card_of(page, positions[page.pk].hidden_at, dates.get(page.pk)) for page in public]
    placements = [
        placement
        for page, card in zip(public, cards, strict=True)
        for placement in placements_of(card, positions[page.pk].above)
    ]
    return cards, placements


@dataclass(frozen=True)
class PublicPosition:
    """The keys of the pages above a public page, from the home page down, and when it disappears from their lists."""

    above: tuple[int, ...]
    hidden_at: datetime | None


def public_positions[P: Page](pages: Iterable[P]) -> dict[int, PublicPosition]:
    """Return the position of each page that readers may see, by its key; other pages are left out."""
    pages = list(pages)
    states = tuple((page.pk, page.live, page.path, page.expire_at) for page in pages)
    return once_while_publishing(("positions", states), lambda: _public_positions(pages))


def _public_positions[P: Page](pages: list[P]) -> dict[int, PublicPosition]:
    private = tuple(restricted_paths())
    public = [page for page in pages if page.live and not page.path.startswith(private)]
    aliases = [page.pk for page in public if page.alias_of_id]
    sources = dict(Page.objects.filter(aliases__in=aliases).values_list("pk", "path")) if aliases else {}
    # An alias expires with its original, wherever that is.
    ways = {page.pk: [*paths_above(page.path), *paths_above(sources.get(page.alias_of_id, ""))] for page in public}
    every = {path for way in ways.values() for path in way}
    parents = pages_above(every)
    positions = {}
    for page in public:
        ends = [page.expire_at, *(expiry_of(parents[path]) for path in ways[page.pk])]
        above = tuple(parents[path].pk for path in paths_above(page.path))
        positions[page.pk] = PublicPosition(above, min((end for end in ends if end), default=None))
    return positions


def pages_above(paths: Collection[str]) -> dict[str, Page]:
    """Where the pages at these paths stand, of which type they are, and when they expire."""
    pages = Page.objects.filter(path__in=paths).only(*EXPIRY_FIELDS, "path", "content_type")
    return once_while_publishing(("above", frozenset(paths)), lambda: {page.path: page for page in pages})


EXPIRY_FIELDS = ("live", "expired", "expire_at")


def expiry_of(page: Page) -> datetime | None:
    """The moment at which a page expires, with everything below it; None for never."""
    end: datetime | None = page.expire_at
    if page.live:
        return end
    return min(end or timezone.now(), timezone.now()) if page.expired else None


def update_listings_if_expiry_changed(page: Page) -> None:
    """Update the listings below a page if their `hidden_at` does not agree with the page's expiry."""
    if StoryCard.objects.filter(with_other_expiry(page, "page"), page__path__startswith=page.path).exists():
        update_listings_below(page)


def with_other_expiry(page: Page, item: str) -> Q:
    """A condition on rows with `hidden_at` for an `item` below the page: those that disagree with the page's expiry."""
    end = expiry_of(page)
    wrong = Q(hidden_at__isnull=False) if end is None else Q(hidden_at__lt=end)
    wrong &= Q(**{f"{item}__expire_at__isnull": True}) | ~Q(hidden_at=F(f"{item}__expire_at"))
    return wrong | Q(hidden_at__isnull=True) | Q(hidden_at__gt=end) if end else wrong


def card_of(page: StoryPage, hidden_at: datetime | None, shared_at: datetime | None = None) -> StoryCard:
    """The card of a story; a story shared by another site carries the date since which this site shows it."""
    return StoryCard(
        page_id=page.pk,
        kind=page.kind,
        title=page.title,
        standfirst=page.teaser or page.standfirst,
        image_id=page.lead_image_id,
        published_at=shared_at or page.published_at,
        hidden_at=hidden_at,
        about_id=page.about_key,
    )


def placements_of(card: StoryCard, above: Iterable[int]) -> Iterator[Placement]:
    """One placement for each page above, given by its key."""
    for key in above:
        yield Placement(
            above_id=key, card=card, kind=card.kind, published_at=card.published_at, hidden_at=card.hidden_at
        )


def paths_above(path: str) -> list[str]:
    return [path[:end] for end in range(FIRST_LISTING_DEPTH * STEP, len(path), STEP)]
