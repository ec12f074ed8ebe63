"""Publishes a page when its workflow is approved (WAGTAIL_FINISH_WORKFLOW_ACTION)."""

from typing import Any

# Wagtail imports this module while it loads its models, so they cannot be imported here.


def publish_approved(workflow_state: Any, user: Any = None) -> None:
    """Publish the approved revision, which need not be the latest. Approvers need no permission to publish."""
    revision = workflow_state.current_task_state.revision
    page = workflow_state.content_object.specific
    # Saves loading the page again.
    revision.content_object = page
    page.publish(revision, user=user, skip_permission_checks=True)
