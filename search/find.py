"""The search function: what the readers of an edition find, with facets, corrections and promoted pages."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from portal.core.serving.editions import Edition
from search.analysis import word_matches
from search.engines import engine
from search.engines.base import LanguageQuery, Match, MatchCounts
from search.models import IndexEntry
from search.network import Home, network_of, promotion_key
from search.query.criteria import Criteria
from search.query.parse import QueryPiece, parse, terms_in_language
from search.query.spelling import corrections
from search.results.facets import Facet, FacetCounts, facet_tokens
from search.results.ranking import ranked
from search.results.results import Result, results_of
from search.scope import COPY

PER_PAGE = 10
# A query with fewer results may be mistyped, if another spelling has so many times as many.
FEW_RESULTS, CLEARLY_MORE = 3, 3


@dataclass(frozen=True)
class SearchResults:
    """One page of results.

    `total` counts all matches, of which the `reachable` ones can be paged through. If nothing matches the query, the
    results may be those of the query in `correction`, or match some of the words only (`is_loose`). `suggestion` is a
    query that the reader may have meant.
    """

    criteria: Criteria
    total: int = 0
    reachable: int = 0
    page_results: list[Result] = field(default_factory=list)
    facets: list[Facet] = field(default_factory=list)
    promoted: list[Result] = field(default_factory=list)
    correction: str = ""
    suggestion: str = ""
    is_loose: bool = False

    @property
    def last_page(self) -> int:
        return -(-self.reachable // PER_PAGE)


def find(edition: Edition, criteria: Criteria, now: datetime) -> SearchResults:
    """Search as a reader of the edition at `now`; an unknown facet value gives no results."""
    return Search(edition, criteria, now).run()


class Search:
    """One search: counts the matches, relaxes the query if there are none, then ranks and reads one page."""

    def __init__(self, edition: Edition, criteria: Criteria, now: datetime):
        self.edition, self.criteria, self.now = edition, criteria, now
        self.network = network_of(edition)

    def run(self) -> SearchResults:
        pieces = parse(self.criteria.q)
        try:
            filters = facet_tokens(self.criteria, self.edition, self.network)
        except ValueError:
            return SearchResults(self.criteria)
        # A page that several sites share is counted once in the network, on its own site.
        excluded = (COPY,) if self.criteria.sites else ()
        match = Match(self._queries(pieces), self.now, filters, excluded)
        if not match.queries:
            return SearchResults(self.criteria)
        counts, correction, suggestion, is_loose = self._counts(match), "", "", False
        if counts.total < FEW_RESULTS and (
            corrected := self._corrected(pieces, include_known=counts.total > 0 and _is_word(pieces))
        ):
            other = replace(match, queries=self._queries(parse(corrected)))
            other_counts = self._counts(other)
            if other_counts.total and not counts.total:
                match, counts, correction = other, other_counts, corrected
            elif other_counts.total >= CLEARLY_MORE * counts.total > 0:
                suggestion = corrected
        if not counts.total and len(match.queries[0].terms.required) > 1:
            any_of = tuple(replace(query, terms=query.terms.any_of) for query in match.queries)
            match = replace(match, queries=any_of)
            counts, is_loose = self._counts(match), True
        found = SearchResults(
            self.criteria,
            counts.total,
            facets=counts.facets(),
            correction=correction,
            suggestion=suggestion,
            is_loose=is_loose,
        )
        return self._with_page(found, match, counts.newest)

    def _with_page(self, found: SearchResults, match: Match, newest: list[int] | None) -> SearchResults:
        narrowed = replace(match, queries=self._narrowed(match.queries))
        highlights = {query.terms.language: query.terms.highlighted for query in match.queries}
        promoted = self._promoted(highlights)
        if not found.total:
            return replace(found, promoted=promoted)
        candidates = engine().candidates(narrowed, newest)
        titles = [
            " ".join(term for clause in query.terms.required for term in clause.alternatives[0])
            for query in match.queries
        ]
        order = ranked(candidates, titles, self.now)
        start = (self.criteria.page - 1) * PER_PAGE
        keys = [candidate.key for candidate in order[start : start + PER_PAGE]]
        return replace(
            found,
            reachable=min(found.total, len(order)),
            page_results=results_of(keys, highlights, self.edition, self.network, self.now) if keys else [],
            promoted=promoted,
        )

    def _homes(self) -> list[Home]:
        here, criteria = self.edition, self.criteria
        return [
            home
            for home in self.network.homes
            if ((criteria.sites and home.is_open) or home.site == here.site.pk)
            and (criteria.languages or home.language == here.language)
        ]

    def _queries(self, pieces: Sequence[QueryPiece]) -> tuple[LanguageQuery, ...]:
        homes = self._homes()
        queries = []
        for language in dict.fromkeys(home.language for home in homes):
            synonyms = self.network.synonyms.get((self.edition.site.pk, language), ())
            terms = terms_in_language(pieces, language, synonyms)
            if terms.required:
                queries.append(LanguageQuery(terms, tuple(home.pk for home in homes if home.language == language)))
        return tuple(queries)

    def _narrowed(self, queries: tuple[LanguageQuery, ...]) -> tuple[LanguageQuery, ...]:
        """Restrict the queries to the chosen site and language, which are facets of the home page."""
        chosen = {
            home.pk
            for home in self.network.homes
            if self.criteria.site in ("", str(home.site)) and self.criteria.language in ("", home.language)
        }
        narrowed = (replace(query, homes=tuple(home for home in query.homes if home in chosen)) for query in queries)
        return tuple(query for query in narrowed if query.homes)

    def _counts(self, match: Match) -> FacetCounts:
        by_bucket = match.without("kind", "section", "year")
        by_topic = replace(match.without("topic"), queries=self._narrowed(match.queries))
        counts = engine().count(by_bucket, by_topic) if by_topic.queries else MatchCounts([], [])
        return FacetCounts(self.criteria, self.edition, self.network, counts)

    def _corrected(self, pieces: Sequence[QueryPiece], *, include_known: bool) -> str:
        """The query with each word that is not in the index replaced by the nearest that is; empty if none changes.

        With `include_known`, a word of the index is replaced as well.
        """
        languages = dict.fromkeys([self.edition.language, *(home.language for home in self._homes())])
        text = self.criteria.q
        for piece in pieces:
            for match in word_matches(piece.text, self.edition.language):
                nearest = [
                    word
                    for language in languages
                    for word in corrections(language, match[1], include_known=include_known)
                ]
                if nearest and not piece.is_excluded:
                    text = text.replace(match[1], nearest[0], 1)
        return text if text != self.criteria.q else ""

    def _promoted(self, highlights: dict[str, frozenset[str]]) -> list[Result]:
        """The pages that the site promotes for this query, whatever the facets; on the first page only."""
        promotions = self.network.promotions.get((self.edition.site.pk, self.edition.language), {})
        pages = promotions.get(promotion_key(self.criteria.q), ())
        if not pages or self.criteria.page > 1:
            return []
        keys = dict(IndexEntry.objects.visible(self.now).filter(page__in=pages).values_list("page_id", "key"))
        visible = [keys[page] for page in pages if page in keys]
        return results_of(visible, highlights, self.edition, self.network, self.now)


def _is_word(pieces: Sequence[QueryPiece]) -> bool:
    return len(pieces) == 1 and pieces[0].text.isalnum()
