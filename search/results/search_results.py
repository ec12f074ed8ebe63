"""The results of a search: one page of them, and the facts that are shown about them."""

from dataclasses import dataclass, field

from search.query.criteria import Criteria
from search.results.facets import Facet
from search.results.results import Result
from search.results.ways_out import WaysOut

PER_PAGE = 10


@dataclass(frozen=True)
class SearchResults:
    """One page of results.

    `total` counts all matches, the first `reachable` of them have a page. With `is_loose` no page has all words, and
    `missing` are on none; with `is_filled`, too few pages have all, and others follow. The results are those of
    `correction`, the parts of a compound with `has_parts`, or of `other_form`, where no word was a mistake;
    `suggestion` is only proposed. With `has_near`, some say the same in other words. `unfiltered_total` counts the
    matches without facets and dates if these exclude all. `wider_scopes` are `sites`, `languages` and `both` together,
    if they have more.
    """

    criteria: Criteria
    total: int = 0
    reachable: int = 0
    page_results: list[Result] = field(default_factory=list)
    facets: list[Facet] = field(default_factory=list)
    promoted: list[Result] = field(default_factory=list)
    unfiltered_total: int = 0
    correction: str = ""
    other_form: str = ""
    has_parts: bool = False
    suggestion: str = ""
    missing: tuple[str, ...] = ()
    is_loose: bool = False
    is_filled: bool = False
    has_near: bool = False
    has_events: bool = False
    wider_scopes: frozenset[str] = frozenset()
    ways_out: WaysOut | None = None

    @property
    def searched(self) -> str:
        """The query with corrected words; parts of a compound are no correction."""
        return (not self.has_parts and (self.correction or self.other_form)) or self.criteria.q

    @property
    def last_page(self) -> int:
        return -(-self.reachable // PER_PAGE)
