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


_steps: ContextVar[Callable[[TaskState], object] | None] = ContextVar("steps", default=None)
_publications: ContextVar[Callable[[PublicationMail], object] | None] = ContextVar("publications", default=None)


@contextmanager
def review_mails_withheld(note: Callable[[TaskState], object] = lambda step: None) -> Iterator[None]:
    """Send no email for steps that begin within the block; `note` is called with each of them.

    Only a caller that notifies the reviewers should collect the steps, because each holds the whole text of its page.
    """
    with _noted(_steps, note):
        yield


@contextmanager
def publication_mails_withheld(note: Callable[[PublicationMail], object]) -> Iterator[None]:
    """Send no email about publications within the block; `note` is called with each of them."""
    with _noted(_publications, note):
        yield


def is_mail_withheld(step: TaskState) -> bool:
    """Whether no email may be sent for this step, which has begun."""
    return _is_noted(_steps, step)


def is_publication_mail_withheld(publication: PublicationMail) -> bool:
    return _is_noted(_publications, publication)


@contextmanager
def _noted[Withheld](
    notes: ContextVar[Callable[[Withheld], object] | None], note: Callable[[Withheld], object]
) -> Iterator[None]:
    token = notes.set(note)
    try:
        yield
    finally:
        notes.reset(token)


def _is_noted[Withheld](notes: ContextVar[Callable[[Withheld], object] | None], withheld: Withheld) -> bool:
    note = notes.get()
    if note is not None:
        note(withheld)
    return note is not None
