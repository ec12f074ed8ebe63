"""Spares a page that is shown or saved by this request the questions that several parts of it ask."""

from collections.abc import Callable, Collection, Hashable
from typing import Any

from wagtail.models import WorkflowState

# What a saved draft leaves as it is. What there is none of, a review or an original, it does not bring about either.
LASTING: frozenset[Hashable] = frozenset(
    {
        "workflow",
        "waivers",
        "troubles",
        "remarks",
        "resumed by",
        "other windows",
        "hands",
        "first end of a licence",
        "lacks a language",
        "is translated by wagtail-localize",
        # Live or scheduled, or approved in a review: a draft is neither.
        ("approved", None),
    }
)


# Whoever begins a review has locked the page, or saved it in the same transaction: who has locked it, and found none,
# finds none until it begins one itself. A comment that a guest leaves meanwhile is let alone: where there were none,
# none is written and none is deleted.
ONLY_UNDER_LOCK = ("workflow state", "comments")


def is_only_shown(page: Any, found: dict[Hashable, Any] | None = None) -> None:
    """Promise that nothing of this page changes while this very object lives, but by a draft that it saves.

    So it is for the answer to a GET, and to a POST that has locked the page and saves its draft, and for no other.
    `found` is what was found out already, by the names of `once_shown`; two objects of one page may share it.
    """
    page.found_for_showing = {} if found is None else found


def is_asked_once(page: Any) -> bool:
    return getattr(page, "found_for_showing", None) is not None


def is_changed(page: Any) -> None:
    """Take the promise back: from now on all is asked again."""
    page.found_for_showing = None


def is_published_next(page: Any) -> None:
    """Take the promise back but for what the locked page is without, which no publication brings about."""
    page.lacks = frozenset(name for name in ONLY_UNDER_LOCK if is_known_to_have_no(page, name))
    is_changed(page)


def draft_was_saved(page: Any) -> None:
    """Forget what another version of the page may have changed."""
    found: dict[Hashable, Any] = getattr(page, "found_for_showing", None) or {}
    for name in list(found):
        if found[name] is not None and name not in LASTING:
            del found[name]


def once_shown[T](page: Any, name: Hashable, compute: Callable[[], T]) -> T:
    """Compute a value, only once for an object of which `is_only_shown` was said."""
    found = getattr(page, "found_for_showing", None)
    if found is None:
        return compute()
    if name not in found:
        found[name] = compute()
    return found[name]


def held(record: Any, name: str) -> Any:
    """What a record refers to by one of its fields, if that was read with it."""
    field = next((each for each in record._meta.concrete_fields if each.name == name and each.many_to_one), None)
    return getattr(record, name) if field is not None and field.is_cached(record) else None


def is_known_to_have_no(page: Any, name: Hashable) -> bool:
    """Whether it was found out already, and holds, that there is none."""
    found = getattr(page, "found_for_showing", None)
    if found is None:
        return name in getattr(page, "lacks", ())
    return name in found and found[name] is None


def known_address(page: Any) -> str:
    """The slug that is stored, if it was read since this request has locked the page; else empty."""
    found: dict[Hashable, Any] = getattr(page, "found_for_showing", None) or {}
    return page.stored_slug or found.get("address") or ""


def hand_over(page: Any, version: Any) -> None:
    """Let a version that was restored into a page know what holds of it as well."""
    version.lacks, version.lists_with_rows = page.lacks, page.lists_with_rows
    if (locale := held(page, "locale")) is not None:
        version.locale = locale


def has_comments_now(page: Any) -> None:
    """Forget that there were none."""
    page.lacks = page.lacks - {"comments"}
    if is_asked_once(page):
        page.found_for_showing.pop("comments", None)


class KnowsItsRecords:
    """Mix-in before a model: what it refers to and holds already was read, so no validation asks whether it exists."""

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        fields: Any = self._meta.concrete_fields  # type: ignore[attr-defined]
        known = {each.name for each in fields if each.many_to_one and held(self, each.name) is not None}
        super().clean_fields(exclude={*(exclude or ()), *known})  # type: ignore[misc]


class AsksOnce:
    """Mix-in before Wagtail's page: how far its review has come is asked by every action, panel and permission."""

    # What it is known to be without although it is not only shown; see `is_published_next`.
    lacks: frozenset[str] = frozenset()
    # The slug that is stored, and the lists that have rows, if they were read since the page is locked.
    stored_slug = ""
    lists_with_rows: Collection[str] | None = None

    @property
    def current_workflow_state(self) -> Any:
        wagtails: Any = super()
        if is_known_to_have_no(self, "workflow state"):
            return None
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
