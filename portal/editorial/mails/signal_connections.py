"""Connects the newsroom's emails to Wagtail's signals instead of Wagtail's notifiers."""

from wagtail import signals
from wagtail.models import TaskState, WorkflowState

from portal.editorial.mails import receivers

# The `dispatch_uid`s of Wagtail's notifiers. Of several receivers with the same uid only the first is connected.
TASK_SUBMITTED = "group_approval_task_submitted_email_notification"
WORKFLOW_SUBMITTED = "workflow_state_submitted_email_notification"
WORKFLOW_REJECTED = "workflow_state_rejected_email_notification"
WORKFLOW_APPROVED = "workflow_state_approved_email_notification"


def replace_wagtail_notifiers() -> None:
    for signal, sender, name, receiver in [
        (signals.task_submitted, TaskState, TASK_SUBMITTED, receivers.notify_of_task),
        (signals.workflow_submitted, WorkflowState, WORKFLOW_SUBMITTED, receivers.ignore_submission),
        (signals.workflow_rejected, WorkflowState, WORKFLOW_REJECTED, receivers.notify_of_rejection),
        (signals.workflow_approved, WorkflowState, WORKFLOW_APPROVED, receivers.notify_of_approval),
        (signals.workflow_cancelled, WorkflowState, "editorial-review-ended", receivers.notify_of_cancellation),
        (signals.page_published, None, "editorial-published-directly", receivers.notify_of_direct_publication),
    ]:
        # They are disconnected first, so that the order in which apps become ready does not matter.
        signal.disconnect(sender=sender, dispatch_uid=name)
        signal.connect(receiver, sender=sender, dispatch_uid=name)
