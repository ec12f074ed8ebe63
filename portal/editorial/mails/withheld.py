"""Withholds review emails, so that code that submits many pages can send a single email."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from wagtail.models import TaskState

_withheld: ContextVar[Callable[[TaskState], object] | None] = ContextVar("withheld", default=None)


@contextmanager
def review_mails_withheld(note: Callable[[TaskState], object] = lambda step: None) -> Iterator[None]:
    """Send no email for steps that begin within the block; `note` is called with each of them.

    Only a caller that notifies the reviewers should collect the steps, because each holds the whole text of its page.
    """
    token = _withheld.set(note)
    try:
        yield
    finally:
        _withheld.reset(token)


def is_mail_withheld(step: TaskState) -> bool:
    """Whether no email may be sent for this step, which has begun."""
    note = _withheld.get()
    if note is not None:
        note(step)
    return note is not None
