"""Keeps a review with the text that it is about: an edit in the middle of it is what the reviewers look at next."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Revision, TaskState, WorkflowState

from portal.editorial.approval.authorship import same_text


def follow(page: Page, revision: Revision, user: Any) -> None:
    """Let the review go on with a revision that was just saved.

    Where the words are the same, what was approved stays approved. Where they changed, approvals of the earlier text
    are worth nothing: the review begins again at its first step. A step under way is replaced by a new one, so that a
    link to the old one cannot approve the new text.
    """
    state = WorkflowState.objects.for_instance(page).filter(status=WorkflowState.STATUS_IN_PROGRESS).first()
    if state is None or state.current_task_state is None or state.current_task_state.revision_id == revision.pk:
        return
    with transaction.atomic():
        step = state.current_task_state
        approved = state.task_states.filter(status=TaskState.STATUS_APPROVED, revision=step.revision)
        if same_text(step.revision, revision):
            for approval in approved:
                approval.copy(update_attrs={"revision": revision})
            _replace(state, step, revision, user)
        elif approved.exists():
            # The workflow then looks for its first step without an approval of the latest revision.
            step.specific.cancel(user=user)
        else:
            _replace(state, step, revision, user)


def _replace(state: WorkflowState, step: TaskState, revision: Revision, user: Any) -> None:
    """Put a step on another revision, without telling its reviewers once more that it waits for them."""
    step.status, step.finished_at, step.finished_by = TaskState.STATUS_CANCELLED, timezone.now(), user
    step.save()
    state.current_task_state = type(step)(
        workflow_state=state, task=step.task, revision=revision, status=TaskState.STATUS_IN_PROGRESS
    )
    state.current_task_state.save()
    state.save()
