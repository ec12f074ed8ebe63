"""A search's results: one page of them, and the information about all of them."""

from dataclasses import dataclass, field

from search.query.criteria import Criteria
from search.results.alternatives import Alternatives
from search.results.facets import Facet
from search.results.results import Result

PER_PAGE = 10


@dataclass(frozen=True)
class SearchResults:
    criteria: Criteria
    total: int = 0
    # The number of results that readers can page through.
    reachable: int = 0
    page_results: list[Result] = field(default_factory=list)
    facets: list[Facet] = field(default_factory=list)
    promoted: list[Result] = field(default_factory=list)
    # The number of matches without facets and dates, if these exclude all.
    unfiltered_total: int = 0
    # The corrected query that was searched, or a query with other forms of correct words; empty if it is as typed.
    correction: str = ""
    other_form: str = ""
    # Whether the correction divides a compound into its parts.
    has_parts: bool = False
    # A query to propose, which was not searched.
    suggestion: str = ""
    # If no page has all of the words, the words that no page has.
    missing: tuple[str, ...] = ()
    is_loose: bool = False
    # Whether pages with some of the words follow, because too few have all of them.
    is_filled: bool = False
    # Whether some results are only similar in meaning.
    has_near: bool = False
    has_events: bool = False
    # The scopes among `sites`, `languages` and `both` (together) that have more results.
    wider_scopes: frozenset[str] = frozenset()
    alternatives: Alternatives | None = None

    @property
    def searched(self) -> str:
        """The query with its words corrected, but compounds not divided."""
        return (not self.has_parts and (self.correction or self.other_form)) or self.criteria.q

    @property
    def last_page(self) -> int:
        return -(-self.reachable // PER_PAGE)
