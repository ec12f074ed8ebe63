"""Puts the newsroom's own letters in the place of Wagtail's."""

from wagtail import signals
from wagtail.models import TaskState, WorkflowState

from portal.editorial.mails import receivers

# Wagtail connects its notifiers under these names; who holds a name first keeps it.
STEP_BEGUN = "group_approval_task_submitted_email_notification"
SUBMITTED = "workflow_state_submitted_email_notification"
SENT_BACK = "workflow_state_rejected_email_notification"
PASSED = "workflow_state_approved_email_notification"


def take_over_from_wagtail() -> None:
    for signal, sender, name, receiver in [
        (signals.task_submitted, TaskState, STEP_BEGUN, receivers.step_begun),
        (signals.workflow_submitted, WorkflowState, SUBMITTED, receivers.nobody_is_told),
        (signals.workflow_rejected, WorkflowState, SENT_BACK, receivers.sent_back),
        (signals.workflow_approved, WorkflowState, PASSED, receivers.review_passed),
        (signals.workflow_cancelled, WorkflowState, "editorial-review-ended", receivers.review_ended),
        (signals.page_published, None, "editorial-published-directly", receivers.published_directly),
    ]:
        # In whichever order the apps are made ready.
        signal.disconnect(sender=sender, dispatch_uid=name)
        signal.connect(receiver, sender=sender, dispatch_uid=name)
