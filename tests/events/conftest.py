"""The clock of the machine: nothing of events may depend on it."""

import os

import pytest

from tests.events.machine_clock import machine_clock


@pytest.fixture(autouse=True)
def other_machine():
    """With PROCESS_ZONE set, as CI has it on PostgreSQL, all tests of events run on a machine elsewhere."""
    zone = os.environ.get("PROCESS_ZONE")
    if not zone:
        yield
        return
    with machine_clock(zone):
        yield
