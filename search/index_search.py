"""The steps of a search that both indexes share: from a query to the matching entries, best first.

A query that finds few entries also matches compounds, corrections, and entries with some of its words.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from search.engines import engine
from search.engines.base import MAX_LOOSE, Frequencies, LanguageQuery, Match, Scope
from search.engines.frequencies import frequencies_of
from search.indexes import Index
from search.query.compounds import other_spellings
from search.query.correcting import CLEARLY_MORE, Corrections, corrections
from search.query.days import days_in, pieces_of
from search.query.parse import QueryPiece, QueryTerms, TermSequence, missing_words, parse
from search.results.reranking import keys_with_close_words
from search.results.search_results import PER_PAGE

# A query with fewer results is checked for typing errors.
FEW_RESULTS = 5
# If too few entries have all words, a query of at least this many words also matches entries with only some of them.
MANY_WORDS = 3


@dataclass(frozen=True)
class FoundWords:
    """The entries that match a query, and how they were found.

    `scored` are the terms of the query before it was relaxed. `used` are the corrections applied; `suggestion` is a
    query to propose. `missing` are words that no entry has.
    """

    match: Match
    pieces: Sequence[QueryPiece]
    scored: Sequence[QueryTerms]
    used: Corrections = field(default_factory=Corrections)
    suggestion: str = ""
    missing: tuple[str, ...] = ()
    # Whether one of the words is enough, because no or only a few entries have all of them.
    is_loose: bool = False
    is_filled: bool = False

    @property
    def is_wide(self) -> bool:
        return self.is_loose or self.is_filled

    @property
    def words(self) -> int:
        """The number of words that an entry must have."""
        return max(len(query.required) for query in self.scored)

    @property
    def highlights(self) -> dict[str, frozenset[str]]:
        """The terms to highlight, by language."""
        return {query.terms.language: query.terms.highlighted for query in self.match.queries}


class IndexSearch:
    """One search of an index within a scope. Its first language is that of the person who searches."""

    index: Index

    def __init__(self, typed: str, languages: Sequence[str], scope: Scope, now: datetime, zone: ZoneInfo):
        self.typed, self.languages, self.scope, self.now = typed, languages, scope, now
        self.today = now.astimezone(zone).date()
        self.known = Frequencies(1, {})
        # The query's terms that occur in compounds of the index.
        self.parts: set[str] = set()
        # The keys of entries about both parts of a divided compound.
        self.close_keys: set[int] = set()
        self.spellings: dict[QueryTerms, dict[str, list[TermSequence]]] = {}

    def queries(self, pieces: Sequence[QueryPiece]) -> tuple[LanguageQuery, ...]:
        """The query in the terms of each language."""
        raise NotImplementedError

    def total(self, match: Match) -> int:
        """The number of matches. Equal queries of one search are counted once."""
        raise NotImplementedError

    def is_narrowed(self) -> bool:
        """Whether filters exclude entries. The decision whether there are few results ignores filters."""
        raise NotImplementedError

    def words_elsewhere(self, words: Collection[str]) -> set[str]:
        """The words that occur in entries outside the scope. Such words are not mistakes."""
        return set()

    def other_spellings(self, pieces: Sequence[QueryPiece], query: QueryTerms) -> dict[str, list[TermSequence]]:
        # The middle of compounds takes long to search, so it is only searched in the person's own language.
        is_own = query.language == self.languages[0]
        return other_spellings(pieces, query, self.index.known_words(), with_middle=is_own)

    def parse(self, text: str) -> tuple[QueryPiece, ...]:
        return pieces_of(text, self.today, self.languages[0])

    def find_words(self, match: Match, pieces: Sequence[QueryPiece]) -> FoundWords:
        """Find entries with the words. `match` has the query and all other conditions."""
        match, total, exact = self._widen_if_few(match, pieces)
        used, suggestion, is_loose, is_filled = Corrections(), "", False, False
        missing: tuple[str, ...] = ()
        corrected = self._find_corrections(pieces, match, total)
        if corrected.proposed:
            corrected, suggestion = self._resolve_proposal(corrected, match)
        if corrected.searched:
            meant = self.parse(corrected.searched)
            other = replace(match, queries=self.queries(meant))
            other = self._restrict_to_parts(other, pieces, corrected)
            other, other_total, other_exact = self._widen_if_few(other, meant)
            if not total:
                match, total, exact, pieces = other, other_total, other_exact, meant
                used = corrected
            elif other_total >= CLEARLY_MORE * total:
                suggestion = corrected.corrected
        scored = list(dict.fromkeys(query.terms for query in match.queries))
        words = max(len(query.required) for query in scored)
        if not total and words > 1:
            is_loose = True
        elif exact < PER_PAGE and words > 1 and sum(not piece.is_excluded for piece in pieces) >= MANY_WORDS:
            is_filled = not self.is_narrowed() or self.unfiltered_total(match) < PER_PAGE
        if is_loose or is_filled:
            # Compounds of known words are left out: they are rarer than the words, and would determine the results.
            match = self._widen(replace(match, queries=self.queries(pieces)), pieces, only_unknown=True)
            if is_loose:
                missing = missing_words(
                    pieces, [query.terms for query in match.queries], self.frequencies(match.queries).counts
                )
            match = self._relax(match)
        return FoundWords(match, pieces, scored, used, suggestion, missing, is_loose, is_filled)

    def unfiltered_total(self, match: Match) -> int:
        plain = replace(match, filters={}, span=None, among=None)
        return engine(self.index).total(plain).number

    def frequencies(self, queries: Sequence[LanguageQuery], others: Iterable[TermSequence] = ()) -> Frequencies:
        """The frequencies of the queries' terms and of other sequences. Each is counted once per search."""
        sequences = dict.fromkeys([*(each for query in queries for each in query.terms.scored), *others])
        if missing := [each for each in sequences if each not in self.known.counts]:
            found = frequencies_of(missing, self.scope, self.now, self.index)
            self.known = Frequencies(found.total, {**self.known.counts, **found.counts})
        return self.known

    def frequencies_to_rank(self, queries: Sequence[LanguageQuery]) -> Frequencies:
        """The frequencies of the queries' terms. A single word's frequency does not change the order."""
        is_compared = any(len(query.terms.scored) > 1 for query in queries)
        return self.frequencies(queries) if is_compared else self.known

    def _widen_if_few(self, match: Match, pieces: Sequence[QueryPiece]) -> tuple[Match, int, int]:
        """Return the condition, its total and the number of exact matches. It is widened if there are few."""
        total = self.total(match)
        if total < PER_PAGE and (not self.is_narrowed() or self.unfiltered_total(match) < PER_PAGE):
            wider = self._widen(match, pieces)
            if wider != match:
                return wider, self.total(wider), total
        return match, total, total

    def _widen(self, match: Match, pieces: Sequence[QueryPiece], *, only_unknown: bool = False) -> Match:
        """Also match compounds with the words, two words written as one, and one word written as two.

        With `only_unknown`, this applies only to words that no entry has, and one word is not split into two.
        """
        for query in match.queries:
            if query.terms not in self.spellings:
                self.spellings[query.terms] = self.other_spellings(pieces, query.terms)
        offered = [self.spellings[query.terms] for query in match.queries]
        counts = self.frequencies(match.queries, [each for of in offered for found in of.values() for each in found])
        queries = []
        for query, others in zip(match.queries, offered, strict=True):
            present = {
                term: [each for each in found if counts.counts[each] and not (only_unknown and len(each) > 1)]
                for term, found in others.items()
                if not (only_unknown and counts.counts.get((term,)))
            }
            # Two words are left out, because an engine may count the pages that have both anywhere.
            self.parts |= {term for term, found in present.items() if any(len(each) == 1 for each in found)}
            queries.append(replace(query, terms=query.terms.widen(present)))
        return replace(match, queries=tuple(queries))

    def _relax(self, match: Match) -> Match:
        """Make any one of the rarest words enough."""
        frequencies = self.frequencies(match.queries).counts
        queries = [replace(query, terms=query.terms.relax(frequencies, MAX_LOOSE)) for query in match.queries]
        return replace(match, queries=tuple(queries), limit=MAX_LOOSE)

    def _find_corrections(self, pieces: Sequence[QueryPiece], match: Match, total: int) -> Corrections:
        # A date is never corrected.
        if total >= FEW_RESULTS or days_in(self.typed, self.today):
            return Corrections()
        return corrections(
            self.typed,
            pieces,
            self.languages,
            lambda sequences: self.frequencies((), sequences).counts,
            self.parts,
            lambda one, other: self._find_close(one, other, match),
            self.words_elsewhere,
            self.index.known_words(),
            has_results=total > 0,
        )

    def _find_close(self, one: str, other: str, match: Match) -> bool:
        """Add the keys of entries with two words close together to `close_keys`; return whether there are any."""
        pieces = parse(f"{one} {other}")
        plain = replace(match, queries=self.queries(pieces), filters={}, span=None, among=None)
        wanted = self._widen(plain, pieces)
        candidates = engine(self.index).candidates(wanted, None, self.frequencies(wanted.queries))
        queries = {query.terms for query in wanted.queries if len(query.terms.required) == 2}
        self.close_keys = {key for terms in queries for key in keys_with_close_words(terms, candidates, self.index)}
        return bool(self.close_keys)

    def _restrict_to_parts(self, match: Match, pieces: Sequence[QueryPiece], corrected: Corrections) -> Match:
        """If the whole query is one divided compound, restrict the condition to entries about both parts."""
        if not corrected.has_parts or sum(not piece.is_excluded for piece in pieces) > 1:
            return match
        keys = self.close_keys if match.among is None else self.close_keys.intersection(match.among)
        return replace(match, among=tuple(sorted(keys)))

    def _resolve_proposal(self, corrected: Corrections, match: Match) -> tuple[Corrections, str]:
        """Return the corrections to search with, and the query to suggest, if any entry has all of its words.

        A doubtful correction is applied immediately only if the query has several words and no entry has any of them.
        """
        proposed = self.queries(self.parse(corrected.proposed))
        if not proposed or not self.total(replace(match, queries=proposed)):
            return corrected, ""
        others = self.queries(self.parse(corrected.searched or self.typed))
        counts = self.frequencies(others).counts
        is_alone = all(len(query.terms.required) == 1 for query in others)
        if is_alone or any(counts.get(each) for query in others for each in query.terms.scored):
            return corrected, corrected.proposed
        return Corrections(corrected.proposed, corrected.proposed, corrected.has_parts), ""
