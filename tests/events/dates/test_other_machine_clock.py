"""Files, lists, months, formatted times and imports are the same on a machine with another time zone."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone
from time_machine import travel

from portal.env import BASE_DIR
from tests.builders import make_event
from tests.events.ical.test_calendar_files import test_file_equals_its_golden_file as golden_file
from tests.events.machine_clock import machine_clock
from tests.events.partners import basic, parsed
from tests.events.reading import read, titles

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
# 23:30 and 00:30 in Paris. Both are on another day in Los Angeles.
LATE, EARLY = datetime(2026, 3, 3, 22, 30, tzinfo=UTC), datetime(2026, 3, 3, 23, 30, tzinfo=UTC)
PURE = ("test_clock", "test_dates_in_words", "test_recurrence_in_words")


@pytest.fixture(params=["America/Los_Angeles", "Pacific/Kiritimati"])
def elsewhere(request):
    with machine_clock(request.param):
        yield request.param


@pytest.mark.parametrize("name", ["single", "series", "all-day"])
def test_golden_files_are_the_same(lorraine, elsewhere, name, monkeypatch):
    assert time.timezone in (8 * 3600, -14 * 3600)
    with travel(NOW, tick=False):
        golden_file(lorraine, name, monkeypatch)


def test_lists_end_with_the_day_of_the_site(lorraine, calendar, elsewhere):
    make_event(calendar, "Toute la journée", start=datetime(2026, 3, 3, tzinfo=UTC), end=None, is_all_day=True)
    make_event(calendar, "Le soir", start=LATE - timedelta(hours=3), end=LATE - timedelta(hours=1))

    for now, coming, past in [
        (LATE, ["Toute la journée"], ["Le soir"]),
        (EARLY, [], ["Toute la journée", "Le soir"]),
    ]:
        with travel(now, tick=False):
            assert titles(lorraine, "/fr/bois/calendrier/") == coming
            assert titles(lorraine, "/fr/bois/calendrier/?when=past") == past


def test_month_and_formatted_time_are_in_the_places_time_zone(lorraine, elsewhere):
    with travel(NOW, tick=False):
        event = make_event(lorraine.calendar, "Minuit", start=datetime(2026, 3, 3, 23, tzinfo=UTC))
        html = read(lorraine, lorraine.address(lorraine.calendar) + "?month=2026-03")
        shown = [cell.select_one("time")["datetime"] for cell in html.select(".month__day") if "Minuit" in cell.text]
        assert shown == ["2026-03-04"]
        assert "4 mars 2026" in read(lorraine, event).get_text(" ")


def test_imported_events_have_the_same_instants(elsewhere):
    found = parsed(basic(RRULE="FREQ=WEEKLY;UNTIL=20260324T080000Z")).events[0]

    assert (found.start, found.rule) == (datetime(2026, 3, 10, 9), "FREQ=WEEKLY;UNTIL=20260324")


def test_newsroom_of_another_zone_shows_events_in_their_own_zone(lorraine):
    """The newsroom's time zone is the default for new events only."""
    with travel(NOW, tick=False):
        event = make_event(lorraine.calendar, "Matin", start=datetime(2026, 3, 3, 8, tzinfo=UTC))
        before = read(lorraine, event).select_one("main").get_text(" ", strip=True)
        with override_settings(TIME_ZONE="America/Los_Angeles"), timezone.override(None):
            after = read(lorraine, event).select_one("main").get_text(" ", strip=True)

    assert "9 h" in before.replace("\xa0", " ").replace("\u202f", " ")
    assert after == before


def test_tests_without_a_database_pass_in_another_process_zone():
    """The zone is set before the process starts, so that imports see it too."""
    files = [f"tests/events/dates/{name}.py" for name in PURE]
    environment = {**os.environ, "TZ": "America/Los_Angeles", "TIME_ZONE": "America/Los_Angeles"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", *files]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-3000:]
