"""The order of results: how well they match first, then what readers would rather have."""

from collections.abc import Collection, Iterable
from datetime import datetime

from search.engines.base import Candidate
from search.models.entries import minute_of

# What is added to the match itself, which is at most 1.
IN_TITLE, EXACT_TITLE, FRESH, COMING, PAST = 0.5, 2.0, 0.2, 0.2, -0.2
# After so many days, half of the advantage of what is new is gone.
HALF_LIFE = 365


def ranked(candidates: Collection[Candidate], titles: Iterable[str], now: datetime) -> list[Candidate]:
    """The best first; `titles` are what the title of an exact match would be in terms."""
    best = max((candidate.score for candidate in candidates), default=0) or 1
    exact, minute = set(titles), int(now.timestamp()) // 60

    def worth(candidate: Candidate) -> tuple[float, int]:
        days = max(0, minute - minute_of(candidate.key)) / 1440
        value = candidate.score / best + FRESH * 0.5 ** (days / HALF_LIFE)
        if candidate.in_title:
            value += IN_TITLE
        if candidate.title_key in exact:
            value += EXACT_TITLE
        if candidate.coming:
            value += COMING if candidate.coming > 0 else PAST
        return value, candidate.key

    return sorted(candidates, key=worth, reverse=True)
