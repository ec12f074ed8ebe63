"""The index entries similar in meaning to a query."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from search.engines.base import Candidate, Match
from search.meaning import SimilarPages
from search.meaning.similarity import forget, similarities
from search.models import IndexEntry
from search.models.entries import PAGE_MASK
from search.network import BucketScope, Network
from search.scope import COPY, section_token

MAX_PAGES = 30


@dataclass(frozen=True)
class NearEntry:
    """An entry similar in meaning to a query, with its facet values."""

    candidate: Candidate
    bucket: int
    topic_set: int
    scope: BucketScope
    topics: tuple[int, ...]

    def satisfies(self, match: Match) -> bool:
        key, section = self.candidate.key, section_token(self.scope.section)
        own = {f"k{self.scope.kind}", f"y{self.scope.year}", *(f"t{topic}" for topic in self.topics)}
        return (
            any(self.scope.home in query.homes for query in match.queries)
            and (match.span is None or match.span[0] <= key <= match.span[1])
            and (match.among is None or key in match.among)
            and all(
                any(token in own or (name == "section" and section.startswith(token)) for token in tokens)
                for name, tokens in match.filters.items()
            )
        )


class Closeness(NamedTuple):
    """`share` is 1 for the page most similar to the query, 0 for an unrelated one."""

    language: str
    share: float


@dataclass(frozen=True)
class Near:
    """The entries most similar to a query, best first."""

    entries: list[NearEntry]
    found: SimilarPages

    def closeness(self, keys: Iterable[int]) -> dict[int, Closeness]:
        keys = list(keys)
        shares = self.found.shares([key & PAGE_MASK for key in keys])
        return {key: Closeness(*shares[key & PAGE_MASK]) for key in keys if key & PAGE_MASK in shares}


def near_to(
    text: str, homes: Mapping[int, str], network: Network, excluded: Collection[str], now: datetime
) -> Near | None:
    found = similarities(text, homes)
    return None if found is None else Near(_entries(found, homes, network, excluded, now), found)


def _entries(
    found: SimilarPages, homes: Mapping[int, str], network: Network, excluded: Collection[str], now: datetime
) -> list[NearEntry]:
    pages = found.best(MAX_PAGES)
    columns = ("page_id", "key", "title_key", "ends_at", "bucket_id", "topic_set_id")
    indexed = IndexEntry.objects.filter(pk__in=pages)
    forget(set(pages) - set(indexed.values_list("pk", flat=True)))
    # If there is no number, the text has changed since its vector was computed.
    visible = indexed.visible(now).filter(bucket__home__in=homes, text__meaning_number__isnull=False)
    if COPY in excluded:
        visible = visible.filter(page__alias_of__isnull=True)
    rows = {row[0]: row[1:] for row in visible.values_list(*columns)}
    scopes = network.buckets(row[3] for row in rows.values())
    topics = network.topic_sets(row[4] for row in rows.values())
    return [
        NearEntry(
            Candidate(key, 0.0, title_key, 0 if ends_at is None else 1 if ends_at > now else -1),
            bucket,
            topic_set,
            scopes[bucket],
            topics.get(topic_set, ()),
        )
        for key, title_key, ends_at, bucket, topic_set in (rows[page] for page in pages if page in rows)
    ]
