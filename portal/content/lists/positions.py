"""The positions of public pages in the tree: their ancestors, and when they disappear from lists."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q
from django.utils import timezone
from wagtail.models import Page

from portal.content.publication import once_while_publishing
from portal.content.records.privacy import restricted_paths
from portal.content.visibility import HOME_LENGTH, STEP

BATCH = 500


@dataclass(frozen=True)
class PublicPosition:
    """The primary keys of a public page's ancestors, from the home page down, and when it expires from their lists."""

    above: tuple[int, ...]
    hidden_at: datetime | None


def public_positions[P: Page](pages: Iterable[P]) -> dict[int, PublicPosition]:
    """Return the position of each public page by primary key; other pages are omitted."""
    pages = list(pages)
    states = tuple((page.pk, page.live, page.path, page.expire_at) for page in pages)
    return once_while_publishing(("positions", states), lambda: _public_positions(pages))


def _public_positions[P: Page](pages: list[P]) -> dict[int, PublicPosition]:
    private = tuple(restricted_paths())
    public = [page for page in pages if page.live and not page.path.startswith(private)]
    aliases = [page.pk for page in public if page.alias_of_id]
    sources = dict(Page.objects.filter(aliases__in=aliases).values_list("pk", "path")) if aliases else {}
    # An alias expires with its original, wherever the original is.
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
    """The pages at these tree paths, with type and expiry."""
    pages = Page.objects.filter(path__in=paths).only(*EXPIRY_FIELDS, "path", "content_type")
    return once_while_publishing(("above", frozenset(paths)), lambda: {page.path: page for page in pages})


EXPIRY_FIELDS = ("live", "expired", "expire_at")


def expiry_of(page: Page) -> datetime | None:
    """When a page expires together with everything below it; None for never."""
    end: datetime | None = page.expire_at
    if page.live:
        return end
    return min(end or timezone.now(), timezone.now()) if page.expired else None


def with_other_expiry(page: Page, item: str) -> Q:
    """A condition: the rows of items below the page with a `hidden_at` that differs from the page's expiry."""
    end = expiry_of(page)
    wrong = Q(hidden_at__isnull=False) if end is None else Q(hidden_at__lt=end)
    wrong &= Q(**{f"{item}__expire_at__isnull": True}) | ~Q(hidden_at=F(f"{item}__expire_at"))
    return wrong | Q(hidden_at__isnull=True) | Q(hidden_at__gt=end) if end else wrong


def paths_above(path: str) -> list[str]:
    return [path[:end] for end in range(HOME_LENGTH, len(path), STEP)]
