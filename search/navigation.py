"""The links of a results page: pagination, and the same query on all sites or in all languages."""

from collections.abc import Collection
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from portal.content.serving.editions import Edition
from search.query.criteria import EVERYWHERE, Criteria
from search.results.search_results import PER_PAGE, SearchResults


@dataclass(frozen=True)
class Pagination:
    """The interface of `portal.content.lists.pagination.ListPage` that `components/pagination.html` uses."""

    number: int
    last: int
    links: list[tuple[str, str]]
    previous_url: str
    next_url: str


def pagination_of(search_results: SearchResults) -> Pagination:
    criteria, last = search_results.criteria, search_results.last_page
    numbers = Paginator(range(search_results.reachable), PER_PAGE).get_elided_page_range(
        criteria.page, on_each_side=1, on_ends=1
    )

    def url_of(number: int) -> str:
        return criteria.change(page=number).query_string

    return Pagination(
        criteria.page,
        last,
        [(str(number), url_of(number) if isinstance(number, int) else "") for number in numbers] if last else [],
        url_of(criteria.page - 1) if criteria.page > 1 else "",
        url_of(criteria.page + 1) if criteria.page < last else "",
    )


@dataclass(frozen=True)
class ScopeLink:
    label: str
    url: str
    is_current: bool


def scope_links(criteria: Criteria, edition: Edition, wider: Collection[str]) -> list[list[ScopeLink]]:
    """The same query on this site or on all, and in this language or in all, without the chosen facets.

    A choice stands there only if it is made, or if more is found with it: `wider` has `sites` and `languages` if so,
    and `both` if the two are more together, which is offered where neither leads anywhere alone.
    """
    plain = criteria.unfiltered
    labels = {
        "sites": (edition.name, _("All sites of the network")),
        "languages": (_("This language"), _("All languages")),
    }
    found = [
        [
            ScopeLink(here, plain.change(**{name: ""}).query_string, not getattr(criteria, name)),
            ScopeLink(everywhere, plain.change(**{name: EVERYWHERE}).query_string, bool(getattr(criteria, name))),
        ]
        for name, (here, everywhere) in labels.items()
        if getattr(criteria, name) or name in wider
    ]
    if found or "both" not in wider:
        return found
    everything = plain.change(sites=EVERYWHERE, languages=EVERYWHERE)
    return [
        [
            ScopeLink(edition.name, plain.query_string, is_current=True),
            ScopeLink(_("All sites in all languages"), everything.query_string, is_current=False),
        ]
    ]
