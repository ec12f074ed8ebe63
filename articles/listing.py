"""Updates story cards and placements when the page tree changes."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import batched
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from wagtail.models import Page, ReferenceIndex, get_page_models

from articles.stories import StoryPage
from portal.content.blocks.recordings import Recording, recordings_of
from portal.content.lists.positions import BATCH, public_positions, with_other_expiry
from portal.content.records.listing import Placement, StoryCard
from portal.content.records.people import Byline, Person
from portal.content.records.privacy import alias_paths
from portal.content.records.sharing import Share
from portal.media.models import Document

# The columns compared in cards and placements; the story's primary key comes first.
CARD_COLUMNS = (
    *("page_id", "kind", "title", "standfirst", "image_id", "published_at", "hidden_at", "about_id"),
    *("byline", "portrait_id", "link", "recording", "seconds", "place"),
)
PLACEMENT_COLUMNS = ("card_id", "above_id", "kind", "published_at", "hidden_at")


def story_types() -> list[type[StoryPage]]:
    return [model for model in get_page_models() if issubclass(model, StoryPage)]


def update_listings_below(page: Page) -> int:
    """Update the listings of every story at or below a page, after a move, a new slug or a privacy rule.

    Aliases of those stories are updated too, wherever they are, because an alias is as private as its original.
    Returns the number of stories.
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
    """Update the cards and placements of these pages if they differ from the expected ones."""
    pages = list(pages)
    cards, placements = listings_of(pages)
    keys = [page.pk for page in pages]
    with transaction.atomic(savepoint=False):
        known = {row[0]: row for row in StoryCard.objects.filter(pk__in=keys).values_list(*CARD_COLUMNS)}
        placed = set(Placement.objects.filter(card__in=keys).values_list(*PLACEMENT_COLUMNS)) if known else set()
        expected = {_columns(placement, PLACEMENT_COLUMNS) for placement in placements}
        moved: set[Any] = {row[0] for row in placed ^ expected}
        if moved & known.keys():
            Placement.objects.filter(card__in=moved).delete()
        if gone := known.keys() - {card.pk for card in cards}:
            StoryCard.objects.filter(pk__in=gone).delete()
        StoryCard.objects.bulk_create(
            [card for card in cards if known.get(card.pk) != _columns(card, CARD_COLUMNS)],
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["page"],
            update_fields=CARD_COLUMNS[1:],
        )
        Placement.objects.bulk_create(
            [placement for placement in placements if placement.card_id in moved], batch_size=BATCH
        )


def _columns(record: StoryCard | Placement, names: Iterable[str]) -> tuple[object, ...]:
    return tuple(getattr(record, name) for name in names)


def listings_of(pages: list[StoryPage]) -> tuple[list[StoryCard], list[Placement]]:
    """The expected cards and placements of stories. Hidden stories have none, unlisted ones only a card."""
    positions = public_positions(pages)
    public = [page for page in pages if page.pk in positions]
    aliases = [page.pk for page in public if page.alias_of_id]
    dates = dict(Share.objects.filter(alias__in=aliases).values_list("alias", "published_at")) if aliases else {}
    recordings = recordings_of({page.pk: page.body for page in public})
    cards = [
        card_of(page, positions[page.pk].hidden_at, dates.get(page.pk), recordings.get(page.pk, [None])[0])
        for page in public
    ]
    placements = [
        placement
        for page, card in zip(public, cards, strict=True)
        if not page.is_unlisted
        for placement in placements_of(card, positions[page.pk].above)
    ]
    return cards, placements


def update_cards_of(person: Person) -> None:
    """Update the cards that name a person or show their portrait."""
    update_signed_cards(Byline.objects.filter(person=person).values("page"))


def update_cards_with(document: Document) -> None:
    """Update the cards of the stories with a recording."""
    uses = ReferenceIndex.get_references_to(document).filter(base_content_type=ContentType.objects.get_for_model(Page))
    pages = [int(key) for key in uses.values_list("object_id", flat=True)]
    keys = list(StoryCard.objects.exclude(recording="").filter(pk__in=pages).values_list("pk", flat=True))
    for model in story_types() if keys else []:
        update_listings(model.objects.filter(pk__in=keys).select_related("locale"))


def update_signed_cards(pages: Any) -> None:
    """Update the cards of these pages that name somebody or show a portrait. `pages` are primary keys."""
    keys = list(StoryCard.objects.exclude(byline="", portrait=None).filter(pk__in=pages).values_list("pk", flat=True))
    for model in story_types() if keys else []:
        update_listings(model.objects.filter(pk__in=keys).select_related("locale"))


def update_listings_if_expiry_changed(page: Page) -> None:
    """Update the listings below a page if their `hidden_at` differs from the page's expiry."""
    if StoryCard.objects.filter(with_other_expiry(page, "page"), page__path__startswith=page.path).exists():
        update_listings_below(page)


def card_of(
    page: StoryPage, hidden_at: datetime | None, shared_at: datetime | None = None, recording: Recording | None = None
) -> StoryCard:
    """A story's card. `shared_at` is when this site began to show another site's story; `recording` is its first."""
    byline, portrait = page.people_on_cards
    return StoryCard(
        page_id=page.pk,
        kind=page.listed_as.name,
        title=page.title,
        standfirst=page.teaser or page.standfirst,
        image_id=page.lead_image_id,
        published_at=shared_at or page.published_at,
        hidden_at=hidden_at,
        about_id=page.about_key,
        byline=byline[: StoryCard._meta.get_field("byline").max_length],
        portrait_id=portrait,
        link=page.link_on_cards,
        recording=recording.kind if recording else "",
        seconds=recording.seconds if recording else None,
        place=page.place_on_cards,
    )


def placements_of(card: StoryCard, above: Iterable[int]) -> Iterator[Placement]:
    """One placement per ancestor page. `above` are primary keys."""
    for key in above:
        yield Placement(
            above_id=key, card=card, kind=card.kind, published_at=card.published_at, hidden_at=card.hidden_at
        )
