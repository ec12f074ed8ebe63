"""What the newsroom does by itself."""

from datetime import datetime, timedelta

from portal.core.tasks.periodic import periodic
from portal.editorial.mails.reminders import remind_reviewers
from portal.editorial.schedule.embargo import hide_embargoed
from portal.editorial.schedule.scheduling import run_schedule
from portal.editorial.sharing.shares import show_what_is_due


class LeftUndoneError(Exception):
    """Something was due and could not be done; its people have been told."""


@periodic(every=timedelta(seconds=15))
def publish_and_take_down(now: datetime) -> None:
    if undone := run_schedule(now):
        raise LeftUndoneError(", ".join(str(plan) for plan in undone))


@periodic(every=timedelta(minutes=1))
def withhold_files(now: datetime) -> None:
    """Whatever made a page public or took it away without a word, such as its time to expire."""
    hide_embargoed(now)


@periodic(every=timedelta(hours=1))
def remind_of_what_waits(now: datetime) -> None:
    remind_reviewers(now)


@periodic(every=timedelta(seconds=30))
def show_shared_pages(now: datetime) -> None:
    show_what_is_due(now)
