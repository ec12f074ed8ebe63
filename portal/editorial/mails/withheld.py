"""Withholds review emails, so that code which submits many pages can send a single one."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from wagtail.models import TaskState

_withheld: ContextVar[list[TaskState] | None] = ContextVar("withheld", default=None)


@contextmanager
def review_mails_withheld() -> Iterator[list[TaskState]]:
    """Send no email for steps that begin within the block; the caller notifies the reviewers of the yielded steps."""
    begun: list[TaskState] = []
    token = _withheld.set(begun)
    try:
        yield begun
    finally:
        _withheld.reset(token)


def is_mail_withheld(step: TaskState) -> bool:
    """Whether no email may be sent for this step, which has begun. If so, the step is added to the caller's list."""
    begun = _withheld.get()
    if begun is not None:
        begun.append(step)
    return begun is not None
