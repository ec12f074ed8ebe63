"""Publishes a page once its workflow is approved (WAGTAIL_FINISH_WORKFLOW_ACTION)."""

from typing import Any

# Wagtail imports this module while loading its models, so they cannot be imported here.


def publish_approved(workflow_state: Any, user: Any = None) -> None:
    """Publish the approved revision, which need not be the latest. Approvers need no permission to publish.

    Section reviewers need it if the workflow has no other step, because nobody has confirmed their role.
    """
    revision = workflow_state.current_task_state.revision
    page = workflow_state.content_object.specific
    # Avoids loading the page again.
    revision.content_object = page
    steps = workflow_state.task_states.filter(status="approved", revision=revision).select_related("task")
    is_approved = any(getattr(step.task.specific, "is_approval", True) for step in steps)
    page.publish(revision, user=user, skip_permission_checks=is_approved)
