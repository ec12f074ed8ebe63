"""The links of a results page: pagination, and the same query on all sites or in all languages."""

from collections.abc import Collection
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from portal.content.lists.pagination import ListPage
from portal.content.serving.editions import Edition
from search.query.criteria import EVERYWHERE, Criteria
from search.results.search_results import PER_PAGE, SearchResults


def pagination_of(search_results: SearchResults) -> ListPage:
    criteria = search_results.criteria
    page = Paginator(range(search_results.reachable), PER_PAGE).page(criteria.page)
    return ListPage(page, [], criteria.change(page=1).query_string.removeprefix("?"))


@dataclass(frozen=True)
class ScopeLink:
    label: str
    url: str
    is_current: bool


def scope_links(criteria: Criteria, edition: Edition, wider: Collection[str]) -> list[list[ScopeLink]]:
    """The same query on this site or on all, and in this language or in all, without the chosen facets.

    A scope is offered if it is chosen, or if `wider` says that more is found with it; `both` only if neither alone is.
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
