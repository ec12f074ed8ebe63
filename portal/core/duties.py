"""The housekeeping of the background work itself."""

from datetime import datetime, timedelta

from django.core.management import call_command

from .background import BACKEND, revive
from .schedule import duty


@duty(every=timedelta(minutes=5))
def take_up_what_was_cut_off(now: datetime) -> None:
    revive(now)


@duty(every=timedelta(days=1))
def forget_what_was_done(now: datetime) -> None:
    ages = ["--min-age-days", "14", "--failed-min-age-days", "90"]
    call_command("prune_db_task_results", "--backend", BACKEND, *ages, verbosity=0)
