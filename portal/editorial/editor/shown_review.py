"""A review that is only shown: its steps are read once, whoever asks for them."""

from functools import cached_property
from typing import Any

from django.db.models import F
from django.utils.translation import gettext
from wagtail.models import Task, TaskState, WorkflowState

SUCCESSFUL = (TaskState.STATUS_APPROVED, TaskState.STATUS_SKIPPED)


class ShownReview:
    """Stands for Wagtail's `WorkflowState` of a page that is only shown, and answers what it would.

    Wagtail's asks for the page, for the steps and for their states once more for each button and panel.
    """

    def __init__(self, review: WorkflowState, page: Any):
        self.review, self.content_object = review, page

    def __getattr__(self, name: str) -> Any:
        return getattr(self.review, name)

    def user_can_cancel(self, user: Any) -> bool:
        return bool(WorkflowState.user_can_cancel(self, user))  # type: ignore[arg-type]

    @cached_property
    def _states(self) -> list[Any]:
        """The states of the steps for the version that is in review, the latest first."""
        states = self.review.task_states.select_related("finished_by").annotate(written_at=F("revision__created_at"))
        found = [state for state in states.order_by("-started_at", "-pk") if state.revision_id is not None]
        latest = max(found, key=lambda state: (state.written_at, state.revision_id), default=None)
        return [state for state in found if latest is not None and state.revision_id == latest.revision_id]

    @cached_property
    def tasks(self) -> list[Task]:
        return list(self.review.workflow.tasks)

    @cached_property
    def _tasks_with_state(self) -> list[Task]:
        tasks: list[Any] = self.tasks
        for task in tasks:
            task.task_state = next((state for state in self._states if state.task_id == task.pk), None)
        return tasks

    def all_tasks_with_status(self) -> list[Task]:
        tasks: list[Any] = self._tasks_with_state
        for task in tasks:
            task.status = task.task_state.status if task.task_state else None
            task.status_display = task.task_state.get_status_display() if task.task_state else gettext("Not started")
        return tasks

    def all_tasks_with_state(self) -> list[Task]:
        return self._tasks_with_state

    @property
    def is_at_final_task(self) -> bool:
        latest = self.content_object.latest_revision_id
        done = {state.task_id for state in self._states if state.status in SUCCESSFUL and state.revision_id == latest}
        return len([task for task in self.tasks if task.active and task.pk not in done]) < 2
