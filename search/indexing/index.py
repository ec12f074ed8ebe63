"""Writes and removes index entries, for single pages, subtrees and batches."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import batched
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Model
from wagtail.models import Page

from portal.content.bulk.rows import write_objects
from portal.content.publication import is_being_published
from search.engines import engine
from search.engines.base import PreparedEntry
from search.indexing.entries import HOME_DEPTH, indexable_types, prepared_entries
from search.meaning.reading import Readings, copy_readings, readings_of
from search.models import EntryText, FacetBucket, IndexEntry, TopicSet
from search.query.spelling import add_words

BATCH = 500
# The keys of the pages that `indexed_together` collects.
_waiting: ContextVar[set[int] | None] = ContextVar("waiting", default=None)


class Comparison:
    """Compares pages of one type with their entries.

    By primary key of the page, `expected` has the entries that should exist, `existing` the hash and key of those that
    do.
    """

    def __init__(self, pages: Iterable[Page], keys: Sequence[int]):
        self.expected = {entry.page: entry for entry in prepared_entries(pages)}
        rows = IndexEntry.objects.filter(pk__in=keys).values_list("pk", "content_hash", "key")
        self.existing = {page: (content_hash, key) for page, content_hash, key in rows}

    @property
    def missing(self) -> set[int]:
        return self.expected.keys() - self.existing.keys()

    @property
    def unwanted(self) -> set[int]:
        return self.existing.keys() - self.expected.keys()

    @property
    def outdated(self) -> set[int]:
        return {
            page
            for page in self.existing.keys() & self.expected.keys()
            if self.existing[page][0] != self.expected[page].content_hash
        }

    @property
    def changed(self) -> set[int]:
        return self.missing | self.unwanted | self.outdated

    def apply(self, pages: Collection[int]) -> int:
        """Write or remove the entries of these pages, and return their number."""
        old = self.existing.keys() & pages
        readings = readings_of(old & self.expected.keys())
        if old:
            remove_entries(old)
        if prepared := [self.expected[page] for page in self.expected.keys() & pages]:
            _write(prepared, readings)
        return len(pages)


def index_pages(model: type[Page], keys: Iterable[int], *, force: bool = False) -> int:
    """Update the entries of pages of one type, and return how many were written or removed.

    An entry whose content hash is up to date is not written, unless `force` is set.
    """
    keys = list(keys)
    with locked_pages(keys):
        comparison = Comparison(model._default_manager.filter(pk__in=keys), keys)
        every = comparison.expected.keys() | comparison.existing.keys()
        return comparison.apply(every if force else comparison.changed)


@contextmanager
def locked_pages(keys: Sequence[int]) -> Iterator[None]:
    """Lock pages in a transaction, so that the entry shows the last of two concurrent changes."""
    with transaction.atomic(savepoint=False):
        list(Page.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
        yield


def index_page(page: Page) -> None:
    waiting = _waiting.get()
    if waiting is None and is_being_published(page):
        comparison = Comparison([page], [page.pk])
        comparison.apply(comparison.changed)
    elif waiting is None:
        index_pages(page.specific_class or type(page), [page.pk])
    else:
        waiting.add(page.pk)


@contextmanager
def indexed_together() -> Iterator[None]:
    """Index the pages that go live within this context at its end, many at once."""
    waiting: set[int] = set()
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    index_keys(waiting)


def index_keys(pages: Iterable[int]) -> None:
    by_type: dict[int, list[int]] = {}
    for key, content_type in Page.objects.filter(pk__in=list(pages)).values_list("pk", "content_type_id"):
        by_type.setdefault(content_type, []).append(key)
    for content_type, keys in by_type.items():
        model = ContentType.objects.get_for_id(content_type).model_class()
        for batch in batched(keys, BATCH):
            if model is not None:
                index_pages(model, batch)


def index_subtree(page: Page) -> None:
    for model, keys in indexable_pages(page.path):
        index_pages(model, keys)


def indexable_pages(path: str = "") -> Iterator[tuple[type[Page], tuple[int, ...]]]:
    """Yield the primary keys of all indexable pages at or below a tree path, by model, in batches of BATCH."""
    for model in indexable_types():
        pages = model._default_manager.filter(path__startswith=path, depth__gt=HOME_DEPTH).order_by("pk")
        # Read all keys first: an open cursor would hold its snapshot of the database while others write.
        for keys in batched(list(pages.values_list("pk", flat=True)), BATCH):
            yield model, keys


def remove_entries(keys: Iterable[int]) -> None:
    for batch in batched(keys, BATCH):
        _delete_rows(EntryText, batch)
        _delete_rows(IndexEntry, batch)


def _delete_rows(model: type[Model], keys: Sequence[int]) -> None:
    """Delete in one statement: Django would first load all texts, for signal receivers that do nothing."""
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(keys))
        cursor.execute(f"DELETE FROM {table} WHERE {key} IN ({places})", keys)  # noqa: S608


def _write(prepared: list[PreparedEntry], readings: Readings) -> None:
    buckets = _keys_of(FacetBucket, ("section", "home", "kind", "year"), set(map(_bucket_of, prepared)))
    topic_sets = _keys_of(TopicSet, ("topics",), set(map(_topic_set_of, prepared)))
    rows = [
        IndexEntry(
            page_id=entry.page,
            key=entry.key,
            bucket_id=buckets[_bucket_of(entry)],
            topic_set_id=topic_sets[_topic_set_of(entry)],
            ends_at=entry.content.ends_at,
            visible_from=entry.content.visible_from,
            hidden_at=entry.hidden_at,
            recap_of=entry.content.recap_of,
            title_key=entry.title_key,
            content_hash=entry.content_hash,
        )
        for entry in prepared
    ]
    engine().write(rows, prepared)
    texts = [
        EntryText(
            entry_id=entry.page,
            language=entry.language,
            title=entry.content.title,
            summary=entry.content.summary,
            names=entry.shown_names,
            text=entry.shown_text,
            image_id=entry.content.image,
            date=entry.content.date,
        )
        for entry in prepared
    ]
    copy_readings(texts, {entry.page: entry.home for entry in prepared}, readings)
    write_objects(EntryText, texts)
    words: dict[str, set[str]] = defaultdict(set)
    for entry in prepared:
        words[entry.language] |= entry.spellings
    add_words(words)


def _bucket_of(entry: PreparedEntry) -> tuple[str, int, str, int]:
    return entry.section, entry.home, entry.content.kind, entry.year


def _topic_set_of(entry: PreparedEntry) -> tuple[str]:
    return ("".join(f",{topic}" for topic in entry.topics) + "," if entry.topics else "",)


def _keys_of(model: type[Model], columns: Sequence[str], needed: set[Any]) -> dict[Any, int]:
    """The primary keys of rows by their values; missing rows are created."""
    rows = model._default_manager.filter(**{f"{columns[0]}__in": {values[0] for values in needed}})

    def existing() -> dict[Any, int]:
        return {tuple(values): key for key, *values in rows.all().values_list("pk", *columns)}

    keys = existing()
    if missing := needed - keys.keys():
        new = [model(**dict(zip(columns, values, strict=True))) for values in sorted(missing)]
        model._default_manager.bulk_create(new, ignore_conflicts=True)
        keys = existing()
    return keys
