"""What the save of a page reads, writes and notes once: the rows of its lists, and what it refers to.

modelcluster reads every list (bylines, topics, dates) and writes all its rows, changed or not; Wagtail's receiver would
then read the page and its lists again, and note the same references for the page and for each of these rows.
"""

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from modelcluster.models import ClusterableModel, get_all_child_m2m_relations, get_all_child_relations
from modelcluster.utils import sort_by_fields
from wagtail.models import COMMENTS_RELATION_NAME, Page, ReferenceIndex

from portal.content.publication import is_being_published
from portal.content.shown import has_comments_now, is_asked_once, is_known_to_have_no
from portal.content.upstream import forget_rows, know_rows, rows_to_save

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


def all_but_address(page: Page) -> tuple[str, ...]:
    """What is saved of a page whose slug stays as it is, which Wagtail then need not compare with the stored one."""
    columns = [field.name for field in page._meta.concrete_fields if not field.primary_key and field.name != "slug"]
    lists = [relation.get_accessor_name() for relation in get_all_child_relations(page)]
    return (*columns, *lists, *(field.name for field in get_all_child_m2m_relations(page)))


def in_transaction() -> AbstractContextManager[object]:
    """One of its own where there is none: within another, what Wagtail saves has a savepoint already."""
    return nullcontext() if transaction.get_connection().in_atomic_block else transaction.atomic()


@contextmanager
def saved_once(page: Page, fields: Collection[str] | None) -> Iterator[None]:
    """Around the save of a page, of all fields or of some; in it, no other record may be saved that refers to some."""
    # This module needs all models.
    from wagtail.signal_handlers import disable_reference_index_auto_update, reference_index_auto_update_disabled

    if getattr(reference_index_auto_update_disabled, "value", False):
        with _rows_read_once(page, fields):
            yield
        return
    if is_of_a_draft(fields):
        with disable_reference_index_auto_update(), _rows_read_once(page, fields):
            yield
        return
    # What waits for the end of the transaction is done after this, when others are noted again.
    with in_transaction():
        with disable_reference_index_auto_update(), _rows_read_once(page, fields) as saved:
            yield
        for relation, rows in saved.items():
            know_rows(page, relation, rows)
        # The page is saved by now: if this fails, whoever began the transaction cannot keep half of it.
        with transaction.atomic(savepoint=False):
            ReferenceIndex.create_or_update_for_object(page)
        # Who publishes it, or saves its draft, has locked the page, and goes on to read its lists.
        for relation in () if is_being_published(page) or is_asked_once(page) else saved:
            forget_rows(page, relation)


@contextmanager
def _rows_read_once(page: Page, fields: Collection[str] | None) -> Iterator[dict[Any, list[Any]]]:
    """Read each list that is to be saved, and leave out those that are stored as they are.

    What it yields has, after the save, the rows of these lists by their relations.
    """
    waiting = rows_to_save(page)
    if waiting.get(COMMENTS_RELATION_NAME):
        has_comments_now(page)
    has_none = is_known_to_have_no(page, "comments")
    if has_none:
        waiting.pop(COMMENTS_RELATION_NAME, None)
    saved = {
        relation: waiting[relation.get_accessor_name()]
        for relation in get_all_child_relations(page)
        if relation.get_accessor_name() in waiting and (fields is None or relation.get_accessor_name() in fields)
    }
    stored: dict[Any, list[Any]] = {relation: [] for relation in saved}
    for relation in () if page._state.adding else _with_rows(page, tuple(saved)):
        stored[relation] = list(getattr(page, relation.get_accessor_name()).get_live_queryset())
    for relation, rows in list(saved.items()):
        if _are_the_same(stored[relation], rows, relation.field):
            del waiting[relation.get_accessor_name()]
            del stored[relation]
    # modelcluster reads those that it is to write once more.
    for relation, rows in stored.items():
        know_rows(page, relation, rows)
    try:
        yield saved
    finally:
        for relation in stored:
            forget_rows(page, relation)
    for relation, rows in saved.items():
        if ordering := relation.related_model._meta.ordering:
            sort_by_fields(rows, ordering)
    if not is_of_a_draft(fields):
        page.lists_with_rows = None  # type: ignore[attr-defined]
    if has_none:
        # What is done with the page next need not look for them.
        setattr(page, COMMENTS_RELATION_NAME, [])


def _with_rows(page: Page, relations: tuple[Any, ...]) -> list[Any]:
    """Those of the lists that are not empty, in one query: most are."""
    known = page.lists_with_rows  # type: ignore[attr-defined]
    if known is not None:
        return [relation for relation in relations if relation.get_accessor_name() in known]
    if len(relations) < 2:
        return list(relations)
    with connections[page._state.db or DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_which_have_rows(relations), [page.pk] * len(relations))
        return [relations[number] for (number,) in cursor.fetchall()]


@cache
def _which_have_rows(relations: tuple[Any, ...]) -> str:
    return " UNION ALL ".join(f"SELECT {number} WHERE {has_rows(each)}" for number, each in enumerate(relations))


def has_rows(relation: Any) -> str:
    """The SQL that tells whether a list of the page with a key, its one parameter, has rows."""
    field = relation.field
    return f'EXISTS (SELECT 1 FROM "{field.model._meta.db_table}" WHERE "{field.column}" = %s)'  # noqa: S608 - names of our own models


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
