"""Begins with what takes longest in one worker, so that the others are not idle at the end while it goes on.

The journeys are longest, and wait for one another's processes: the workers of all other tests give way to them.
"""

import os

import pytest

# By the beginning of their names, the longest first: what they have is one group, which one worker runs from end to end.
LONGEST = (
    "tests/journeys/",
    "tests/separation/test_leaks.py",
    "tests/separation/test_leaks_by_acting.py",
    "tests/editorial/newsroom/test_newsroom_words.py",
    "tests/separation/test_many_sites.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Runs after the random order is set; pytest-xdist keeps it with --no-loadscope-reorder."""
    items.sort(key=_turn)


def _turn(item):
    return next((turn for turn, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Limit this worker and its processes to the processors that the journeys leave."""
    is_beside_others = "PYTEST_XDIST_WORKER" in os.environ
    if is_beside_others and not item.nodeid.startswith(LONGEST[0]) and os.nice(0) == 0:
        os.nice(5)
