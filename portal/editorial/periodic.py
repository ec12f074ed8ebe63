"""Periodic tasks of the newsroom."""

from datetime import datetime, timedelta

from portal.editorial.mails.reminders import remind_reviewers
from portal.editorial.public_records.notifications import notify_approvers
from portal.editorial.records.accounts import PROPOSAL_LIFETIME, RoleProposal
from portal.editorial.records.ideas import IdeaDecision
from portal.editorial.releases.carrying_out import run_releases
from portal.editorial.schedule.scheduling import run_schedule
from portal.editorial.sharing.shares import show_due_shares
from portal.editorial.trash.deleting import empty_by_age
from portal.platform.tasks.periodic import periodic


class ScheduleIncompleteError(Exception):
    """Some scheduled changes failed. The people concerned have been notified."""


@periodic(every=timedelta(seconds=15))
def publish_and_take_down(now: datetime) -> None:
    failed = [str(change) for change in run_schedule(now)]
    if failed := [*failed, *(f"release {key}" for key in run_releases(now))]:
        raise ScheduleIncompleteError(", ".join(failed))


@periodic(every=timedelta(hours=1))
def send_review_reminders(now: datetime) -> None:
    remind_reviewers(now)


@periodic(every=timedelta(hours=1))
def tell_of_public_changes(now: datetime) -> None:
    notify_approvers(now)


@periodic(every=timedelta(seconds=30))
def show_shared_pages(now: datetime) -> None:
    show_due_shares(now)


@periodic(every=timedelta(hours=1))
def empty_trash(now: datetime) -> None:
    empty_by_age(now)


@periodic(every=timedelta(days=1))
def delete_old_proposals(now: datetime) -> None:
    RoleProposal.objects.filter(proposed_at__lt=now - PROPOSAL_LIFETIME).delete()


@periodic(every=timedelta(days=1))
def delete_old_decisions_about_ideas(now: datetime) -> None:
    IdeaDecision.objects.expired(now).delete()
