"""Times in a recording are read as people type them, and written as readers and programs expect them."""

from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from portal.recordings.times import LONGEST, TimeInRecordingError, iso_duration, read_time, written_time

SECONDS = st.integers(0, LONGEST - 1)


@pytest.mark.parametrize(
    ("typed", "seconds"), [("12:40", 760), ("1:02:40", 3760), ("75", 75), (" 0:05 ", 5), ("90:00", 5400), ("4.15", 255)]
)
def test_typed_time_is_read(typed, seconds):
    assert read_time(typed) == seconds


@pytest.mark.parametrize("typed", ["", "bald", "12:75", "1:99:00", "-1:00", "99999", "25:00:00", "1:2:3:4", "١٢:٤٠"])
def test_other_text_is_refused(typed):
    with pytest.raises(TimeInRecordingError):
        read_time(typed)


@given(SECONDS)
def test_written_time_is_read_again(seconds):
    assert read_time(written_time(seconds)) == seconds


@given(st.text(max_size=12))
def test_no_text_causes_another_error(text):
    with suppress(TimeInRecordingError):
        assert 0 <= read_time(text) < LONGEST


@pytest.mark.parametrize(("seconds", "text"), [(0, "PT0S"), (760, "PT12M40S"), (3600, "PT1H"), (3661, "PT1H1M1S")])
def test_duration_follows_iso_8601(seconds, text):
    assert iso_duration(seconds) == text
