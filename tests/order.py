"""Runs the longest groups of tests first, so that no worker is idle at the end.

The journeys take longest and start many processes, so the other workers leave some processors to them.
"""

import os

import pytest

# Name prefixes, longest first: the tests of each run in one worker, because they share fixtures.
LONGEST = (
    "tests/journeys/",
    "tests/separation/test_leaks.py",
    "tests/separation/test_leaks_by_acting.py",
    "tests/editorial/newsroom/test_newsroom_words.py",
    "tests/separation/test_many_sites.py",
    "tests/editorial/rows/",
    "tests/readership/test_web_server.py",
    "tests/content/serving/test_worker_processes.py",
    "tests/editorial/editor/test_form_queries.py",
    "tests/newsletter/test_kill.py",
    "tests/bench/test_bench.py",
    "tests/editorial/approval/test_one_person_alone.py",
    "tests/sites/test_create_site.py",
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
