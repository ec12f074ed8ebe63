"""Withholds the mails about reviews, for code that submits many pages and sends one mail in their place."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_withheld: ContextVar[bool] = ContextVar("withheld", default=False)


@contextmanager
def review_mails_withheld() -> Iterator[None]:
    """Send no mail for a submission within the block; the caller notifies the reviewers."""
    token = _withheld.set(True)
    try:
        yield
    finally:
        _withheld.reset(token)


def are_review_mails_withheld() -> bool:
    return _withheld.get()
