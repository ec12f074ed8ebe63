"""The interface of a search engine: queries, results and the entries that it stores."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import log
from typing import Any, NamedTuple, Protocol

from search.query.parse import QueryTerms, TermSequence

# At most this many of the newest matches are ranked, and this many of the newest that match by title.
MAX_RANKED, MAX_RANKED_TITLES = 500, 200
# A relaxed query requires its rarest words, as many as together match at most this many entries.
MAX_LOOSE = 1500
# The weight of a match in title, summary, names and text.
WEIGHTS = (2.0, 1.5, 1.0, 1.0)


@dataclass(frozen=True)
class PreparedEntry:
    """An entry to write; `title`, `summary`, `names` and `text` hold its terms, by decreasing weight.

    `autocomplete` holds the unstemmed words of the title, `spellings` the words to which typing errors are corrected.
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
        """The number of terms as FTS5 counts them, with those of its scope."""
        return sum(map(len, (self.title, self.summary, self.names, self.text, self.scope)))


@dataclass(frozen=True)
class LanguageQuery:
    """A query in the terms of one language, for the editions whose home pages have these primary keys."""

    terms: QueryTerms
    homes: tuple[int, ...]


@dataclass(frozen=True)
class Match:
    """A condition on entries: they match any of the queries and, for each filter, any of its scope tokens.

    Entries with an `excluded` scope token, or hidden at `now`, do not match. The newest `limit` matches are ranked.
    `span` (the lowest and the highest) and `among` restrict the keys.
    """

    queries: tuple[LanguageQuery, ...]
    now: datetime
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    excluded: tuple[str, ...] = ()
    limit: int = MAX_RANKED
    span: tuple[int, int] | None = None
    among: tuple[int, ...] | None = None

    def without(self, *names: str) -> "Match":
        return replace(self, filters={name: tokens for name, tokens in self.filters.items() if name not in names})


class Candidate(NamedTuple):
    """An entry to rank: a higher score is a better match within one search.

    `title_key` has the terms of its title; `time` is 1 for an event that is not over, -1 for a past one, else 0.
    """

    key: int
    score: float
    title_key: str
    time: int


class Frequencies(NamedTuple):
    """The number of all entries, and of those with each sequence of terms, an estimate if the sequence is common."""

    total: int
    counts: Mapping[TermSequence, int]

    def rarity(self, sequence: TermSequence) -> float:
        count = min(self.counts.get(sequence, 0), self.total)
        return log(1 + (self.total - count + 0.5) / (count + 0.5))


class MatchCounts(NamedTuple):
    """The number of matches by facet bucket and by topic set; `newest` are the keys to rank, if they were read."""

    buckets: list[tuple[int, int]]
    topic_sets: list[tuple[int, int]]
    newest: list[int] | None = None


UPCOMING = "CASE WHEN ends_at IS NULL THEN 0 WHEN ends_at > {} THEN 1 ELSE -1 END"


class Engine(Protocol):
    def write(self, entries: Sequence[Any], prepared: Sequence[PreparedEntry]) -> None:
        """Insert entries and index their terms, which are in `prepared`, in the same order."""

    def count(self, buckets: Match, topic_sets: Match) -> MatchCounts:
        """Count the matches of the first condition by bucket, those of the second by topic set."""

    def any_match(self, matches: Sequence[Match]) -> list[bool]:
        """Whether any entry matches each of the conditions, which have neither a span nor keys."""

    def candidates(self, match: Match, newest: Sequence[int] | None, frequencies: Frequencies) -> list[Candidate]:
        """The matches to rank by weighted BM25: the newest of all, and the newest that match by their title.

        `newest` are the keys that `count` returned for the same match, if any. An engine without document frequencies
        takes the rarity of words from `frequencies`.
        """

    def frequencies(self, sequences: Sequence[TermSequence], homes: Sequence[int], now: datetime) -> Frequencies:
        """The number of entries of these home pages, visible at `now`, with each sequence."""

    def completions(self, words: Sequence[str], home: int, now: datetime, limit: int) -> list[int]:
        """The keys of the newest entries whose title has these words; the last word is a prefix."""

    def indexed_keys(self) -> set[int]:
        """The keys of all entries whose terms are indexed."""

    def remove_keys(self, keys: Collection[int]) -> None:
        """Remove the terms of entries by key, whether or not the entries exist."""

    def optimize(self) -> None:
        """Optimize the index after many writes."""
