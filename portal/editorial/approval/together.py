"""The pages that go live or are taken down in the same transaction, so that links between them are valid."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Together(NamedTuple):
    """Primary keys of pages."""

    live: frozenset[int]
    down: frozenset[int]


NOTHING = Together(frozenset(), frozenset())
_together: ContextVar[Together] = ContextVar("together", default=NOTHING)


@contextmanager
def changing_together(live: Iterable[int], down: Iterable[int] = ()) -> Iterator[None]:
    token = _together.set(Together(frozenset(live), frozenset(down)))
    try:
        yield
    finally:
        _together.reset(token)


def goes_live_together(page: int) -> bool:
    return page in _together.get().live


def is_taken_down_together(page: int) -> bool:
    return page in _together.get().down
