"""The interface of a search engine: queries, results and the entries that it stores."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import log
from typing import TYPE_CHECKING, NamedTuple, Protocol

from search.query.parse import QueryTerms, TermSequence

if TYPE_CHECKING:
    from search.indexing.contents import PageContent
    from search.models import IndexEntry

# How many of the newest matches are ranked, and how many of the newest that match by their title.
MAX_RANKED, MAX_RANKED_TITLES = 500, 200
# How many entries any of the words of a query may find, the rarest words first.
MAX_LOOSE = 1500
# The weight of a match in title, summary, names and text.
WEIGHTS = (2.0, 1.5, 1.0, 1.0)


@dataclass(frozen=True)
class PreparedEntry:
    """An entry to be written; `title`, `summary`, `names` and `text` are its terms, by decreasing weight.

    `autocomplete` has the words of the title unstemmed, `spellings` the words that typing errors are corrected to.
    """

    page: int
    key: int
    language: str
    home: int
    section: str
    year: int
    topics: tuple[int, ...]
    content: "PageContent"
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
        """How many terms it has, as FTS5 counts: those of its scope are among them."""
        return sum(map(len, (self.title, self.summary, self.names, self.text, self.scope)))


@dataclass(frozen=True)
class LanguageQuery:
    """A query in the terms of one language, for the editions whose home pages have these primary keys."""

    terms: QueryTerms
    homes: tuple[int, ...]


@dataclass(frozen=True)
class Match:
    """A condition on entries: they match any of the queries and, for each filter, any of its scope tokens.

    No entry with one of the `excluded` scope tokens matches, nor one that is hidden at `now`. The newest `limit` of the
    matches are ranked. With a `span`, keys are between the two, and with `among` they are of these.
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
    """An entry to be ranked; a higher score is a better match, and scores of different searches do not compare.

    `title_key` has the terms of its title; `time` is 1 for an event that is not over, -1 for one that is, 0 for
    anything else.
    """

    key: int
    score: float
    title_key: str
    time: int


class Frequencies(NamedTuple):
    """In how many entries each sequence of terms stands, of how many; very common ones may be estimated."""

    total: int
    counts: Mapping[TermSequence, int]

    def rarity(self, sequence: TermSequence) -> float:
        """The weight of a sequence by its inverse document frequency, always positive."""
        count = min(self.counts.get(sequence, 0), self.total)
        return log(1 + (self.total - count + 0.5) / (count + 0.5))


class MatchCounts(NamedTuple):
    """The number of matches by facet bucket and by topic set.

    `newest` are the keys of the newest matches that are ranked, if the engine read them on the way.
    """

    buckets: list[tuple[int, int]]
    topic_sets: list[tuple[int, int]]
    newest: list[int] | None = None


UPCOMING = "CASE WHEN ends_at IS NULL THEN 0 WHEN ends_at > {} THEN 1 ELSE -1 END"


class Engine(Protocol):
    def write(self, entries: Sequence["IndexEntry"], prepared: Sequence[PreparedEntry]) -> None:
        """Insert entries and index their terms, which are in `prepared`, in the same order."""

    def count(self, buckets: Match, topic_sets: Match) -> MatchCounts:
        """Count the matches of the first condition by bucket, those of the second by topic set."""

    def any_match(self, matches: Sequence[Match]) -> list[bool]:
        """Whether any entry matches each of the conditions, which have neither a span nor keys."""

    def candidates(self, match: Match, newest: Sequence[int] | None, frequencies: Frequencies) -> list[Candidate]:
        """The matches to be ranked: the newest of all, and the newest that match by their title.

        `newest` are the keys that `count` returned for the same match, if any. The score is that of BM25, weighted by
        part; an engine that does not know how rare a word is takes it from the `frequencies`.
        """

    def frequencies(self, sequences: Sequence[TermSequence], homes: Sequence[int], now: datetime) -> Frequencies:
        """In how many entries of these home pages, visible at `now`, the sequences stand."""

    def completions(self, words: Sequence[str], home: int, now: datetime, limit: int) -> list[int]:
        """The keys of the newest entries whose title has these words, the last of them as a prefix."""

    def indexed_keys(self) -> set[int]:
        """The keys of all entries whose terms are indexed."""

    def remove_keys(self, keys: Collection[int]) -> None:
        """Remove the terms of entries by key, whether or not the entries exist."""

    def optimize(self) -> None:
        """Optimize the index after many writes."""
