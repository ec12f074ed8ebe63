"""A series is one result with its next date, and past after its last."""

from datetime import UTC, datetime

from time_machine import travel

from search.periodic import refresh_running_series
from tests.builders import make_event
from tests.search.searching import search

START = datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_series_is_one_result_with_its_next_date_until_the_last(lorraine):
    with travel(datetime(2026, 3, 1, tzinfo=UTC), tick=False):
        make_event(lorraine.calendar, "Café du granit", start=START, recurrence="FREQ=WEEKLY;COUNT=3")

    for now, day, is_past in [
        (datetime(2026, 3, 2, tzinfo=UTC), 3, False),
        (datetime(2026, 3, 4, tzinfo=UTC), 10, False),
        (datetime(2026, 3, 17, 10, tzinfo=UTC), 17, False),
        (datetime(2026, 3, 18, tzinfo=UTC), 17, True),
    ]:
        with travel(now, tick=False):
            refresh_running_series(now)
            (result,) = search(lorraine, "granit").page_results
            assert result.event.local_start.day == day
            assert result.event.is_past(now) is is_past
