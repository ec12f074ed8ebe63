"""How common words are: each process remembers the common ones for a while, since they take longest to count."""

from collections.abc import Sequence
from datetime import datetime
from time import monotonic
from typing import NamedTuple

from search.engines import engine
from search.engines.base import Frequencies
from search.query.parse import TermSequence

# A number as great hardly changes in so many seconds. What is rarer is counted each time, so that the words that choose
# the candidates are always the right ones. If all pages with a common word go, it seems to stand somewhere as long.
COMMON, SECONDS = 1500, 3600
MOST_KEPT = 20_000


class _Kept(NamedTuple):
    entries: int
    total: int
    until: float


_kept: dict[tuple[tuple[int, ...], TermSequence], _Kept] = {}


def frequencies_of(sequences: Sequence[TermSequence], homes: Sequence[int], now: datetime) -> Frequencies:
    """In how many entries of these home pages, visible at `now`, the sequences stand."""
    place, moment = tuple(homes), monotonic()
    kept = {each: old for each in sequences if (old := _kept.get((place, each))) and old.until > moment}
    missing = [each for each in sequences if each not in kept]
    counts = {each: old.entries for each, old in kept.items()}
    if kept and not missing:
        return Frequencies(next(iter(kept.values())).total, counts)
    found = engine().frequencies(missing, homes, now)
    if len(_kept) > MOST_KEPT:
        _kept.clear()
    _kept.update(
        {
            (place, each): _Kept(count, found.total, moment + SECONDS)
            for each, count in found.counts.items()
            if count > COMMON
        }
    )
    return Frequencies(found.total, counts | dict(found.counts))
