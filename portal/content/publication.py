"""The publication gate: a single check for all pages that go live, and the interface of its rules.

Wagtail makes pages live in several places: `Page.publish`, an action of the edit view, copies and aliases created live,
schedules. `PortalPage` checks all of them with `rules().before_publishing`; `portal.editorial` sets the rules.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from wagtail.models import Page, Revision

from portal.content.permissions import PortalPageTester


class PublicationRefusedError(PermissionDenied):
    """A page may not be published. `reasons` are sentences for the user who tried."""

    def __init__(self, *reasons: Any):
        self.reasons = tuple(str(reason) for reason in reasons)
        super().__init__(" ".join(self.reasons))


@dataclass(frozen=True)
class Publication:
    """A page about to go live or be scheduled, as readers will see it, and the user who publishes it.

    Without a `revision` the page is created live: a copy or an alias. `user` is None if the portal itself publishes.
    `by_approval` means that a workflow's approval replaces the permission to publish. `stored` is the database row, if
    the caller has just read it.
    """

    page: Page
    revision: Revision | None = None
    user: Any = None
    by_approval: bool = False
    stored: Page | None = None


class Rules:
    """The rules of the publication gate. This base class allows everything."""

    tester: type[PortalPageTester] = PortalPageTester

    def before_publishing(self, publication: Publication) -> None:
        """Raise `PublicationRefusedError` unless the publication is allowed."""

    def may_overwrite(self, revision: Revision) -> bool:
        """Whether the next save may overwrite this revision instead of adding another."""
        return True

    def aliases_to_leave(self, page: Page, aliases: Sequence[Page]) -> Iterable[int]:
        """The primary keys of aliases that must not get the version of a page just published."""
        return ()

    def revision_saved(self, page: Page, revision: Revision, user: Any) -> None:
        """Called after a draft has been saved."""


_rules = Rules()


def rules() -> Rules:
    return _rules


def set_rules(chosen: Rules) -> None:
    global _rules
    _rules = chosen


# The revisions that have passed the gate in this thread and are being published; `None` permits everything.
_passed_gate: ContextVar[frozenset[int | None]] = ContextVar("passed_gate", default=frozenset())


@contextmanager
def passing_gate(revision_pk: int | None) -> Iterator[None]:
    token = _passed_gate.set(_passed_gate.get() | {revision_pk})
    try:
        yield
    finally:
        _passed_gate.reset(token)


def has_passed_gate(revision_pk: int | None) -> bool:
    return not _passed_gate.get().isdisjoint({revision_pk, None})


# Values computed by this thread during a publication, from the lock to the last receiver.
_found: ContextVar[dict[Hashable, Any] | None] = ContextVar("found while publishing", default=None)


@contextmanager
def publishing(page_pk: int) -> Iterator[None]:
    """Cache the queries of receivers during a publication, within a transaction that has locked the page."""
    token = _found.set({"page": page_pk})
    try:
        yield
    finally:
        _found.reset(token)


def is_being_published(page: Page) -> bool:
    """Whether this object equals its row: the page is locked and was just saved."""
    found = _found.get()
    return found is not None and found["page"] == page.pk


@contextmanager
def references_indexed_once(page: Page) -> Iterator[None]:
    """Save a page that is being published without indexing its references again for each inline row.

    The receiver of `page_published` indexes them.
    """
    # It imports models that need the registry of apps.
    from wagtail.signal_handlers import disable_reference_index_auto_update, reference_index_auto_update_disabled

    is_off = getattr(reference_index_auto_update_disabled, "value", False)
    is_later = page.live and is_being_published(page) and not is_off
    with disable_reference_index_auto_update() if is_later else nullcontext():
        yield


def once_while_publishing[T](name: Hashable, compute: Callable[[], T]) -> T:
    """Compute a value once per publication; `name` must contain all page data that the value depends on."""
    found = _found.get()
    if found is None:
        return compute()
    if name not in found:
        found[name] = compute()
    value: T = found[name]
    return value


def locked_page(key: int) -> Page | None:
    """Lock a page until the end of the transaction and return its current row; None if it was deleted."""
    return Page.objects.select_for_update(no_key=True).filter(pk=key).order_by().first()


def is_live_as(page: Page | None, revision: int) -> bool:
    """Whether readers see this revision of the page."""
    return page is not None and page.live and page.live_revision_id == revision


def lock_pages(keys: Iterable[int]) -> None:
    """Lock these pages until the end of the transaction. Read their state only after this call."""
    locked = Page.objects.select_for_update(no_key=True).filter(pk__in=list(keys)).order_by("pk")
    list(locked.values_list("pk", flat=True))


class JointChanges(NamedTuple):
    """Primary keys of pages that go live, or are taken down, in the same transaction."""

    live: frozenset[int]
    down: frozenset[int]


NO_CHANGES = JointChanges(frozenset(), frozenset())
_joint: ContextVar[JointChanges] = ContextVar("joint", default=NO_CHANGES)


@contextmanager
def changing_together(live: Iterable[int], down: Iterable[int] = ()) -> Iterator[None]:
    """Within this context, links to the pages that go live are valid, and links to the others are not."""
    token = _joint.set(JointChanges(frozenset(live), frozenset(down)))
    try:
        yield
    finally:
        _joint.reset(token)


def goes_live_together(page: int) -> bool:
    return page in _joint.get().live


def is_taken_down_together(page: int) -> bool:
    return page in _joint.get().down
