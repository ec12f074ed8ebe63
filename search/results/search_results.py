"""What a search gives: one page of results, and what is to be said of them."""

from dataclasses import dataclass, field

from search.query.criteria import Criteria
from search.results.facets import Facet
from search.results.results import Result
from search.results.ways_out import WaysOut

PER_PAGE = 10


@dataclass(frozen=True)
class SearchResults:
    """One page of results.

    `total` counts all matches, of which the `reachable` ones can be paged through. If nothing matches the query, the
    results may match some of the words only (`is_loose`; `missing` are those that stand nowhere), or be those of
    another query: of `correction`, which has the parts of a compound if it `has_parts`, or of `other_form`, where no
    word was a mistake. If too few match for a page, those that match some of the words are among them (`is_filled`),
    and those that mean the same in other words (`has_near`). `suggestion` is a query that the reader may have meant;
    `ways_out` is what can be done if nothing was found at all, and `unfiltered_total` how many there are without the
    chosen facets and dates if only those exclude all. `wider_scopes` are those of `sites`, `languages` and `both`
    together that would find more.
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
        """The query whose results these are, with the words as they were corrected; parts of a word are no words."""
        return (not self.has_parts and (self.correction or self.other_form)) or self.criteria.q

    @property
    def last_page(self) -> int:
        return -(-self.reachable // PER_PAGE)
