"""Moves reviews in progress to the latest revision, and ends them when a page moves to another site."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page, Revision, TaskState, WorkflowState

from portal.editorial.records.texts import has_same_text


def move_review_to(page: Page, revision: Revision, user: Any) -> None:
    """Continue the review in progress, if any, with a newly saved revision.

    If the text is unchanged, approvals of earlier steps remain valid; otherwise the review restarts. A new step
    replaces the one in progress, so that a link to the old step cannot approve the new text.
    """
    state = WorkflowState.objects.for_instance(page).filter(status=WorkflowState.STATUS_IN_PROGRESS).first()
    if state is None or state.current_task_state is None or state.current_task_state.revision_id == revision.pk:
        return
    with transaction.atomic():
        step = state.current_task_state
        approved = state.task_states.filter(status=TaskState.STATUS_APPROVED, revision=step.revision)
        if has_same_text(step.revision, revision):
            for approval in approved:
                approval.copy(update_attrs={"revision": revision})
            _replace_step(state, step, revision, user)
        elif approved.exists():
            # Cancelling makes the workflow continue with the first task not yet approved for the latest revision.
            step.specific.cancel(user=user)
        else:
            _replace_step(state, step, revision, user)


def _replace_step(state: WorkflowState, step: TaskState, revision: Revision, user: Any) -> None:
    """Restart the step on another revision without mailing its reviewers again."""
    step.status, step.finished_at, step.finished_by = TaskState.STATUS_CANCELLED, timezone.now(), user
    step.save()
    state.current_task_state = type(step)(
        workflow_state=state, task=step.task, revision=revision, status=TaskState.STATUS_IN_PROGRESS
    )
    state.current_task_state.save()
    state.save()


def page_is_moved(sender: type, instance: Page, parent_page_after: Page, **kwargs: Any) -> None:
    """`pre_page_move` receiver. It runs before the move, so that emails go to the old site's newsroom."""
    if instance.get_site() == parent_page_after.get_site():
        return
    keys = [str(key) for key in instance.get_descendants(inclusive=True).values_list("pk", flat=True)]
    user = getattr(get_active_log_context(), "user", None)
    reviews = WorkflowState.objects.active().filter(base_content_type=ContentType.objects.get_for_model(Page))
    for review in reviews.filter(object_id__in=keys):
        review.cancel(user=user)
