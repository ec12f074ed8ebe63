"""What the save of a page reads, writes and notes once: the rows of its lists, and what it refers to.

modelcluster reads every list (bylines, topics, dates) and writes all its rows, changed or not; Wagtail's receiver would
then read the page and its lists again, and note the same references for the page and for each of these rows.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from modelcluster.models import ClusterableModel, get_all_child_relations
from modelcluster.utils import sort_by_fields
from wagtail.models import COMMENTS_RELATION_NAME, Page, ReferenceIndex

from portal.core.publication import is_being_published
from portal.core.upstream import forget_rows, know_rows, rows_to_save

# Wagtail saves these fields alone when a draft is saved; readers see none of them, and none refers to a record.
OF_A_DRAFT = frozenset(
    {
        COMMENTS_RELATION_NAME,
        "draft_title",
        "has_unpublished_changes",
        "latest_revision",
        "latest_revision_created_at",
    }
)


def is_of_a_draft(fields: Collection[str] | None) -> bool:
    """Whether no more than this is saved of a page."""
    return fields is not None and OF_A_DRAFT.issuperset(fields)


@contextmanager
def saved_once(page: Page, fields: Collection[str] | None) -> Iterator[None]:
    """Around the save of a page, of all fields or of some; in it, no other record may be saved that refers to some."""
    # This module needs all models.
    from wagtail.signal_handlers import disable_reference_index_auto_update, reference_index_auto_update_disabled

    if getattr(reference_index_auto_update_disabled, "value", False):
        with _rows_read_once(page, fields):
            yield
        return
    # What waits for the end of the transaction is done after this, when others are noted again.
    with transaction.atomic():
        with disable_reference_index_auto_update(), _rows_read_once(page, fields) as saved:
            yield
        if not is_of_a_draft(fields):
            with _rows_known(page, saved):
                ReferenceIndex.create_or_update_for_object(page)
            if is_being_published(page):
                # This object is made for the publication, whose receivers read its lists.
                for relation, rows in saved.items():
                    know_rows(page, relation, rows)


@contextmanager
def _rows_read_once(page: Page, fields: Collection[str] | None) -> Iterator[dict[Any, list[Any]]]:
    """Read each list that is to be saved, and leave out those that are stored as they are.

    What it yields has, after the save, the rows of these lists by their relations.
    """
    waiting = rows_to_save(page)
    saved: dict[Any, list[Any]] = {}
    stored: dict[Any, list[Any]] = {}
    for relation in get_all_child_relations(page):
        name = relation.get_accessor_name()
        if name not in waiting or (fields is not None and name not in fields):
            continue
        saved[relation] = waiting[name]
        stored[relation] = [] if page._state.adding else list(getattr(page, name).get_live_queryset())
        if _are_the_same(stored[relation], waiting[name], relation.field):
            del waiting[name]
    with _rows_known(page, stored):
        yield saved
    for relation, rows in saved.items():
        if ordering := relation.related_model._meta.ordering:
            sort_by_fields(rows, ordering)


@contextmanager
def _rows_known(page: Page, rows: dict[Any, list[Any]]) -> Iterator[None]:
    for relation, known in rows.items():
        know_rows(page, relation, known)
    try:
        yield
    finally:
        for relation in rows:
            forget_rows(page, relation)


def _are_the_same(stored: list[Any], rows: list[Any], parental_key: Any) -> bool:
    """Whether a list that is to be saved has no other rows, and no other values, than the stored one."""
    if len(stored) != len(rows):
        return False
    by_key = {row.pk: row for row in stored}
    return all(
        row.pk in by_key
        # Such a row has lists of its own.
        and not (isinstance(row, ClusterableModel) and rows_to_save(row))
        and all(
            getattr(row, field.attname) == getattr(by_key[row.pk], field.attname)
            for field in row._meta.concrete_fields
            if field != parental_key
        )
        for row in rows
    )
