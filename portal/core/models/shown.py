"""Spares a page that is only shown in this response the questions that several parts of the response ask."""

from collections.abc import Callable, Hashable
from typing import Any

from wagtail.models import WorkflowState


def is_only_shown(page: Any, found: dict[Hashable, Any] | None = None) -> None:
    """Promise that nothing of this page changes while this very object lives: for the answer to a GET, never a POST.

    `found` is what was found out already, by the names of `once_shown`; two objects of one page may share it.
    """
    page.found_for_showing = {} if found is None else found


def once_shown[T](page: Any, name: Hashable, compute: Callable[[], T]) -> T:
    """Compute a value, only once for an object of which `is_only_shown` was said."""
    found = getattr(page, "found_for_showing", None)
    if found is None:
        return compute()
    if name not in found:
        found[name] = compute()
    return found[name]


class AsksOnce:
    """Mix-in before Wagtail's page: how far its review has come is asked by every action, panel and permission."""

    @property
    def current_workflow_state(self) -> Any:
        wagtails: Any = super()
        return once_shown(self, "workflow state", lambda: wagtails.current_workflow_state)

    @property
    def current_workflow_task_state(self) -> Any:
        wagtails: Any = super()
        return once_shown(self, "task state", lambda: wagtails.current_workflow_task_state)

    @property
    def current_workflow_task(self) -> Any:
        wagtails: Any = super()
        return once_shown(self, "task", lambda: wagtails.current_workflow_task)

    @property
    def workflow_in_progress(self) -> bool:
        state = self.current_workflow_state
        return state is not None and state.status == WorkflowState.STATUS_IN_PROGRESS
