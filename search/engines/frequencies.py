"""Caches the frequencies of common words in each process, because these take longest to count."""

from collections.abc import Sequence
from datetime import datetime
from time import monotonic

from search.engines import engine
from search.engines.base import Frequencies, Scope
from search.indexes import PUBLIC, Index
from search.query.parse import TermSequence

# A frequency above COMMON hardly changes within SECONDS. Lower ones determine the candidates, so they are always
# counted.
COMMON, SECONDS = 1500, 3600
MAX_CACHED = 20_000

# By index, scope and sequence: the sequence's count, the number of all entries, and the expiry time.
_cache: dict[tuple[tuple[Index, Scope], TermSequence], tuple[int, int, float]] = {}


def frequencies_of(
    sequences: Sequence[TermSequence], scope: Scope, now: datetime, index: Index = PUBLIC
) -> Frequencies:
    place, time = (index, scope), monotonic()
    cached = {each: row for each in sequences if (row := _cache.get((place, each))) and row[2] > time}
    counts = {each: count for each, (count, _total, _expiry) in cached.items()}
    missing = [each for each in sequences if each not in cached]
    if cached and not missing:
        return Frequencies(next(iter(cached.values()))[1], counts)
    found = engine(index).frequencies(missing, scope, now)
    if len(_cache) > MAX_CACHED:
        _cache.clear()
    common = {each: count for each, count in found.counts.items() if count > COMMON}
    _cache.update({(place, each): (count, found.total, time + SECONDS) for each, count in common.items()})
    return Frequencies(found.total, counts | dict(found.counts))
