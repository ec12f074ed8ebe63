"""Periodic tasks are seen to in their time, by one scheduler, and one that fails stops no other."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from portal.core.models import PeriodicRun
from portal.core.tasks import periodic as periodic_module
from portal.core.tasks.periodic import periodic, periodic_tasks, run_due

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def seen(monkeypatch) -> list[str]:
    """Two periodic tasks and no others: one that fails every minute, one that is done every ten."""
    done: list[str] = []
    periodic_tasks()
    monkeypatch.setattr(periodic_module, "_tasks", {})

    @periodic(every=timedelta(minutes=1))
    def broken(now):
        raise ValueError("no paper")

    @periodic(every=timedelta(minutes=10))
    def water_the_plants(now):
        done.append(f"{now:%H:%M}")

    return done


@pytest.mark.usefixtures("seen")
def test_failed_duty_is_named_and_stops_no_other(seen, caplog):
    failed = run_due(NOON)

    assert [name.rsplit(".", 1)[1] for name in failed] == ["broken"]
    assert seen == ["12:00"]
    assert "no paper" in PeriodicRun.objects.get(name=failed[0]).failure


def test_duty_is_seen_to_once_in_each_period_whoever_looks(seen):
    for minutes in (0, 0, 5, 9, 10, 12, 20):
        run_due(NOON + timedelta(minutes=minutes))

    assert seen == ["12:00", "12:10", "12:20"]


def test_cron_learns_from_the_exit_code_that_something_failed(seen):
    with pytest.raises(CommandError, match="broken"):
        call_command("scheduler", "--once")

    assert len(seen) == 1


def test_every_duty_of_the_portal_can_be_seen_to():
    assert run_due(NOON) == []
    assert PeriodicRun.objects.count() == len(periodic_tasks()) > 1
