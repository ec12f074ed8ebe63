"""Keeps the lists of stories in step with the pages, one function for each thing that happens to them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from wagtail.models import Page, get_page_models

from portal.core.models import Placement, Share, StoryCard, StoryPage
from portal.core.serving.editions import STEP
from portal.core.serving.privacy import alias_paths, private_paths

BATCH = 500
# The root of the tree has no list.
FIRST_LISTING_DEPTH = 2


def story_types() -> list[type[StoryPage]]:
    return [model for model in get_page_models() if issubclass(model, StoryPage)]


def list_story(page: StoryPage) -> None:
    """Bring the lists in line with one story as it is saved."""
    list_stories([page])


def list_below(page: Page) -> int:
    """Bring the lists in line with every story at or below a page; how many there are.

    For what changes many at once: a move, a new address, a privacy rule. An alias is as private as what it shows,
    wherever it stands.
    """
    count = 0
    for model in story_types():
        here = Q(path__startswith=page.path) | Q(path__in=alias_paths([page.path]))
        stories = model.objects.filter(here).select_related("locale").iterator(BATCH)
        for batch in batched(stories, BATCH):
            list_stories(batch)
            count += len(batch)
    return count


def list_stories(pages: Iterable[StoryPage]) -> None:
    pages = list(pages)
    standing = listing_of(pages)
    public = [page for page in pages if page.pk in standing]
    aliases = [page.pk for page in public if page.alias_of_id]
    dates = dict(Share.objects.filter(alias__in=aliases).values_list("alias", "published_at")) if aliases else {}
    cards = [card_of(page, standing[page.pk].hidden_at, dates.get(page.pk)) for page in public]
    with transaction.atomic():
        StoryCard.objects.filter(pk__in=[page.pk for page in pages]).delete()
        StoryCard.objects.bulk_create(cards, batch_size=BATCH)
        Placement.objects.bulk_create(
            [
                placement
                for page, card in zip(public, cards, strict=True)
                for placement in placements_of(card, standing[page.pk].above)
            ],
            batch_size=BATCH,
        )


@dataclass(frozen=True)
class Listing:
    """In whose lists a public page stands (keys, from the home page down), and until when."""

    above: tuple[int, ...]
    hidden_at: datetime | None


def listing_of[P: Page](pages: Iterable[P]) -> dict[int, Listing]:
    """How each of the pages that readers may see stands in the tree, by its key; others are left out."""
    private = tuple(private_paths())
    public = [page for page in pages if page.live and not page.path.startswith(private)]
    aliases = [page.pk for page in public if page.alias_of_id]
    sources = dict(Page.objects.filter(aliases__in=aliases).values_list("pk", "path")) if aliases else {}
    # An alias closes with what it shows, wherever that stands.
    ways = {page.pk: [*paths_above(page.path), *paths_above(sources.get(page.alias_of_id, ""))] for page in public}
    every = {path for way in ways.values() for path in way}
    parents = {page.path: page for page in Page.objects.filter(path__in=every).only(*CLOSING, "path")}
    standing = {}
    for page in public:
        ends = [page.expire_at, *(expiry_of(parents[path]) for path in ways[page.pk])]
        above = tuple(parents[path].pk for path in paths_above(page.path))
        standing[page.pk] = Listing(above, min((end for end in ends if end), default=None))
    return standing


CLOSING = ("live", "expired", "expire_at")


def expiry_of(page: Page) -> datetime | None:
    """The moment from which on a page, and with it what lies below, has expired; None for never."""
    if page.live:
        return page.expire_at
    return min(page.expire_at or timezone.now(), timezone.now()) if page.expired else None


def list_below_if_it_closes(page: Page) -> None:
    """Bring the lists in line where a page above stories may have got another time to expire, or lost it."""
    if StoryCard.objects.filter(closes_otherwise(page, "page"), page__path__startswith=page.path).exists():
        list_below(page)


def closes_otherwise(page: Page, item: str) -> Q:
    """Of rows with a `hidden_at` for an `item` below the page: those that do not say when the page itself closes."""
    end = expiry_of(page)
    wrong = Q(hidden_at__isnull=False) if end is None else Q(hidden_at__lt=end)
    wrong &= Q(**{f"{item}__expire_at__isnull": True}) | ~Q(hidden_at=F(f"{item}__expire_at"))
    return wrong | Q(hidden_at__isnull=True) | Q(hidden_at__gt=end) if end else wrong


def card_of(page: StoryPage, hidden_at: datetime | None, shared_at: datetime | None = None) -> StoryCard:
    """The card of a story; one from another site has the date on which this site began to show it."""
    return StoryCard(
        page_id=page.pk,
        kind=page.kind,
        title=page.title,
        standfirst=page.standfirst,
        image_id=page.lead_image_id,
        published_at=shared_at or page.published_at,
        hidden_at=hidden_at,
        about_id=page.looks_back_on,
    )


def placements_of(card: StoryCard, above: Iterable[int]) -> Iterator[Placement]:
    """One placement for each page above, given by its key."""
    for key in above:
        yield Placement(
            above_id=key, card=card, kind=card.kind, published_at=card.published_at, hidden_at=card.hidden_at
        )


def paths_above(path: str) -> list[str]:
    return [path[:end] for end in range(FIRST_LISTING_DEPTH * STEP, len(path), STEP)]
