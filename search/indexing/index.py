"""Writes and removes index entries, for single pages, subtrees and batches."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import batched

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import Page

from portal.content.bulk.rows import write_objects
from portal.content.publication import is_being_published
from portal.content.upstream import delete_rows
from search.engines import engine
from search.engines.base import PreparedEntry
from search.indexing.entries import HOME_DEPTH, indexable_types, prepared_entries
from search.meaning.reading import Kept, kept_of, take_over
from search.models import EntryText, FacetBucket, IndexEntry, TopicSet
from search.query.spelling import add_words

BATCH = 500
# The keys of the pages that `indexed_together` gathers, within it.
_waiting: ContextVar[set[int] | None] = ContextVar("waiting", default=None)


class Comparison:
    """Compares pages of one type with their entries.

    By primary key of the page, `expected` has the entries as they should be, `existing` the hash and key of each entry.
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
        kept = kept_of(old & self.expected.keys())
        if old:
            remove_entries(old)
        if prepared := [self.expected[page] for page in self.expected.keys() & pages]:
            _write(prepared, kept)
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
    """Lock pages in a transaction, so that of two concurrent changes the entry shows the last."""
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
    """Let the pages that go live meanwhile be indexed at the end, many at once: for loading a whole site."""
    waiting: set[int] = set()
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    index_keys(waiting)


def index_keys(pages: Iterable[int]) -> None:
    """Update the entries of pages of any type, by primary key."""
    by_type: dict[int, list[int]] = {}
    for key, content_type in Page.objects.filter(pk__in=list(pages)).values_list("pk", "content_type_id"):
        by_type.setdefault(content_type, []).append(key)
    for content_type, keys in by_type.items():
        model = ContentType.objects.get_for_id(content_type).model_class()
        for batch in batched(keys, BATCH):
            if model is not None:
                index_pages(model, batch)


def index_subtree(page: Page) -> None:
    """Update the entries of a page and of all pages below it."""
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
    """Remove the entries of pages, by primary key."""
    for batch in batched(keys, BATCH):
        delete_rows(EntryText.objects.filter(entry__in=batch))
        delete_rows(IndexEntry.objects.filter(pk__in=batch))


def _write(prepared: list[PreparedEntry], kept: Kept) -> None:
    buckets, topic_sets = _bucket_keys(prepared), _topic_set_keys(prepared)
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
    take_over(texts, {entry.page: entry.home for entry in prepared}, kept)
    write_objects(EntryText, texts)
    add_words(
        {
            language: frozenset().union(*(entry.spellings for entry in prepared if entry.language == language))
            for language in {entry.language for entry in prepared}
        }
    )


def _bucket_of(entry: PreparedEntry) -> tuple[int, str, str, int]:
    return entry.home, entry.content.kind.value, entry.section, entry.year


def _topic_set_of(entry: PreparedEntry) -> str:
    return "".join(f",{topic}" for topic in entry.topics) + "," if entry.topics else ""


def _bucket_keys(prepared: list[PreparedEntry]) -> dict[tuple[int, str, str, int], int]:
    needed = {_bucket_of(entry) for entry in prepared}
    columns = ("home", "kind", "section", "year")

    def existing() -> dict[tuple[int, str, str, int], int]:
        rows = FacetBucket.objects.filter(
            home__in={bucket[0] for bucket in needed}, section__in={bucket[2] for bucket in needed}
        )
        return {tuple(bucket): key for key, *bucket in rows.values_list("pk", *columns)}

    keys = existing()
    if missing := needed - keys.keys():
        FacetBucket.objects.bulk_create(
            [FacetBucket(**dict(zip(columns, bucket, strict=True))) for bucket in sorted(missing)],
            ignore_conflicts=True,
        )
        keys = existing()
    return keys


def _topic_set_keys(prepared: list[PreparedEntry]) -> dict[str, int]:
    needed = {_topic_set_of(entry) for entry in prepared}
    rows = TopicSet.objects.filter(topics__in=needed)
    keys = dict(rows.values_list("topics", "pk"))
    if missing := needed - keys.keys():
        TopicSet.objects.bulk_create([TopicSet(topics=topics) for topics in sorted(missing)], ignore_conflicts=True)
        keys = dict(rows.all().values_list("topics", "pk"))
    return keys
