"""Periodic tasks run once per period, by one scheduler, and a failing task stops no other."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from portal.platform.records.periodic_runs import PeriodicRun
from portal.platform.tasks import periodic as periodic_module
from portal.platform.tasks.periodic import periodic, periodic_tasks, run_due

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def runs(monkeypatch) -> list[str]:
    """The runs of the second of two periodic tasks: one fails every minute, one succeeds every ten minutes."""
    runs: list[str] = []
    periodic_tasks()
    monkeypatch.setattr(periodic_module, "_tasks", {})

    @periodic(every=timedelta(minutes=1))
    def broken(now):
        raise ValueError("no paper")

    @periodic(every=timedelta(minutes=10))
    def water_the_plants(now):
        runs.append(f"{now:%H:%M}")

    return runs


@pytest.mark.usefixtures("runs")
def test_failed_periodic_task_is_named_and_stops_no_other(runs, caplog):
    failed = run_due(NOON)

    assert [name.rsplit(".", 1)[1] for name in failed] == ["broken"]
    assert runs == ["12:00"]
    assert "no paper" in PeriodicRun.objects.get(name=failed[0]).failure


def test_periodic_task_runs_once_per_period_with_any_number_of_schedulers(runs):
    for minutes in (0, 0, 5, 9, 10, 12, 20):
        run_due(NOON + timedelta(minutes=minutes))

    assert runs == ["12:00", "12:10", "12:20"]


def test_exit_code_for_cron_says_that_something_failed(runs):
    with pytest.raises(CommandError, match="broken"):
        call_command("scheduler", "--once")

    assert len(runs) == 1


def test_every_periodic_task_of_the_portal_can_run():
    assert run_due(NOON) == []
    assert PeriodicRun.objects.count() == len(periodic_tasks()) > 1
