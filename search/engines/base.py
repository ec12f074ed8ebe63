"""What every engine is asked, and what it answers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from search.models.entries import LONGEST_TITLE_KEY
from search.query.parse import Terms

if TYPE_CHECKING:
    from search.indexing.texts import Texts
    from search.models import IndexEntry

# So many of the newest entries are put in order by how well they match, and so many that match by their title.
RANKED, RANKED_TITLES = 500, 200
# What a word in each part of an entry weighs: title, summary, names, text.
WEIGHTS = (10.0, 4.0, 2.0, 1.0)


@dataclass(frozen=True)
class EntryDraft:
    """One entry as it will be written; the four lists of terms go from the most to the least telling."""

    page: int
    key: int
    language: str
    home: int
    section: str
    year: int
    topics: tuple[int, ...]
    texts: "Texts"
    hidden_at: datetime | None
    title: list[str]
    summary: list[str]
    names: list[str]
    text: list[str]
    shown_names: str
    shown_text: str
    start: list[str]
    scope: list[str]
    spellings: frozenset[str]
    digest: int

    @property
    def title_key(self) -> str:
        return " ".join(self.title)[:LONGEST_TITLE_KEY]


@dataclass(frozen=True)
class QueryPart:
    """A query in the terms of one language, asked of the editions with these home pages."""

    terms: Terms
    homes: tuple[int, ...]


@dataclass(frozen=True)
class Match:
    """What must match: any of the parts, for each filter any of its marks (see `Draft.scope`), and none of `none`."""

    parts: tuple[QueryPart, ...]
    now: datetime
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    none: tuple[str, ...] = ()

    def without(self, *names: str) -> "Match":
        return replace(self, filters={name: marks for name, marks in self.filters.items() if name not in names})


class Candidate(NamedTuple):
    """An entry that may be shown; a greater score matches better, and is comparable within one answer only.

    `coming` is 1 for an event that is not over yet, -1 for one that is, 0 for anything else.
    """

    key: int
    score: float
    in_title: bool
    title_key: str
    coming: int


class Tally(NamedTuple):
    """Each shelf and each set of topics that has a match, with how many; and the keys of the newest `RANKED`, where an
    engine meets them on its way and both were counted for one match."""

    shelves: list[tuple[int, int]]
    topic_sets: list[tuple[int, int]]
    newest: list[int] | None = None


COMING = "CASE WHEN ends_at IS NULL THEN 0 WHEN ends_at > {} THEN 1 ELSE -1 END"


class Engine(Protocol):
    def write(self, entries: Sequence["IndexEntry"], drafts: Sequence[EntryDraft]) -> None:
        """Insert new entries together with their words, which are in the drafts, one for each in the same order."""

    def remove(self, pages: Collection[int]) -> None:
        """Forget the words of pages whose entries are about to be deleted."""

    def tally(self, shelves: Match, topic_sets: Match) -> Tally:
        """What matches the one by its shelf, and what matches the other by its set of topics."""

    def candidates(self, match: Match, newest: Sequence[int] | None) -> list[Candidate]:
        """The matches among which the best are: the newest of all, and those by their title.

        `newest` are the keys of the newest, where a tally of the same match has met them.
        """

    def completions(self, words: Sequence[str], home: int, now: datetime, most: int) -> list[int]:
        """The keys of the newest entries whose title has these words, the last of them being its beginning only."""

    def keys(self) -> set[int]:
        """The key of every entry whose words it has."""

    def discard(self, keys: Collection[int]) -> None:
        """Forget words that belong to no entry, by their keys."""

    def create(self) -> None:
        """Make what it keeps its words in, where that is not there yet."""

    def settle(self) -> None:
        """Put itself in order after much was written."""
