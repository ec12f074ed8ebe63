"""The reach of a search: the home pages to search, and the query in their languages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from portal.content.serving.editions import Edition
from search.analysis import terms
from search.engines.base import LanguageQuery, of_homes
from search.engines.frequencies import frequencies_of
from search.network import Home, Network
from search.query.criteria import Criteria
from search.query.parse import QueryPiece, terms_in_language


@dataclass(frozen=True)
class Reach:
    edition: Edition
    network: Network

    def homes(self, criteria: Criteria) -> list[Home]:
        here = self.edition
        return [
            home
            for home in self.network.homes
            if ((criteria.sites and home.is_open) or home.site == here.site.pk)
            and (criteria.languages or home.language == here.language)
        ]

    def words_elsewhere(self, words: Collection[str], criteria: Criteria, now: datetime) -> set[str]:
        """The words that occur on public pages of other sites or languages."""
        here = set(self.homes(criteria))
        others = [home for home in self.network.homes if home.is_open and home not in here]
        terms_of = {(word, home.language): tuple(terms(word, home.language)) for word in words for home in others}
        if not (sequences := {each for each in terms_of.values() if each}):
            return set()
        counts = frequencies_of([*sequences], of_homes(home.pk for home in others), now).counts
        return {word for (word, _language), found in terms_of.items() if counts.get(found)}

    def queries(self, pieces: Sequence[QueryPiece], homes: Sequence[Home]) -> tuple[LanguageQuery, ...]:
        queries = []
        for language in dict.fromkeys(home.language for home in homes):
            synonyms = self.network.synonyms.get((self.edition.site.pk, language), ())
            query = terms_in_language(pieces, language, synonyms)
            if query.required:
                queries.append(LanguageQuery(query, tuple(home.pk for home in homes if home.language == language)))
        return tuple(queries)

    def narrow(self, queries: tuple[LanguageQuery, ...], criteria: Criteria) -> tuple[LanguageQuery, ...]:
        """Restrict the queries to the home pages of the chosen sites and languages."""
        chosen = {
            home.pk
            for home in self.network.homes
            if (not criteria.site or str(home.site) in criteria.values("site"))
            and (not criteria.language or home.language in criteria.values("language"))
        }
        restricted = (replace(query, homes=tuple(home for home in query.homes if home in chosen)) for query in queries)
        return tuple(query for query in restricted if query.homes)
