"""The links of a results page: from page to page, and from here to the whole network."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from portal.core.serving.editions import Edition
from search.find import PER_PAGE, Found
from search.query.criteria import EVERYWHERE, Criteria


@dataclass(frozen=True)
class Pages:
    """As `portal.core.lists.pagination.ListPage` shows itself: see `components/pagination.html`."""

    number: int
    last: int
    links: list[tuple[str, str]]
    previous_url: str
    next_url: str


def pages_of(found: Found) -> Pages:
    criteria, last = found.criteria, found.last
    numbers = Paginator(range(found.reachable), PER_PAGE).get_elided_page_range(
        criteria.page, on_each_side=1, on_ends=1
    )

    def address(number: int) -> str:
        return criteria.change(page=number).address

    return Pages(
        criteria.page,
        last,
        [(str(number), address(number) if isinstance(number, int) else "") for number in numbers] if last else [],
        address(criteria.page - 1) if criteria.page > 1 else "",
        address(criteria.page + 1) if criteria.page < last else "",
    )


@dataclass(frozen=True)
class Scope:
    label: str
    address: str
    is_current: bool


def scopes_of(criteria: Criteria, edition: Edition) -> list[Scope]:
    """Where else the same can be asked for: on all sites, in all languages; what narrowed it here stays behind."""
    plain = Criteria(criteria.q, sites=criteria.sites, languages=criteria.languages)
    scopes = []
    if edition.network:
        scopes += [
            Scope(edition.name, plain.change(sites="").address, not criteria.sites),
            Scope(_("All sites of the network"), plain.change(sites=EVERYWHERE).address, bool(criteria.sites)),
        ]
    return scopes


def languages_of(criteria: Criteria, edition: Edition) -> list[Scope]:
    plain = Criteria(criteria.q, sites=criteria.sites, languages=criteria.languages)
    if len(edition.languages) < 2 and not edition.network:
        return []
    return [
        Scope(_("This language"), plain.change(languages="").address, not criteria.languages),
        Scope(_("All languages"), plain.change(languages=EVERYWHERE).address, bool(criteria.languages)),
    ]
