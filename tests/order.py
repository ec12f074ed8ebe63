"""Begins with what takes longest in one worker, so that the others are not idle at the end while it goes on."""

import pytest

# By the beginning of their names, the longest first: what they have is one group, which one worker runs from end to end.
LONGEST = (
    "tests/journeys/",
    "tests/separation/test_leaks.py",
    "tests/separation/test_leaks_by_acting.py",
    "tests/editorial/test_newsroom_words.py",
    "tests/separation/test_many_sites.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """After the order was left to chance; pytest-xdist keeps it with --no-loadscope-reorder."""
    items.sort(key=_turn)


def _turn(item):
    return next((turn for turn, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST))
