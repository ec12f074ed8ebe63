"""The search function: what the readers of an edition find, with facets, corrections and promoted pages."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from portal.content.serving.editions import Edition
from search.engines import engine
from search.engines.base import MAX_LOOSE, Frequencies, LanguageQuery, Match, MatchCounts
from search.engines.frequencies import frequencies_of
from search.meaning import is_meaning_on
from search.meaning.near import Near, NearEntry, near_to
from search.models import IndexEntry
from search.network import Home, network_of, promotion_key
from search.query.compounds import other_spellings
from search.query.correcting import CLEARLY_MORE, Corrections, corrections
from search.query.criteria import EVERYWHERE, Criteria
from search.query.days import days_in, pieces_of
from search.query.parse import QueryPiece, QueryTerms, TermSequence, missing_words, parse
from search.results.alternatives import alternatives
from search.results.dates import keys_of_weekend, span_of
from search.results.facets import FacetCounts, facet_tokens
from search.results.ranking import Ranked, rank_candidates
from search.results.reach import Reach
from search.results.reranking import keys_with_close_words, rerank, typed_words
from search.results.results import Result, results_of
from search.results.search_results import PER_PAGE, SearchResults
from search.scope import COPY

# A query with fewer results is checked for typing errors.
FEW_RESULTS = 5
# With more results, other scopes are offered without checking that they have any.
MANY_RESULTS = 200
# A query of at least this many words also matches pages without some of them, if too few pages have all.
MANY_WORDS = 3
# Shorter queries are ranked by their words alone.
MIN_WORDS_RANKED_BY_MEANING = 4


def find(edition: Edition, criteria: Criteria, now: datetime) -> SearchResults:
    """Search as a reader of the edition would at `now`; an unknown facet value yields no results."""
    search = Search(edition, criteria, now)
    found = search.run()
    if criteria.q and not found.total:
        if criteria.is_narrowed and (total := Search(edition, criteria.unfiltered, now).run().total):
            return replace(found, unfiltered_total=total)
        return replace(found, alternatives=alternatives(edition, search.network, criteria, now))
    return found


class Search:
    """One search: counts the matches, relaxes the query if there are none, then ranks and reads one page."""

    def __init__(self, edition: Edition, criteria: Criteria, now: datetime):
        self.edition, self.criteria, self.now = edition, criteria, now
        self.network = network_of(edition)
        self.reach = Reach(edition, self.network)
        self.homes: list[Home] = self.reach.homes(criteria)
        self.today = now.astimezone(edition.zone).date()
        self.frequencies = Frequencies(1, {})
        # Terms of the query that compounds of the index contain.
        self.parts: set[str] = set()
        # Keys of the pages about both parts of a divided compound.
        self.close_keys: set[int] = set()
        self.spellings: dict[QueryTerms, dict[str, list[TermSequence]]] = {}
        self.counted: dict[tuple[Any, ...], FacetCounts] = {}

    def run(self) -> SearchResults:
        pieces = typed = self._parse(self.criteria.q)
        try:
            filters = facet_tokens(self.criteria, self.edition, self.network)
        except ValueError:
            return SearchResults(self.criteria)
        match = Match(
            self._queries(pieces),
            self.now,
            filters,
            # In the network, a shared page counts once, on its own site.
            excluded=(COPY,) if self.criteria.sites else (),
            span=span_of(self.criteria),
            among=keys_of_weekend(self.criteria, self.now),
        )
        if not match.queries:
            return SearchResults(self.criteria)
        match, counts, exact = self._count_and_widen(match, pieces)
        used, suggestion, is_loose, is_filled = Corrections(), "", False, False
        missing: tuple[str, ...] = ()
        corrected = self._find_corrections(pieces, match, counts.total)
        if corrected.proposed:
            corrected, suggestion = self._resolve_proposal(corrected, match)
        if corrected.searched:
            meant = self._parse(corrected.searched)
            other = replace(match, queries=self._queries(meant))
            other = self._restrict_to_parts(other, pieces, corrected)
            other, other_counts, other_exact = self._count_and_widen(other, meant)
            if not counts.total:
                match, counts, exact, pieces = other, other_counts, other_exact, meant
                used = corrected
            elif other_counts.total >= CLEARLY_MORE * counts.total:
                suggestion = corrected.corrected
        scored = [query.terms for query in match.queries]
        words = max(len(query.required) for query in scored)
        if not counts.total and words > 1:
            is_loose = True
        elif exact < PER_PAGE and words > 1 and sum(not piece.is_excluded for piece in pieces) >= MANY_WORDS:
            # Facets only narrow the results: the unfiltered total decides whether they are filled up.
            is_filled = not self.criteria.is_narrowed or self._unfiltered_total(match) < PER_PAGE
        is_wide = is_loose or is_filled
        if is_wide:
            # Not with compounds of known words: they are rarer than the words, and would decide what is found.
            match = self._widen(replace(match, queries=self._queries(pieces)), pieces, only_unknown=True)
            if is_loose:
                terms = [query.terms for query in match.queries]
                missing = missing_words(pieces, terms, self._frequencies(match.queries).counts)
            match = self._relax(match)
        near, added = self._by_meaning(used.searched or self.criteria.q, pieces, words, counts, match, is_wide=is_wide)
        if is_wide or added:
            counts = self._counts_with(match, added)
        if not counts.total:
            used, is_loose, is_filled = Corrections(), False, False
        found = SearchResults(
            self.criteria,
            counts.total,
            facets=counts.facets(),
            correction=used.searched if used.corrected else "",
            other_form="" if used.corrected else used.searched,
            has_parts=used.has_parts,
            suggestion=suggestion,
            missing=missing if is_loose else (),
            is_loose=is_loose,
            is_filled=is_filled,
            has_events=counts.has_events,
            wider_scopes=self._wider_scopes(
                (typed,) if used.has_parts else (typed, pieces), counts.total, is_wide=is_loose or is_filled
            ),
        )
        return self._with_page(found, match, scored, pieces, counts.newest, near, added)

    def _by_meaning(
        self, text: str, pieces: Sequence[QueryPiece], words: int, counts: FacetCounts, match: Match, *, is_wide: bool
    ) -> tuple[Near | None, list[NearEntry]]:
        """Return the entries similar in meaning (None if it is not used), and those of them without the query's words.

        Meaning is not used for phrases, excluded words, single words, and words that no page has (often gibberish).
        """
        if not is_meaning_on() or words < 2 or any(not piece.is_word for piece in pieces):
            return None, []
        frequencies = self._frequencies(match.queries).counts
        if not any(frequencies.get(each) for query in match.queries for each in query.terms.scored):
            return None, []
        room = None
        if not is_wide:
            # Facets only narrow the results: the unfiltered total decides.
            room = PER_PAGE - (self._unfiltered_total(match) if self.criteria.is_narrowed else counts.total)
            if room <= 0:
                return None, []
        near = near_to(text, {home.pk: home.language for home in self.homes}, self.network, match.excluded, self.now)
        if near is None or not near.entries:
            return near, []
        among = replace(match, filters={}, span=None, among=tuple(each.candidate.key for each in near.entries))
        with_words = {each.key for each in engine().candidates(among, None, self._frequencies(match.queries))}
        return near, [each for each in near.entries if each.candidate.key not in with_words][:room]

    def _count_and_widen(self, match: Match, pieces: Sequence[QueryPiece]) -> tuple[Match, FacetCounts, int]:
        """Return the condition, its counts and the number of exact matches; if these are few, it is widened."""
        counts = self._counts(match)
        # Facets only narrow the results: the unfiltered total decides.
        if counts.total < PER_PAGE and (not self.criteria.is_narrowed or self._unfiltered_total(match) < PER_PAGE):
            wider = self._widen(match, pieces)
            if wider != match:
                return wider, self._counts(wider), counts.total
        return match, counts, counts.total

    def _widen(self, match: Match, pieces: Sequence[QueryPiece], *, only_unknown: bool = False) -> Match:
        """Let words also match in compounds, two words when written as one, and one word when written as two.

        With `only_unknown`, this applies only to words that no entry has, and no word matches when written as two.
        """
        for query in match.queries:
            if query.terms not in self.spellings:
                self.spellings[query.terms] = other_spellings(pieces, query.terms)
        offered = [self.spellings[query.terms] for query in match.queries]
        counts = self._frequencies(match.queries, [each for of in offered for found in of.values() for each in found])
        queries = []
        for query, others in zip(match.queries, offered, strict=True):
            present = {
                term: [each for each in found if counts.counts[each] and not (only_unknown and len(each) > 1)]
                for term, found in others.items()
                if not (only_unknown and counts.counts.get((term,)))
            }
            # Not for two words: an engine may count the pages that have both anywhere.
            self.parts |= {term for term, found in present.items() if any(len(each) == 1 for each in found)}
            queries.append(replace(query, terms=query.terms.widen(present)))
        return replace(match, queries=tuple(queries))

    def _unfiltered_total(self, match: Match) -> int:
        plain = replace(match, filters={}, span=None, among=None)
        return sum(count for _bucket, count in engine().count(plain, plain).buckets)

    def _relax(self, match: Match) -> Match:
        """Let any of the rarest words be enough."""
        frequencies = self._frequencies(match.queries).counts
        queries = [replace(query, terms=query.terms.relax(frequencies, MAX_LOOSE)) for query in match.queries]
        return replace(match, queries=tuple(queries), limit=MAX_LOOSE)

    def _frequencies(self, queries: Sequence[LanguageQuery], others: Iterable[TermSequence] = ()) -> Frequencies:
        """The frequencies of the queries' terms and of other sequences; each is counted once per search."""
        sequences = dict.fromkeys([*(each for query in queries for each in query.terms.scored), *others])
        if missing := [each for each in sequences if each not in self.frequencies.counts]:
            found = frequencies_of(missing, [home.pk for home in self.homes], self.now)
            self.frequencies = Frequencies(found.total, {**self.frequencies.counts, **found.counts})
        return self.frequencies

    def _with_page(
        self,
        found: SearchResults,
        match: Match,
        scored: list[QueryTerms],
        pieces: Sequence[QueryPiece],
        newest: list[int] | None,
        near: Near | None,
        added: Sequence[NearEntry],
    ) -> SearchResults:
        highlights = {query.terms.language: query.terms.highlighted for query in match.queries}
        promoted = self._promoted(highlights)
        if not found.total:
            return replace(found, promoted=promoted)
        narrowed = replace(match, queries=self.reach.narrow(match.queries, self.criteria))
        # The frequency of a single word does not change the order.
        is_compared = any(len(query.terms.scored) > 1 for query in match.queries)
        frequencies = self._frequencies(match.queries) if is_compared else self.frequencies
        candidates = engine().candidates(narrowed, newest, frequencies)
        others = [each.candidate for each in added if each.satisfies(narrowed)]
        typed = sum(not piece.is_excluded for piece in pieces)
        is_mixed = near is not None and (found.is_loose or found.is_filled) and typed >= MIN_WORDS_RANKED_BY_MEANING
        if is_mixed:
            candidates += others
        order = rank_candidates(
            candidates,
            self.criteria.q,
            scored,
            frequencies,
            self.now,
            near.closeness(each.key for each in candidates) if near and is_mixed else {},
            prefers_new=self.edition.site.pk in self.network.sites_preferring_new,
        )
        order = rerank(order, [typed_words(pieces, query, frequencies) for query in scored])
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
        """The scopes beyond the chosen one that have results for the typed or the corrected query.

        If the chosen scope has none, any of the words is enough in the others.
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

    def _parse(self, text: str) -> tuple[QueryPiece, ...]:
        return pieces_of(text, self.today, self.edition.language)

    def _queries(self, pieces: Sequence[QueryPiece]) -> tuple[LanguageQuery, ...]:
        return self.reach.queries(pieces, self.homes)

    def _counts(self, match: Match) -> FacetCounts:
        """Count the matches, once per search for equal queries: nothing else differs within it."""
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

    def _find_corrections(self, pieces: Sequence[QueryPiece], match: Match, total: int) -> Corrections:
        # A date is never corrected.
        if total >= FEW_RESULTS or days_in(self.criteria.q, self.today):
            return Corrections()
        return corrections(
            self.criteria.q,
            pieces,
            list(dict.fromkeys([self.edition.language, *(home.language for home in self.homes)])),
            lambda sequences: self._frequencies((), sequences).counts,
            self.parts,
            lambda one, other: self._find_close(one, other, match),
            lambda words: self.reach.words_elsewhere(words, self.criteria, self.now),
            has_results=total > 0,
        )

    def _find_close(self, one: str, other: str, match: Match) -> bool:
        """Store the keys of pages with two words close together in `close_keys`; return whether there are any."""
        pieces = parse(f"{one} {other}")
        plain = replace(match, queries=self._queries(pieces), filters={}, span=None, among=None)
        wanted = self._widen(plain, pieces)
        candidates = engine().candidates(wanted, None, self._frequencies(wanted.queries))
        queries = [query.terms for query in wanted.queries if len(query.terms.required) == 2]
        self.close_keys = {key for terms in queries for key in keys_with_close_words(terms, candidates)}
        return bool(self.close_keys)

    def _restrict_to_parts(self, match: Match, pieces: Sequence[QueryPiece], corrected: Corrections) -> Match:
        """If the whole query is one divided compound, restrict the condition to pages about both parts."""
        if not corrected.has_parts or sum(not piece.is_excluded for piece in pieces) > 1:
            return match
        keys = self.close_keys if match.among is None else self.close_keys.intersection(match.among)
        return replace(match, among=tuple(sorted(keys)))

    def _resolve_proposal(self, corrected: Corrections, match: Match) -> tuple[Corrections, str]:
        """Return the corrections to search with, and the query to suggest, if any page has all of its words.

        A doubtful correction is searched at once only if the query has several words and no page has any of them.
        """
        proposed = self._queries(self._parse(corrected.proposed))
        if not proposed or not self._counts(replace(match, queries=proposed)).total:
            return corrected, ""
        others = self._queries(self._parse(corrected.searched or self.criteria.q))
        counts = self._frequencies(others).counts
        is_alone = all(len(query.terms.required) == 1 for query in others)
        if is_alone or any(counts.get(each) for query in others for each in query.terms.scored):
            return corrected, corrected.proposed
        return Corrections(corrected.proposed, corrected.proposed, corrected.has_parts), ""

    def _promoted(self, highlights: dict[str, frozenset[str]]) -> list[Result]:
        """The pages that the site promotes for this query, regardless of facets; only on the first page."""
        promotions = self.network.promotions.get((self.edition.site.pk, self.edition.language), {})
        pages = promotions.get(promotion_key(self.criteria.q), ())
        if not pages or self.criteria.page > 1:
            return []
        keys = dict(IndexEntry.objects.visible(self.now).filter(page__in=pages).values_list("page_id", "key"))
        return self._results([keys[page] for page in pages if page in keys], highlights)
