"""Pagination for every list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.functional import cached_property

from portal.platform.caching.expiry import next_expiry
from portal.platform.operation.changes import content_version

PER_PAGE = 20
LONGEST_NUMBER = 6
LONG_LIST = 2000
HOUR = 3600


class ListPaginator(Paginator):
    """Counts short lists each time. Caches the counts of long lists, because each count scans an index."""

    def __init__(self, rows: QuerySet[Any], cache_key: str):
        super().__init__(rows, PER_PAGE)
        self.rows = rows.order_by()
        self.cache_key = cache_key

    @cached_property
    def count(self) -> int:
        exact = self.rows[: LONG_LIST + 1].count()
        if exact <= LONG_LIST:
            return exact
        version = content_version()
        if version is None:
            return self.rows.count()
        expires_at = next_expiry(version, timezone.now())
        return (
            cache.get_or_set(f"list:{version}:{expires_at.timestamp()}:{self.cache_key}", self.rows.count, HOUR)
            or exact
        )


@dataclass(frozen=True)
class ListPage:
    """One list page; `query` is the query string of its links without the page number."""

    page: Page
    items: list[Any]
    query: str

    @property
    def count(self) -> int:
        return self.page.paginator.count

    @property
    def number(self) -> int:
        return self.page.number

    @property
    def last(self) -> int:
        return self.page.paginator.num_pages

    def url(self, number: int) -> str:
        parts = [self.query, f"page={number}" if number > 1 else ""]
        return "?" + "&".join(part for part in parts if part)

    @property
    def previous_url(self) -> str:
        return self.url(self.number - 1) if self.page.has_previous() else ""

    @property
    def next_url(self) -> str:
        return self.url(self.number + 1) if self.page.has_next() else ""

    @property
    def links(self) -> list[tuple[str, str]]:
        """Page numbers with their URLs. A gap has an empty URL."""
        numbers = self.page.paginator.get_elided_page_range(self.number, on_each_side=1, on_ends=1)
        return [(str(number), self.url(number) if isinstance(number, int) else "") for number in numbers]


def list_page(
    rows: Any,
    params: QueryDict,
    fetch: Callable[[Any], list[Any]] = list,
    cache_key: str = "",
    per_page: int | None = None,
) -> ListPage:
    """Return the page of `rows` given by the parameter `page`. Raises Http404 if there is none.

    `fetch` turns the slice of rows into items. `cache_key` identifies the list and its filters, so that a long count
    can be cached.
    """
    requested = params.get("page", "1")
    if not (requested.isascii() and requested.isdigit() and len(requested) <= LONGEST_NUMBER and int(requested) >= 1):
        raise Http404
    paginator = ListPaginator(rows, cache_key) if cache_key else Paginator(rows, per_page or PER_PAGE)
    number = int(requested)
    if number > paginator.num_pages:
        raise Http404
    page = paginator.page(number)
    remaining = params.copy()
    remaining.pop("page", None)
    return ListPage(page, fetch(page.object_list), remaining.urlencode())
