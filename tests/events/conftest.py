"""A partner's calendar, a calendar page, and the clocks of the process and the machine."""

import os
from contextlib import nullcontext
from copy import deepcopy

import pytest
from time_machine import travel

from events.models import CalendarPage, Subscription
from tests.builders import make_calendar, make_section
from tests.events.machine_clock import machine_clock


@pytest.fixture(autouse=True)
def other_machine():
    """Set the zone of the process if PROCESS_ZONE is set, as in CI on PostgreSQL."""
    zone = os.environ.get("PROCESS_ZONE")
    with machine_clock(zone) if zone else nullcontext():
        yield


@pytest.fixture(autouse=True)
def frozen_time(request):
    """Freeze the time in modules that define FROZEN_AT."""
    now = getattr(request.module, "FROZEN_AT", None)
    with travel(now, tick=False) if now else nullcontext():
        yield


@pytest.fixture
def partner(lorraine) -> Subscription:
    return Subscription.objects.create(
        calendar=lorraine.calendar, name="Office du bois", url="https://partner.example/agenda.ics"
    )


@pytest.fixture(scope="module")
def module_calendar(module_network) -> CalendarPage:
    return make_calendar(make_section(module_network.lorraine.home, "Bois", slug="bois"), slug="agenda")


@pytest.fixture
def calendar(module_calendar, network) -> CalendarPage:
    """The calendar at /fr/bois/agenda/, without events."""
    return deepcopy(module_calendar)
