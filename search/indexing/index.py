"""Writes and removes index entries, for single pages, subtrees and batches.

Readers' entries change in the same transaction as their page. The newsroom's entries change after the commit, so that a
failure of the index does not prevent saving a draft.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import batched
from threading import local
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Model
from wagtail.models import Page

from portal.content.bulk.rows import write_objects
from portal.content.publication import is_being_published
from portal.platform.tasks.durable import durable
from search.engines import engine
from search.engines.base import PreparedEntry
from search.indexes import DRAFTS, PUBLIC, Index
from search.indexing.drafts import prepared_drafts
from search.indexing.entries import HOME_DEPTH, indexable_types, prepared_entries
from search.meaning.reading import Readings, copy_readings, readings_of
from search.models import FacetBucket, TopicSet
from search.query.spelling import add_words

BATCH = 500
PREPARED: dict[Index, Callable[[Iterable[Page]], list[PreparedEntry]]] = {
    PUBLIC: prepared_entries,
    DRAFTS: prepared_drafts,
}
# More drafts than this are indexed in the background.
MAX_AT_ONCE = 200


class Waiting(NamedTuple):
    """The primary keys of pages and drafts collected by `indexed_together`."""

    pages: set[int]
    drafts: set[int]


_waiting: ContextVar[Waiting | None] = ContextVar("waiting", default=None)
_uncommitted = local()


class Comparison:
    """Compares pages of one type with their entries in an index.

    By primary key of the page, `expected` has the entries that should exist, and `existing` has the hash and key of
    those that exist.
    """

    def __init__(self, index: Index, pages: Iterable[Page], keys: Sequence[int]):
        self.index = index
        self.expected = {entry.page: entry for entry in PREPARED[index](pages)}
        rows = index.entries._default_manager.filter(pk__in=keys).values_list("pk", "content_hash", "key")
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
        """Write or remove these pages' entries and return their number."""
        old = self.existing.keys() & pages
        readings = readings_of(old & self.expected.keys()) if self.index.is_public else {}
        if old:
            _remove(self.index, old)
        if prepared := [self.expected[page] for page in self.expected.keys() & pages]:
            _write(self.index, prepared, readings)
        return len(pages)


def index_pages(model: type[Page], keys: Iterable[int], index: Index = PUBLIC, *, force: bool = False) -> int:
    """Update the entries of pages of one type; return how many were written or removed.

    An entry whose content hash is up to date is not written, unless `force` is set.
    """
    keys = list(keys)
    with locked_pages(keys):
        comparison = Comparison(index, model._default_manager.filter(pk__in=keys), keys)
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
        comparison = Comparison(PUBLIC, [page], [page.pk])
        comparison.apply(comparison.changed)
    elif waiting is None:
        index_pages(page.specific_class or type(page), [page.pk])
    else:
        waiting.pages.add(page.pk)


def index_drafts_later(pages: Iterable[int]) -> None:
    """Index the latest versions of these pages after the commit; in the background if there are many."""
    keys, waiting = set(pages), _waiting.get()
    if waiting is not None:
        waiting.drafts.update(keys)
    elif len(keys) > MAX_AT_ONCE:
        for batch in batched(sorted(keys), BATCH):
            index_drafts.enqueue(list(batch))
    elif keys:
        _uncommitted_drafts().update(keys)
        transaction.on_commit(_index_uncommitted, robust=True)


def index_drafts_below(page: Page) -> None:
    index_drafts_later(Page.objects.filter(path__startswith=page.path).values_list("pk", flat=True))


@durable
def index_drafts(pages: list[int]) -> None:
    index_keys(pages, DRAFTS)


def _uncommitted_drafts() -> set[int]:
    found: set[int] = _uncommitted.__dict__.setdefault("drafts", set())
    return found


def _index_uncommitted() -> None:
    """Index all drafts of the transaction at once. The transaction's other calls then find none."""
    keys = set(_uncommitted_drafts())
    _uncommitted_drafts().clear()
    index_keys(keys, DRAFTS)


@contextmanager
def indexed_together() -> Iterator[None]:
    """At the end of this context, index all pages that went live or changed within it, in batches."""
    waiting = Waiting(set(), set())
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    index_keys(waiting.pages)
    index_keys(waiting.drafts, DRAFTS)


