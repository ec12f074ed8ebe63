"""The order of results: relevance, raised for title matches, recent pages and coming events."""

from collections.abc import Collection, Iterable
from datetime import datetime

from search.engines.base import Candidate
from search.models.entries import minute_of

# Added to the relevance, which is between 0 and 1.
IN_TITLE, EXACT_TITLE, RECENT, UPCOMING, PAST = 0.5, 2.0, 0.2, 0.2, -0.2
# After so many days, the bonus of a recent page has halved.
HALF_LIFE = 365


def ranked(candidates: Collection[Candidate], titles: Iterable[str], now: datetime) -> list[Candidate]:
    """The candidates, best first; `titles` are the title keys of an exact match, one per language."""
    best = max((candidate.score for candidate in candidates), default=0) or 1
    exact, minute = set(titles), int(now.timestamp()) // 60

    def rank(candidate: Candidate) -> tuple[float, int]:
        days = max(0, minute - minute_of(candidate.key)) / 1440
        value = candidate.score / best + RECENT * 0.5 ** (days / HALF_LIFE)
        if candidate.in_title:
            value += IN_TITLE
        if candidate.title_key in exact:
            value += EXACT_TITLE
        if candidate.time:
            value += UPCOMING if candidate.time > 0 else PAST
        return value, candidate.key

    return sorted(candidates, key=rank, reverse=True)
