"""Selects the tests of a run: `make test` leaves out the slowest, and `.ci/run` divides the rest between two databases.

With `--quick`, the browser journeys and the walks through all addresses and actions are left out, unless the command
names them.

With `--divided`, PostgreSQL runs only the tests that depend on the database. Tests with Django's SQL only run on one of
the two: the walks through all newsroom addresses are divided by role, other tests by file. The databases swap every
day, so that two days of runs cover everything on both. The end of a run names the tests that the other database runs.
"""

from datetime import date

import pytest
from django.conf import settings

# Test name prefixes that `make test` leaves out.
LONG = (
    "tests/journeys/",
    "tests/backups/",
    "tests/bench/",
    "tests/content/lists/test_query_budgets.py::test_page_stays_within_its_budget_at_any_site_size",
    "tests/content/readers/test_flooded_forms.py::test_honest_readers_get_through_a_flood_within_ten_seconds",
    "tests/content/serving/test_bad_input.py::test_any_",
    "tests/content/serving/test_bad_input.py::test_bad_",
    "tests/content/serving/test_worker_processes.py",
    "tests/demo/test_demo_network.py",
    "tests/demo/test_schema.py::test_first_start_equals_all_migrations",
    "tests/editorial/accounts/test_role_matrix.py::test_actions",
    "tests/editorial/approval/test_approval_bypasses.py::test_bulk_publication_of_every_page_type",
    "tests/editorial/approval/test_approval_bypasses.py::test_every_page_type_passes_the_publication_gate",
    "tests/editorial/newsroom/test_dashboard.py::test_dashboard_needs_few_queries_with_many_pages",
    "tests/editorial/newsroom/test_newsroom_words.py",
    "tests/editorial/releases/test_kill.py",
    "tests/editorial/releases/test_no_mixture.py",
    "tests/editorial/rows/test_every_list.py",
    "tests/editorial/schedule/test_two_schedulers.py",
    "tests/editorial/trash/test_kill.py",
    "tests/page_cache/test_judge.py",
    "tests/page_cache/test_newsroom_acts.py",
    "tests/events/dates/test_other_machine_clock.py::test_tests_without_a_database_pass_in_another_process_zone",
    "tests/events/ical/test_calendar_dates.py::test_any_series_has_the_same_dates_in_all_libraries",
    "tests/events/registration/test_killed_reminders.py",
    "tests/media/test_hostile_pictures.py",
    "tests/moving/interrupted/",
    "tests/newsletter/test_kill.py",
    "tests/operation/test_upgrade.py",
    "tests/operation/test_web_server.py",
    "tests/operation/watching/test_metrics.py::test_counts_of_all_processes_are_added_and_continued",
    "tests/project/test_built_pages.py",
    "tests/project/test_contributing.py",
    "tests/project/test_separable.py",
    "tests/readership/test_web_server.py",
    "tests/search/indexing/test_hostile_files.py",
    "tests/search/test_bad_input.py::test_any_",
    "tests/search/test_bad_input.py::test_hostile_query_takes_bounded_time",
    "tests/search/test_decoys.py",
    "tests/separation/test_choosing.py",
    "tests/separation/test_hostile_requests.py",
    "tests/separation/test_leaks",
    "tests/separation/test_many_sites.py",
    "tests/sites/test_delete_site.py::test_no_row_of_a_deleted_site_is_left",
    "tests/sites/test_further_languages.py",
    "tests/sites/test_import_safety.py",
    "tests/sites/test_transfer.py",
    "tests/upgrades/",
)
# Walks through all kinds of pages, roles or formats, by name prefix: `make test` runs them only for parameters that
# contain one of these.
SAMPLES = {
    **dict.fromkeys(
        [
            f"tests/editorial/rows/test_autosave_of_rows.py::test_{name}"
            for name in ("slowly_filled", "rows", "row_changed", "duplicate_row")
        ],
        ("EventPage-live", "RecapPage-draft"),
    ),
    # The most expensive role.
    "tests/editorial/editor/test_form_queries.py": ("network administrator",),
    "tests/media/test_prepared_pictures.py::test_panorama": ("size0", "size3", "size7"),
    "tests/media/test_prepared_pictures.py::test_format_and_extension_follow_the_content": ("photo",),
    "tests/media/test_renditions.py::test_crop_and_colours_equal_those_of_the_whole_picture": ("JPEG",),
    "tests/media/test_uploads.py::test_truncated_picture_is_a_form_error": ("0.5",),
}
WALKS = ("tests/separation/test_leaks.py", "tests/separation/test_leaks_by_acting.py")
# Files and folders whose tests use the ORM's SQL for lists, queries and permissions of all pages, but little SQL of
# ours.
BY_TURNS = (
    "tests/content/formats/test_api.py",
    "tests/content/lists/test_expiry.py",
    "tests/content/formats/test_feeds.py",
    "tests/content/lists/test_listings.py",
    "tests/content/serving/test_privacy.py",
    "tests/content/lists/test_query_budgets.py",
    "tests/content/serving/test_redirects_and_removed_addresses.py",
    "tests/content/formats/test_sitemaps.py",
    "tests/content/lists/test_story_filters.py",
    "tests/content/serving/test_worker_processes.py",
    "tests/demo/",
    "tests/editorial/approval/test_approval.py",
    "tests/editorial/approval/test_approval_bypasses.py",
    "tests/editorial/newsroom/test_dashboard.py",
    "tests/editorial/approval/test_four_eyes.py",
    "tests/editorial/newsroom/test_page_list_queries.py",
    "tests/editorial/schedule/test_schedule.py",
    "tests/events/pages/test_event_lists.py",
    "tests/events/pages/test_month.py",
    "tests/events/dates/test_series.py",
    "tests/home/test_section_front.py",
    "tests/home/shelves/test_shelves.py",
    "tests/page_cache/test_wsgi_cache.py",
    "tests/caches/test_http_rules.py",
    "tests/page_cache/test_judge.py",
    "tests/newsletter/test_digests.py",
    "tests/newsletter/test_kill.py",
    "tests/search/indexing/test_hostile_files.py",
    "tests/search/meaning/test_meaning.py",
    "tests/search/query/test_dates.py",
    "tests/search/query/test_empty_days.py",
    "tests/search/test_decoys.py",
    "tests/search/test_narrowing.py",
    "tests/search/test_privacy.py",
    "tests/search/test_results_page.py",
    "tests/search/test_search_report.py",
    "tests/separation/test_choosing.py",
    "tests/separation/test_hostile_requests.py",
    "tests/separation/test_leaks_by_parameters.py",
    "tests/separation/test_leaks_to_readers.py",
    "tests/separation/test_many_sites.py",
    "tests/separation/test_replaced_addresses.py",
    "tests/sheets/",
    "tests/sites/test_create_site.py",
    "tests/sites/test_delete_site.py",
    "tests/sites/test_import_safety.py",
    "tests/sites/test_opening.py",
    "tests/sites/test_rename_site.py",
    "tests/sites/test_transfer.py",
)
# Files and folders whose tests use our SQL, locks, races, or errors of only one database.
ON_POSTGRESQL = (
    "tests/audit/",
    "tests/backups/test_after_a_restore.py::test_restored_older_copy",
    "tests/backups/test_after_a_restore.py::test_restored_audit_log",
    "tests/backups/test_backups.py::test_truncated_dump",
    "tests/backups/test_backups.py::test_rehearsal",
    "tests/backups/test_backups.py::test_lost_data",
    "tests/backups/test_restic.py::test_rehearsal",
    "tests/backups/test_settings_file.py",
    "tests/bench/test_generate_content.py",
    "tests/content/serving/test_bad_input.py",
    "tests/platform/test_durable_tasks.py",
    "tests/platform/test_failed_tasks.py",
    "tests/content/lists/test_long_lists.py",
    "tests/content/lists/test_pagination.py",
    "tests/platform/test_periodic.py",
    "tests/content/serving/test_snapshot.py",
    "tests/editorial/approval/test_simultaneous_actions.py",
    "tests/editorial/schedule/test_two_schedulers.py",
    "tests/events/registration/test_last_seat.py",
    "tests/events/registration/test_registering.py",
    "tests/events/registration/test_registration_news.py",
    "tests/events/registration/test_seats.py",
    "tests/events/registration/test_series_news.py",
    "tests/page_cache/",
    "tests/moving/interrupted/",
    "tests/newsletter/test_sending.py",
    "tests/operation/test_upgrade.py",
    "tests/search/",
    "tests/separation/",
    "tests/sites/",
    "tests/upgrades/",
)


