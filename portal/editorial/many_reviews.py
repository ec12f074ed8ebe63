"""Starts the reviews of many new drafts with the same reviewers."""

from collections.abc import Sequence
from typing import Any

from wagtail.models import Page, Revision, TaskState, Workflow, WorkflowState
from wagtail.signals import task_submitted, workflow_submitted

from portal.content.bulk.drafts import log_pages
from portal.content.bulk.rows import new_keys
from portal.editorial.approval.gate import Submission, before_submitting
from portal.editorial.models import FourEyesTask, SectionReviewTask

# The reviewers of these tasks depend only on a page's place and authors.
DECIDED_BY_PLACE = (FourEyesTask, SectionReviewTask)


def start_reviews(workflow: Workflow, drafts: Sequence[tuple[Page, Revision]], requester: Any = None) -> None:
    """Submit new drafts for review on behalf of the system, like `workflow.start`, with `requester` as `requested_by`.

    The drafts share parent and authors, and therefore reviewers. Wagtail starts the first review; its rows are copied
    for the others.
    """
    if not drafts:
        return
    first, *others = drafts
    pattern = _start(workflow, first[0], requester)
    if others and not _can_be_repeated(pattern):
        for page, _revision in others:
            _start(workflow, page, requester)
    elif others:
        _repeat(pattern, others, requester)


def _start(workflow: Workflow, page: Page, requester: Any) -> WorkflowState:
    state = workflow.start(page, None)
    if requester:
        state.requested_by = requester
        state.save(update_fields=["requested_by"])
    return state


def _can_be_repeated(pattern: WorkflowState) -> bool:
    types = {task.specific_class for task in pattern.workflow.tasks}
    return pattern.status == WorkflowState.STATUS_IN_PROGRESS and types <= set(DECIDED_BY_PLACE)


def _repeat(pattern: WorkflowState, drafts: Sequence[tuple[Page, Revision]], requester: Any) -> None:
    for page, revision in drafts:
        for rule in before_submitting:
            rule(Submission(page, revision, None))
    steps = list(pattern.task_states.select_related("task").order_by("pk"))
    keys = iter(new_keys(TaskState, len(steps) * len(drafts)))
    states, task_states = [], []
    for (page, revision), key in zip(drafts, new_keys(WorkflowState, len(drafts)), strict=True):
        state = WorkflowState(
            pk=key,
            content_type_id=page.content_type_id,
            base_content_type_id=pattern.base_content_type_id,
            object_id=str(page.pk),
            workflow=pattern.workflow,
            status=pattern.status,
            requested_by=requester,
        )
        own = [_step(state, step, revision, next(keys)) for step in steps]
        state.current_task_state = next(row for row in own if row.status == TaskState.STATUS_IN_PROGRESS)
        states.append(state)
        task_states += own
    WorkflowState.objects.bulk_create(states)
    TaskState.objects.bulk_create(task_states)
    _tell(states, task_states)
    log_pages(
        (page, {"action": "wagtail.workflow.start", "revision": revision, "data": _log_data(state)})
        for (page, revision), state in zip(drafts, states, strict=True)
    )


def _step(state: WorkflowState, pattern: TaskState, revision: Revision, key: int) -> TaskState:
    return TaskState(
        pk=key,
        workflow_state=state,
        task=pattern.task,
        revision=revision,
        status=pattern.status,
        finished_at=pattern.finished_at,
        comment=pattern.comment,
        content_type_id=pattern.content_type_id,
    )


def _tell(states: Sequence[WorkflowState], task_states: Sequence[TaskState]) -> None:
    for task_state in task_states:
        if task_state.status == TaskState.STATUS_IN_PROGRESS:
            task_submitted.send(sender=TaskState, instance=task_state, user=None)
    for state in states:
        workflow_submitted.send(sender=WorkflowState, instance=state, user=None)


def _log_data(state: WorkflowState) -> dict[str, Any]:
    task_state = state.current_task_state
    return {
        "workflow": {
            "id": state.workflow_id,
            "title": state.workflow.name,
            "status": state.status,
            "next": {"id": task_state.task_id, "title": task_state.task.name},
            "task_state_id": task_state.pk,
        }
    }
