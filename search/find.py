"""The search function: the results for an edition's readers, with facets, corrections and promoted pages."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from portal.content.serving.editions import Edition
from search.engines import engine
from search.engines.base import MAX_LOOSE, LanguageQuery, Match, MatchCounts, of_homes
from search.index_search import FoundWords, IndexSearch
from search.indexes import PUBLIC
from search.meaning import is_meaning_on
from search.meaning.near import Near, NearEntry, near_to
from search.models import IndexEntry
from search.network import Home, network_of, promotion_key
from search.query.correcting import Corrections
from search.query.criteria import EVERYWHERE, Criteria
from search.query.parse import QueryPiece
from search.results.alternatives import alternatives
from search.results.dates import keys_of_weekend, span_of
from search.results.facets import FacetCounts, facet_tokens
from search.results.ranking import Ranked, rank_candidates
from search.results.reach import Reach
from search.results.reranking import rerank, typed_words
from search.results.results import Result, results_of
from search.results.search_results import PER_PAGE, SearchResults
from search.scope import COPY

# With more results, other scopes are offered without checking that they have any.
MANY_RESULTS = 200
# Shorter queries are ranked by their words alone.
MIN_WORDS_RANKED_BY_MEANING = 4


def find(edition: Edition, criteria: Criteria, now: datetime) -> SearchResults:
    """Search as a reader of the edition would at `now`. An unknown facet value yields no results."""
    search = Search(edition, criteria, now)
    found = search.run()
    if criteria.q and not found.total:
        if criteria.is_narrowed and (total := Search(edition, criteria.unfiltered, now).run().total):
            return replace(found, unfiltered_total=total)
        return replace(found, alternatives=alternatives(edition, search.network, criteria, now))
    return found


class Search(IndexSearch):
    """One reader's search: the matching entries, facets, and everything else on the results page."""

    index = PUBLIC

    def __init__(self, edition: Edition, criteria: Criteria, now: datetime):
        self.edition, self.criteria = edition, criteria
        self.network = network_of(edition)
        self.reach = Reach(edition, self.network)
        self.homes: list[Home] = self.reach.homes(criteria)
        languages = list(dict.fromkeys([edition.language, *(home.language for home in self.homes)]))
        super().__init__(criteria.q, languages, of_homes(home.pk for home in self.homes), now, edition.zone)
        self.counted: dict[tuple[Any, ...], FacetCounts] = {}

    def queries(self, pieces: Sequence[QueryPiece]) -> tuple[LanguageQuery, ...]:
        return self.reach.queries(pieces, self.homes)

    def total(self, match: Match) -> int:
        return self._counts(match).total

    def is_narrowed(self) -> bool:
        return self.criteria.is_narrowed

    def words_elsewhere(self, words: Collection[str]) -> set[str]:
        return self.reach.words_elsewhere(words, self.criteria, self.now)

    def run(self) -> SearchResults:
        pieces = self.parse(self.criteria.q)
        try:
            filters = facet_tokens(self.criteria, self.edition, self.network)
        except ValueError:
            return SearchResults(self.criteria)
        match = Match(
            self.queries(pieces),
            self.now,
            filters,
            # In the network, a shared page counts only once, on its own site.
            excluded=(COPY,) if self.criteria.sites else (),
            span=span_of(self.criteria),
            among=keys_of_weekend(self.criteria, self.now),
        )
        if not match.queries:
            return SearchResults(self.criteria)
        words = self.find_words(match, pieces)
        near, added = self._by_meaning(words)
        counts = self._counts_with(words.match, added) if added else self._counts(words.match)
        used = words.used
        if not counts.total:
            used, words = Corrections(), replace(words, is_loose=False, is_filled=False)
        found = SearchResults(
            self.criteria,
            counts.total,
            facets=counts.facets(),
            correction=used.searched if used.corrected else "",
            other_form="" if used.corrected else used.searched,
            has_parts=used.has_parts,
            suggestion=words.suggestion,
            missing=words.missing if words.is_loose else (),
            is_loose=words.is_loose,
            is_filled=words.is_filled,
            has_events=counts.has_events,
            wider_scopes=self._wider_scopes(
                (pieces,) if used.has_parts else (pieces, words.pieces), counts.total, is_wide=words.is_wide
            ),
        )
        return self._with_page(found, words, counts.newest, near, added)

    def _by_meaning(self, words: FoundWords) -> tuple[Near | None, list[NearEntry]]:
        """Return the entries with a similar meaning (or None), and those of them that have none of the query's words.

        Meaning is not used for phrases, excluded words, single words, or words that no page has (often gibberish).
        """
        match = words.match
        if not is_meaning_on() or words.words < 2 or any(not piece.is_word for piece in words.pieces):
            return None, []
        frequencies = self.frequencies(match.queries).counts
        if not any(frequencies.get(each) for query in match.queries for each in query.terms.scored):
            return None, []
        free = None
        if not words.is_wide:
            # The unfiltered total decides, because facets only narrow the results.
            free = PER_PAGE - (self.unfiltered_total(match) if self.is_narrowed() else self.total(match))
            if free <= 0:
                return None, []
        text = words.used.searched or self.criteria.q
        near = near_to(text, {home.pk: home.language for home in self.homes}, self.network, match.excluded, self.now)
        if near is None or not near.entries:
            return near, []
        among = replace(match, filters={}, span=None, among=tuple(each.candidate.key for each in near.entries))
        with_words = {each.key for each in engine().candidates(among, None, self.frequencies(match.queries))}
        return near, [each for each in near.entries if each.candidate.key not in with_words][:free]

    def _with_page(
        self,
        found: SearchResults,
        words: FoundWords,
        newest: list[int] | None,
        near: Near | None,
        added: Sequence[NearEntry],
    ) -> SearchResults:
        match, highlights = words.match, words.highlights
        promoted = self._promoted(highlights)
        if not found.total:
            return replace(found, promoted=promoted)
        narrowed = replace(match, queries=self.reach.narrow(match.queries, self.criteria))
        frequencies = self.frequencies_to_rank(match.queries)
        candidates = engine().candidates(narrowed, newest, frequencies)
        others = [each.candidate for each in added if each.satisfies(narrowed)]
        typed = sum(not piece.is_excluded for piece in words.pieces)
        is_mixed = near is not None and words.is_wide and typed >= MIN_WORDS_RANKED_BY_MEANING
        if is_mixed:
            candidates += others
        order = rank_candidates(
            candidates,
            self.criteria.q,
            words.scored,
            frequencies,
            self.now,
            near.closeness(each.key for each in candidates) if near and is_mixed else {},
            prefers_new=self.edition.site.pk in self.network.sites_preferring_new,
        )
        order = rerank(order, [typed_words(words.pieces, query, frequencies) for query in words.scored])
        if not is_mixed:
            # Pages with the words come first.
            order += [Ranked(each.key, 0.0) for each in others]
        start = (self.criteria.page - 1) * PER_PAGE
        return replace(
            found,
            has_near=bool(others),
            reachable=min(found.total, len(order)),
            page_results=self._results([each.key for each in order[start : start + PER_PAGE]], highlights),
            promoted=promoted,
        )

    def _results(self, keys: Sequence[int], highlights: dict[str, frozenset[str]]) -> list[Result]:
        return results_of(keys, highlights, self.edition, self.network, self.now)

    def _wider_scopes(self, typed: tuple[Sequence[QueryPiece], ...], total: int, *, is_wide: bool) -> frozenset[str]:
        """The scopes beyond the chosen one that have results for the original or the corrected query.

        If the chosen scope has no results, one of the words is enough in the other scopes.
        """
        scopes = {"sites": ("sites",), "languages": ("languages",), "both": ("sites", "languages")}
        beyond = {
            scope: set(self.reach.homes(self.criteria.change(**dict.fromkeys(names, EVERYWHERE)))) - set(self.homes)
            for scope, names in scopes.items()
        }
        if is_wide or total > MANY_RESULTS:
            return frozenset(name for name, homes in beyond.items() if homes)
        beyond["both"] -= beyond["sites"] | beyond["languages"]
        matches: dict[str, Match] = {}
        for name, homes in beyond.items():
            others = [home for home in self.network.homes if home in homes]
            queries = tuple({query: None for pieces in typed for query in self.reach.queries(pieces, others)})
            if not total:
                queries = tuple(replace(query, terms=query.terms.relax({}, MAX_LOOSE)) for query in queries)
            if queries:
                matches[name] = Match(queries, self.now, excluded=(COPY,))
        are_found = engine().any_match(list(matches.values())) if matches else []
        names = {name for name, is_found in zip(matches, are_found, strict=True) if is_found}
        return frozenset({*names, "both"} if names else ())

    def _counts(self, match: Match) -> FacetCounts:
        """Count the matches. Within one search, counts depend only on the key below, so each is computed once."""
        key = match.queries, match.limit, match.among
        if key not in self.counted:
            self.counted[key] = self._counts_with(match)
        return self.counted[key]

    def _counts_with(self, match: Match, added: Sequence[NearEntry] = ()) -> FacetCounts:
        by_bucket = match.without("kind", "section", "year")
        by_topic = replace(match.without("topic"), queries=self.reach.narrow(match.queries, self.criteria))
        counts = engine().count(by_bucket, by_topic) if by_topic.queries else MatchCounts([], [])
        if added and by_topic.queries:
            buckets, topic_sets = Counter(dict(counts.buckets)), Counter(dict(counts.topic_sets))
            buckets.update(each.bucket for each in added if each.satisfies(by_bucket))
            topic_sets.update(each.topic_set for each in added if each.satisfies(by_topic))
            counts = MatchCounts(list(buckets.items()), list(topic_sets.items()), counts.newest)
        return FacetCounts(self.criteria, self.edition, self.network, counts)

    def _promoted(self, highlights: dict[str, frozenset[str]]) -> list[Result]:
        """The pages that the site promotes for this query, regardless of facets; only on the first page."""
        promotions = self.network.promotions.get((self.edition.site.pk, self.edition.language), {})
        pages = promotions.get(promotion_key(self.criteria.q), ())
        if not pages or self.criteria.page > 1:
            return []
        keys = dict(IndexEntry.objects.visible(self.now).filter(page__in=pages).values_list("page_id", "key"))
        return self._results([keys[page] for page in pages if page in keys], highlights)
