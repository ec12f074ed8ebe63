"""The one search function: what an edition's readers may see of what they ask for."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from portal.core.serving.editions import Edition
from search.analysis import words
from search.engines import engine
from search.engines.base import Match, QueryPart, Tally
from search.models import IndexEntry
from search.network import Home, folded, network_of
from search.query.criteria import Criteria
from search.query.parse import QueryPiece, in_language, parse
from search.results.facets import Counts, Facet, scope_tokens
from search.results.ranking import ranked
from search.results.results import Result, results_of
from search.scope import COPY
from search.spelling import guesses

PER_PAGE = 10
# A query that finds fewer may be mistyped, where another spelling finds so many times as much.
FEW, FAR_MORE = 3, 3


@dataclass(frozen=True)
class Found:
    """The answer to a query.

    `total` counts everything, of which `reachable` can be looked at. Where nothing was found, the results may be those
    of `corrected` words, or of some of the words only (`is_loose`); `meant` is what the reader might have meant.
    """

    criteria: Criteria
    total: int = 0
    reachable: int = 0
    results: list[Result] = field(default_factory=list)
    facets: list[Facet] = field(default_factory=list)
    promoted: list[Result] = field(default_factory=list)
    corrected: str = ""
    meant: str = ""
    is_loose: bool = False

    @property
    def last(self) -> int:
        return -(-self.reachable // PER_PAGE)


def find(edition: Edition, criteria: Criteria, now: datetime) -> Found:
    """What a reader of the edition finds at `now`; a facet that is not offered finds nothing."""
    search = Search(edition, criteria, now)
    return search.answer()


class Search:
    def __init__(self, edition: Edition, criteria: Criteria, now: datetime):
        self.edition, self.criteria, self.now = edition, criteria, now
        self.network = network_of(edition)

    def answer(self) -> Found:
        pieces = parse(self.criteria.q)
        try:
            filters = scope_tokens(self.criteria, self.edition, self.network)
        except ValueError:
            return Found(self.criteria)
        # What several sites show is counted once in the network, at its own.
        match = Match(self._parts(pieces), self.now, filters, none=(COPY,) if self.criteria.sites else ())
        if not match.parts:
            return Found(self.criteria)
        counts, corrected, meant, is_loose = self._counts(match), "", "", False
        if counts.total < FEW and (better := self._corrected(pieces, is_doubted=counts.total > 0 and _is_word(pieces))):
            other = replace(match, parts=self._parts(parse(better)))
            others = self._counts(other)
            if others.total and not counts.total:
                match, counts, corrected = other, others, better
            elif others.total >= FAR_MORE * counts.total > 0:
                meant = better
        if not counts.total and len(match.parts[0].terms.every) > 1:
            match = replace(match, parts=tuple(replace(part, terms=part.terms.loose) for part in match.parts))
            counts, is_loose = self._counts(match), True
        found = Found(
            self.criteria, counts.total, facets=counts.facets(), corrected=corrected, meant=meant, is_loose=is_loose
        )
        return self._with_results(found, match, counts.newest)

    def _with_results(self, found: Found, match: Match, newest: list[int] | None) -> Found:
        chosen = replace(match, parts=self._chosen(match.parts))
        wanted = {part.terms.language: part.terms.marked for part in match.parts}
        promoted = self._promoted(wanted)
        if not found.total:
            return replace(found, promoted=promoted)
        candidates = engine().candidates(chosen, newest)
        titles = [
            " ".join(term for clause in part.terms.every for term in clause.alternatives[0]) for part in match.parts
        ]
        order = ranked(candidates, titles, self.now)
        start = (self.criteria.page - 1) * PER_PAGE
        keys = [candidate.key for candidate in order[start : start + PER_PAGE]]
        return replace(
            found,
            reachable=min(found.total, len(order)),
            results=results_of(keys, wanted, self.edition, self.network, self.now) if keys else [],
            promoted=promoted,
        )

    def _homes(self) -> list[Home]:
        here, criteria = self.edition, self.criteria
        return [
            home
            for home in self.network.homes
            if (criteria.sites or home.site == here.site.pk) and (criteria.languages or home.language == here.language)
        ]

    def _parts(self, pieces: Sequence[QueryPiece]) -> tuple[QueryPart, ...]:
        homes = self._homes()
        found = []
        for language in dict.fromkeys(home.language for home in homes):
            synonyms = self.network.synonyms.get((self.edition.site.pk, language), ())
            terms = in_language(pieces, language, synonyms)
            if terms.every:
                found.append(QueryPart(terms, tuple(home.pk for home in homes if home.language == language)))
        return tuple(found)

    def _chosen(self, parts: tuple[QueryPart, ...]) -> tuple[QueryPart, ...]:
        """The parts that are left by the chosen site and language."""
        wanted = {
            home.pk
            for home in self.network.homes
            if self.criteria.site in ("", str(home.site)) and self.criteria.language in ("", home.language)
        }
        left = (replace(part, homes=tuple(home for home in part.homes if home in wanted)) for part in parts)
        return tuple(part for part in left if part.homes)

    def _counts(self, match: Match) -> Counts:
        by_shelf = match.without("kind", "section", "year")
        by_topic = replace(match.without("topic"), parts=self._chosen(match.parts))
        tally = engine().tally(by_shelf, by_topic) if by_topic.parts else Tally([], [])
        return Counts(self.criteria, self.edition, self.network, tally)

    def _corrected(self, pieces: Sequence[QueryPiece], *, is_doubted: bool) -> str:
        """The query with the words that nobody writes replaced by the nearest that somebody does, or one that somebody
        does but `is_doubted`; or nothing."""
        languages = dict.fromkeys([self.edition.language, *(home.language for home in self._homes())])
        text = self.criteria.q
        for piece in pieces:
            for match in words(piece.text, self.edition.language):
                near = [guess for language in languages for guess in guesses(language, match[1], is_doubted=is_doubted)]
                if near and not piece.is_excluded:
                    text = text.replace(match[1], near[0], 1)
        return text if text != self.criteria.q else ""

    def _promoted(self, wanted: dict[str, frozenset[str]]) -> list[Result]:
        """The pages that the site shows first for these words, whatever the facets; on the first page only."""
        picks = self.network.promotions.get((self.edition.site.pk, self.edition.language), {})
        pages = picks.get(folded(self.criteria.q), ())
        if not pages or self.criteria.page > 1:
            return []
        keys = dict(IndexEntry.objects.visible(self.now).filter(page__in=pages).values_list("page_id", "key"))
        chosen = [keys[page] for page in pages if page in keys]
        return results_of(chosen, wanted, self.edition, self.network, self.now)


def _is_word(pieces: Sequence[QueryPiece]) -> bool:
    return len(pieces) == 1 and pieces[0].text.isalnum()