def index_keys(pages: Iterable[int], index: Index = PUBLIC) -> None:
    by_type: dict[int, list[int]] = {}
    for key, content_type in Page.objects.filter(pk__in=list(pages)).values_list("pk", "content_type_id"):
        by_type.setdefault(content_type, []).append(key)
    for content_type, keys in by_type.items():
        model = ContentType.objects.get_for_id(content_type).model_class()
        for batch in batched(keys, BATCH):
            if model is not None:
                index_pages(model, batch, index)


def index_subtree(page: Page) -> None:
    for model, keys in indexable_pages(page.path):
        index_pages(model, keys)


def indexable_pages(path: str = "", index: Index = PUBLIC) -> Iterator[tuple[type[Page], tuple[int, ...]]]:
    """Yield the primary keys of all indexable pages at or below a tree path, by model, in batches of BATCH."""
    first = HOME_DEPTH + 1 if index.is_public else HOME_DEPTH
    for model in indexable_types():
        pages = model._default_manager.filter(path__startswith=path, depth__gte=first).order_by("pk")
        # All keys are read first, because an open cursor would hold its database snapshot while others write.
        for keys in batched(list(pages.values_list("pk", flat=True)), BATCH):
            yield model, keys


def _remove(index: Index, keys: Iterable[int]) -> None:
    for batch in batched(keys, BATCH):
        _delete_rows(index.texts, batch)
        _delete_rows(index.entries, batch)


def _delete_rows(model: type[Model], keys: Sequence[int]) -> None:
    """Delete in one statement. Django would first load all text, for signal receivers that do nothing."""
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(keys))
        cursor.execute(f"DELETE FROM {table} WHERE {key} IN ({places})", keys)  # noqa: S608


def _write(index: Index, prepared: list[PreparedEntry], readings: Readings) -> None:
    buckets = _keys_of(FacetBucket, ("section", "home", "kind", "year"), set(map(_bucket_of, prepared)))
    topic_sets = _keys_of(TopicSet, ("topics",), set(map(_topic_set_of, prepared)))
    rows = [
        index.entries(
            page_id=entry.page,
            key=entry.key,
            bucket_id=buckets[_bucket_of(entry)],
            topic_set_id=topic_sets[_topic_set_of(entry)],
            title_key=entry.title_key,
            content_hash=entry.content_hash,
            **_dates_of_public(entry) if index.is_public else {"published_at": entry.published_at},
        )
        for entry in prepared
    ]
    engine(index).write(rows, prepared)
    model: Any = index.texts
    texts: list[Any] = [
        model(
            entry_id=entry.page,
            language=entry.language,
            title=entry.content.title,
            summary=entry.content.summary,
            names=entry.shown_names,
            text=entry.shown_text,
            **{"image_id": entry.content.image, "date": entry.content.date} if index.is_public else {},
        )
        for entry in prepared
    ]
    if index.is_public:
        copy_readings(texts, {entry.page: entry.home for entry in prepared}, readings)
    write_objects(index.texts, texts)
    words: dict[str, set[str]] = defaultdict(set)
    for entry in prepared:
        words[entry.language] |= entry.spellings
    add_words(words, are_public=index.is_public)


def _dates_of_public(entry: PreparedEntry) -> dict[str, Any]:
    content = entry.content
    return {
        "ends_at": content.ends_at,
        "visible_from": content.visible_from,
        "hidden_at": entry.hidden_at,
        "recap_of": content.recap_of,
    }


def _bucket_of(entry: PreparedEntry) -> tuple[str, int, str, int]:
    return entry.section, entry.home, entry.content.kind, entry.year


def _topic_set_of(entry: PreparedEntry) -> tuple[str]:
    return ("".join(f",{topic}" for topic in entry.topics) + "," if entry.topics else "",)


def _keys_of(model: type[Model], columns: Sequence[str], needed: set[Any]) -> dict[Any, int]:
    """The primary keys of rows by their values. Missing rows are created."""
    rows = model._default_manager.filter(**{f"{columns[0]}__in": {values[0] for values in needed}})

    def existing() -> dict[Any, int]:
        return {tuple(values): key for key, *values in rows.all().values_list("pk", *columns)}

    keys = existing()
    if missing := needed - keys.keys():
        new = [model(**dict(zip(columns, values, strict=True))) for values in sorted(missing)]
        model._default_manager.bulk_create(new, ignore_conflicts=True)
        keys = existing()
    return keys
