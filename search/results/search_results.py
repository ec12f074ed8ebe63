"""The results of a search: one page of them, and the facts that are shown about them."""

from dataclasses import dataclass, field

from search.query.criteria import Criteria
from search.results.alternatives import Alternatives
from search.results.facets import Facet
from search.results.results import Result

PER_PAGE = 10


@dataclass(frozen=True)
class SearchResults:
    """One page of results.

    `total` counts all matches, of which a reader can page through the first `reachable`. If `is_loose`, no page has all
    of the words, and `missing` are those that no page has; if `is_filled`, too few pages have all of them, so pages
    with some of them follow. The results are those of the query `correction`, which has the parts of a compound if
    `has_parts`, or of `other_form`, in which no word corrects a mistake, if either is set; `suggestion` is only
    proposed. If `has_near`, some results say the same in other words. `unfiltered_total` counts the matches without
    facets and dates if these exclude all. `wider_scopes` are those of `sites`, `languages` and `both` (together) that
    have more results.
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
    alternatives: Alternatives | None = None

    @property
    def searched(self) -> str:
        """The query with its words corrected; dividing a compound into its parts is no correction."""
        return (not self.has_parts and (self.correction or self.other_form)) or self.criteria.q

    @property
    def last_page(self) -> int:
        return -(-self.reachable // PER_PAGE)
