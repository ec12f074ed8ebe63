"""A partner whose calendar is read, and the clock of another machine, on which nothing may depend."""

import os

import pytest

from events.models import Subscription
from tests.events.machine_clock import machine_clock


@pytest.fixture(autouse=True)
def other_machine():
    """Set the zone of the process if PROCESS_ZONE is set, as in CI on PostgreSQL."""
    zone = os.environ.get("PROCESS_ZONE")
    if not zone:
        yield
        return
    with machine_clock(zone):
        yield


@pytest.fixture
def partner(lorraine) -> Subscription:
    return Subscription.objects.create(
        calendar=lorraine.calendar, name="Office du bois", url="https://partner.example/agenda.ics"
    )
