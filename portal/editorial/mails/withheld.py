"""Withholds emails, so that code that submits or publishes several pages can send a single email."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from wagtail.models import Page, Revision, TaskState


@dataclass(frozen=True)
class PublicationMail:
    """An approval or a direct publication, of which the author and the requester get an email."""

    page: Page
    revision: Revision
    actor: Any
    requested_by: Any
    comment: str


_withheld: ContextVar[Callable[[TaskState], object] | None] = ContextVar("withheld", default=None)
_publications: ContextVar[list[PublicationMail] | None] = ContextVar("publications", default=None)


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


@contextmanager
def publication_mails_withheld() -> Iterator[list[PublicationMail]]:
    """Send no email about publications within the block, and collect them in the list."""
    found: list[PublicationMail] = []
    token = _publications.set(found)
    try:
        yield found
    finally:
        _publications.reset(token)


def is_publication_mail_withheld(publication: PublicationMail) -> bool:
    found = _publications.get()
    if found is not None:
        found.append(publication)
    return found is not None
