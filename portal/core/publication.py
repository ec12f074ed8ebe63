"""The way of a page to its readers: one gate for everything that goes live, and a port for the rules that stand in it.

Wagtail makes pages live in several places: `Page.publish`, an action that the editing page calls itself, copies and
aliases that are born live, schedules. `PortalPage` leads all of them through `rules().before_publishing`. Which rules
those are is the newsroom's business (`portal.editorial`); core only asks.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from wagtail.models import Page, Revision

from portal.core.permissions import PortalPageTester


class PublicationRefusedError(PermissionDenied):
    """A page may not do what somebody asks for; `reasons` are sentences for that person."""

    def __init__(self, *reasons: Any):
        self.reasons = tuple(str(reason) for reason in reasons)
        super().__init__(" ".join(self.reasons))


@dataclass(frozen=True)
class Publication:
    """What is about to go live, or to be scheduled: the page as readers will see it, and who lets it go.

    Without a `revision` the page is live from its first moment: a copy or an alias. `user` is nobody where the
    installation acts on its own. `by_approval` tells that a workflow's approval stands in for the right to publish.
    """

    page: Page
    revision: Revision | None = None
    user: Any = None
    by_approval: bool = False


class Rules:
    """What core asks the newsroom; this one has no rule."""

    tester: type[PortalPageTester] = PortalPageTester

    def before_publishing(self, publication: Publication) -> None:
        """Raise `Refused` unless this may go live."""

    def may_overwrite(self, revision: Revision) -> bool:
        """Whether saving again may change this revision instead of adding another."""
        return True

    def revision_saved(self, page: Page, revision: Revision, user: Any) -> None:
        """A draft was saved."""


_rules = Rules()


def rules() -> Rules:
    return _rules


def set_rules(chosen: Rules) -> None:
    global _rules
    _rules = chosen


# The revisions that have passed the gate, in this thread, while they are being published; `None` lets everything pass.
_admitted: ContextVar[frozenset[int | None]] = ContextVar("admitted", default=frozenset())


@contextmanager
def admitted(revision_pk: int | None) -> Iterator[None]:
    token = _admitted.set(_admitted.get() | {revision_pk})
    try:
        yield
    finally:
        _admitted.reset(token)


def is_admitted(revision_pk: int | None) -> bool:
    return not _admitted.get().isdisjoint({revision_pk, None})


def lock_pages(keys: Iterable[int]) -> None:
    """Let nobody else act on these pages until the end of the transaction; each action asks what is so after this."""
    locked = Page.objects.select_for_update(no_key=True).filter(pk__in=list(keys)).order_by("pk")
    list(locked.values_list("pk", flat=True))
