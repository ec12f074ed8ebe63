"""Reminds the reviewers of a waiting step every REVIEW_REMINDER_DAYS."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from wagtail.models import TaskState, WorkflowState

from portal.content.visibility import is_in_trash
from portal.editorial.mails.page_mails import REVIEW, compare_link, enqueue_about_page, review_link
from portal.editorial.mails.receivers import page_of, reviewers_of
from portal.editorial.mails.requesters import requester_of
from portal.editorial.models import Reminder


def remind_reviewers(now: datetime) -> None:
    interval = timedelta(days=settings.REVIEW_REMINDER_DAYS)
    due = TaskState.objects.filter(
        Q(reminder=None) | Q(reminder__sent_at__lte=now - interval),
        status=TaskState.STATUS_IN_PROGRESS,
        started_at__lte=now - interval,
        workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
    )
    for state in due.select_related("workflow_state__requested_by", "revision").order_by("pk"):
        _remind(state, now)


@transaction.atomic
def _remind(state: TaskState, now: datetime) -> None:
    page = page_of(state.workflow_state)
    if is_in_trash(page):
        return
    Reminder.objects.update_or_create(task_state=state, defaults={"sent_at": now})
    enqueue_about_page(
        "reminder",
        page,
        reviewers_of(state, page),
        actor=None,
        preference="submitted",
        link=review_link(state, page.latest_revision),
        link_label=REVIEW,
        compare=compare_link(page, state.revision),
        who=requester_of(page, state.workflow_state),
        days=(now - state.started_at).days,
    )
