"""Divides the tests between two runs, one on each database: `.ci/run` asks for it, `make test` and `make test-all` do not.

With `--divided`, the walks through every address of the newsroom are made by each role once, on one of the databases, which
change places every day; and PostgreSQL leaves to SQLite what asks no question of its own. What a run leaves to the other is
said at its end.
"""

from datetime import date

import pytest
from django.conf import settings

WALKS = ("tests/separation/test_leaks.py", "tests/separation/test_leaks_by_acting.py")
# Folders and files whose tests meet SQL of their own, locks, races, or the lists, searches and permissions of all pages.
ON_POSTGRESQL = (
    "tests/bench/test_generate_content.py",
    "tests/core/test_api.py",
    "tests/core/test_bad_input.py",
    "tests/core/test_durable_tasks.py",
    "tests/core/test_expiry.py",
    "tests/core/test_failed_tasks.py",
    "tests/core/test_feeds.py",
    "tests/core/test_listings.py",
    "tests/core/test_long_lists.py",
    "tests/core/test_pagination.py",
    "tests/core/test_periodic.py",
    "tests/core/test_privacy.py",
    "tests/core/test_query_budgets.py",
    "tests/core/test_redirects_and_removed_addresses.py",
    "tests/core/test_sitemaps.py",
    "tests/core/test_snapshot.py",
    "tests/core/test_story_filters.py",
    "tests/core/test_worker_processes.py",
    "tests/demo/",
    "tests/editorial/test_approval",
    "tests/editorial/test_page_list_queries.py",
    "tests/editorial/test_dashboard.py",
    "tests/editorial/test_four_eyes.py",
    "tests/editorial/test_schedule.py",
    "tests/editorial/test_simultaneous_actions.py",
    "tests/editorial/test_two_schedulers.py",
    "tests/events/test_event_lists.py",
    "tests/events/test_last_seat.py",
    "tests/events/test_month.py",
    "tests/events/test_registering.py",
    "tests/events/test_registration_news.py",
    "tests/events/test_seats.py",
    "tests/events/test_series.py",
    "tests/home/test_section_front.py",
    "tests/home/test_shelves.py",
    "tests/newsletter/test_digests.py",
    "tests/newsletter/test_kill.py",
    "tests/newsletter/test_sending.py",
    "tests/keeping/",
    "tests/backups/test_backups.py::test_dump_that_ends_too_early",
    "tests/backups/test_backups.py::test_nothing_is_sent",
    "tests/backups/test_backups.py::test_rehearsal",
    "tests/backups/test_backups.py::test_what_was_lost",
    "tests/operation/test_upgrade.py",
    "tests/search/",
    "tests/separation/",
    "tests/sheets/",
    "tests/sites/",
)


def pytest_addoption(parser):
    parser.addoption("--divided", action="store_true", help="This is one of two runs, on SQLite and on PostgreSQL.")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    if not config.getoption("--divided"):
        return
    is_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    turn = (date.today().toordinal() + is_postgresql) % 2  # noqa: DTZ011 - any day of this machine will do
    walks = sorted({item.nodeid.split("@")[0] for item in items if item.nodeid.startswith(WALKS)})
    taken = {nodeid for number, nodeid in enumerate(walks) if number % 2 == turn}
    kept, left = [], []
    for item in items:
        nodeid = item.nodeid.split("@")[0]
        is_here = nodeid in taken if nodeid in walks else not is_postgresql or nodeid.startswith(ON_POSTGRESQL)
        (kept if is_here else left).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left)


def pytest_terminal_summary(terminalreporter, config):
    if config.getoption("--divided"):
        terminalreporter.write_line(
            "Divided: the tests that are deselected here belong to the run on the other database."
        )
