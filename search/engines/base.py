"""The interface of a search engine: queries, results and the entries it stores."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import log
from typing import Any, NamedTuple, Protocol

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from search.query.parse import QueryTerms, TermSequence

# The maximum number of matches ranked: the newest of all, and the newest by title.
MAX_RANKED, MAX_RANKED_TITLES = 500, 200
# A relaxed query requires one of its rarest words. These words together match at most this many entries.
MAX_LOOSE = 1500
# The weights of matches in title, summary, names and text.
WEIGHTS = (2.0, 1.5, 1.0, 1.0)


@dataclass(frozen=True)
class PreparedEntry:
    """An entry to write. `title`, `summary`, `names` and `text` have its terms, by decreasing weight.

    `autocomplete` has the unstemmed words of the title; `spellings` has the words with which typing errors are
    corrected.
    """

    page: int
    key: int
    language: str
    home: int
    section: str
    year: int
    topics: tuple[int, ...]
    content: Any
    hidden_at: datetime | None
    published_at: datetime | None
    title: list[str]
    title_key: str
    summary: list[str]
    names: list[str]
    text: list[str]
    shown_names: str
    shown_text: str
    autocomplete: list[str]
    scope: list[str]
    spellings: frozenset[str]
    content_hash: int

    @property
    def length(self) -> int:
        """The number of terms as FTS5 counts them, including those of its scope."""
        return sum(map(len, (self.title, self.summary, self.names, self.text, self.scope)))


type Scope = tuple[tuple[str, ...], ...]
"""A condition on scope tokens: of each group, an entry has any."""


@dataclass(frozen=True)
class LanguageQuery:
    """A query in the terms of one language, for the entries within a scope.

    A reader's scope is the editions' home pages. With `is_of_title` only titles are searched. Without required terms,
    the query matches all entries of the scope.
    """

    terms: QueryTerms
    homes: tuple[int, ...] = ()
    beyond_homes: Scope = ()
    is_of_title: bool = False

    @property
    def scope(self) -> Scope:
        return (*of_homes(self.homes), *self.beyond_homes)


def of_homes(homes: Iterable[int]) -> Scope:
    """The scope of the entries below these home pages; all entries if there are none."""
    tokens = tuple(f"h{home}" for home in homes)
    return (tokens,) if tokens else ()


@dataclass(frozen=True)
class Match:
    """A condition on entries: they match any of the queries and, for each filter, any of its scope tokens.

    Entries with an `excluded` scope token, or hidden at `now`, do not match. The newest `limit` matches are ranked.
    `span` (the lowest and highest key) and `among` (keys, or a queryset of keys) restrict the keys.
    """

    queries: tuple[LanguageQuery, ...]
    now: datetime
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    excluded: tuple[str, ...] = ()
    limit: int = MAX_RANKED
    span: tuple[int, int] | None = None
    among: tuple[int, ...] | QuerySet[Any] | None = None

    def without(self, *names: str) -> "Match":
        return replace(self, filters={name: tokens for name, tokens in self.filters.items() if name not in names})


class Candidate(NamedTuple):
    """An entry to rank. Within one search, a higher score is a better match.

    `title_key` has the terms of its title. `time` is 1 for an event that is not over, -1 for a past one, otherwise 0.
    """

    key: int
    score: float
    title_key: str
    time: int


class Frequencies(NamedTuple):
    """The number of entries, and the number with each sequence of terms, which is an estimate for common sequences."""

    total: int
    counts: Mapping[TermSequence, int]

    def rarity(self, sequence: TermSequence) -> float:
        count = min(self.counts.get(sequence, 0), self.total)
        return log(1 + (self.total - count + 0.5) / (count + 0.5))


class MatchCounts(NamedTuple):
    """The number of matches by facet bucket and by topic set. `newest` has the keys to rank, if they were read."""

    buckets: list[tuple[int, int]]
    topic_sets: list[tuple[int, int]]
    newest: list[int] | None = None


class MatchTotal(NamedTuple):
    """The number of matches; `newest` are the keys to rank, if they were read."""

    number: int
    newest: list[int] | None = None


def sql_of(keys: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    """A query for keys as SQL, with its parameters."""
    try:
        return keys.query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL", ()


UPCOMING = "CASE WHEN ends_at IS NULL THEN 0 WHEN ends_at > {} THEN 1 ELSE -1 END"


class Engine(Protocol):
    def write(self, entries: Sequence[Any], prepared: Sequence[PreparedEntry]) -> None:
        """Insert entries and index their terms. `prepared` has the terms in the same order."""

    def count(self, buckets: Match, topic_sets: Match) -> MatchCounts:
        """Count the first condition's matches by bucket, and the second's by topic set."""

    def total(self, match: Match) -> MatchTotal:
        """Count the matches. This takes half as long without facets."""

    def any_match(self, matches: Sequence[Match]) -> list[bool]:
        """For each condition, whether any entry matches. The conditions have neither a span nor keys."""

    def candidates(self, match: Match, newest: Sequence[int] | None, frequencies: Frequencies) -> list[Candidate]:
        """The matches to rank by weighted BM25: the newest of all, and the newest that match by title.

        `newest` are the keys that `count` or `total` returned for the same match, if any. An engine without document
        frequencies takes the rarity of words from `frequencies`.
        """

    def newest(self, match: Match, limit: int) -> list[int]:
        """The keys of the newest matches."""

    def frequencies(self, sequences: Sequence[TermSequence], scope: Scope, now: datetime) -> Frequencies:
        """The number of entries with each sequence, within a scope and visible at `now`."""

    def completions(self, words: Sequence[str], home: int, now: datetime, limit: int) -> list[int]:
        """The keys of the newest entries whose title has these words. The last word is a prefix."""

    def indexed_keys(self) -> set[int]:
        """The keys of all entries whose terms are indexed."""

    def remove_keys(self, keys: Collection[int]) -> None:
        """Remove the terms of entries by key, whether or not the entries exist."""

    def optimize(self) -> None:
        """Optimise the index after many writes."""
