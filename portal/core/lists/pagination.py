"""One way to cut a long list into pages, for every list."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils.functional import cached_property

PER_PAGE = 20
LONGEST_NUMBER = 6
LONG = 2000
MINUTE = 60


class ListPaginator(Paginator):
    """Counts short lists afresh; the length of a long one, which costs a walk along it, may be a minute old.

    What stands on a page is never remembered, only how many pages there are.
    """

    def __init__(self, rows: QuerySet[Any], name: str):
        super().__init__(rows, PER_PAGE)
        self.rows = rows.order_by()
        self.name = name

    @cached_property
    def count(self) -> int:
        exact = self.rows[: LONG + 1].count()
        if exact <= LONG:
            return exact
        return cache.get_or_set(f"list:{self.name}", self.rows.count, MINUTE) or exact


@dataclass(frozen=True)
class ListPage:
    """One page of a list; `query` is what its links must keep, without the page number."""

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

    @property
    def numbers(self) -> Iterator[int | str]:
        return self.page.paginator.get_elided_page_range(self.page.number, on_each_side=1, on_ends=1)

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
        """Each number with its address; the gap between numbers has none."""
        return [(str(number), self.url(number) if isinstance(number, int) else "") for number in self.numbers]


def list_page(rows: Any, params: QueryDict, fetch: Callable[[Any], list[Any]] = list, name: str = "") -> ListPage:
    """The page of `rows` that the parameter `page` asks for; Http404 where there is none.

    `fetch` turns the slice of rows into what is shown; under `name`, its filters included, the length of a long list
    is remembered.
    """
    asked = params.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_NUMBER and int(asked) >= 1):
        raise Http404
    paginator = ListPaginator(rows, name) if name else Paginator(rows, PER_PAGE)
    number = int(asked)
    if number > paginator.num_pages:
        raise Http404
    page = paginator.page(number)
    kept = params.copy()
    kept.pop("page", None)
    return ListPage(page, fetch(page.object_list), kept.urlencode())