def pytest_addoption(parser):
    parser.addoption("--divided", action="store_true", help="This is one of two runs, on SQLite and on PostgreSQL.")
    parser.addoption("--quick", action="store_true", help="Without journeys, judge and walks through all addresses.")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    if config.getoption("--quick"):
        _leave_out_what_takes_long(config, items)
    if config.getoption("--divided"):
        _leave_to_the_other_database(config, items)


def _leave_out_what_takes_long(config, items):
    named = tuple(str(argument) for argument in config.args if "tests/" in argument)
    long = [item for item in items if _takes_long(item) and not item.nodeid.startswith(named)]
    left = set(long)
    items[:] = [item for item in items if item not in left]
    config.hook.pytest_deselected(items=long)


def _takes_long(item):
    parameters = item.callspec.id if hasattr(item, "callspec") else ""
    samples = next((samples for name, samples in SAMPLES.items() if item.nodeid.startswith(name)), ())
    is_no_sample = bool(parameters and samples) and not any(sample in parameters for sample in samples)
    return is_no_sample or item.nodeid.startswith(LONG)


def _leave_to_the_other_database(config, items):
    is_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    turn = (date.today().toordinal() + is_postgresql) % 2  # noqa: DTZ011 - any day of this machine will do
    parts = {item: _part(item.nodeid.split("@")[0]) for item in items}
    here = set(sorted(set(filter(None, parts.values())))[turn::2])
    stored, left = [], []
    for item, part in parts.items():
        is_here = part in here if part else not is_postgresql or item.nodeid.startswith(ON_POSTGRESQL)
        (stored if is_here else left).append(item)
    items[:] = stored
    config.hook.pytest_deselected(items=left)


def _part(nodeid):
    """The group of a test that runs on one of the databases; None for a test that runs on both.

    The groups of a walk are its roles; all other groups are files.
    """
    if nodeid.startswith(WALKS):
        return nodeid.split("::")[0] + nodeid.partition("[")[2]
    return nodeid.split("::")[0] if nodeid.startswith(BY_TURNS) else None


def pytest_terminal_summary(terminalreporter, config):
    if config.getoption("--quick") and terminalreporter.stats.get("deselected"):
        terminalreporter.write_line(
            "Left out: browser journeys, the judge, hostile requests, floods and files, servers, workers and killed "
            "processes, backups and upgrades, exports of whole sites, the demo network, the bench, and the walks of all "
            "addresses, the query budgets of all public pages, all choosers, all actions of all roles, all kinds of pages, "
            "any series of dates and all formats of pictures. "
            "`make test-all` runs them on both databases, and `make test ARGS=tests/…` runs those that it names."
        )
    if config.getoption("--divided"):
        terminalreporter.write_line(
            "Divided: the tests that are deselected here belong to the run on the other database."
        )
