"""Keeps the index in step with the pages, one function for each thing that happens to them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import batched

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import Page

from search.engines import engine
from search.engines.base import EntryDraft
from search.indexing.entries import HOME_DEPTH, drafts_of, indexable_types
from search.models import EntryText, IndexEntry, IndexShelf, TopicSet
from search.spelling import learn

BATCH = 500


class Comparison:
    """Pages of one type beside their entries: `wanted` are the entries as they should be, by the keys of the pages."""

    def __init__(self, model: type[Page], keys: Sequence[int]):
        self.wanted = {draft.page: draft for draft in drafts_of(model._default_manager.filter(pk__in=keys))}
        rows = IndexEntry.objects.filter(pk__in=keys).values_list("pk", "digest", "key")
        self.known = {page: (digest, key) for page, digest, key in rows}

    @property
    def missing(self) -> set[int]:
        return self.wanted.keys() - self.known.keys()

    @property
    def unwanted(self) -> set[int]:
        return self.known.keys() - self.wanted.keys()

    @property
    def outdated(self) -> set[int]:
        return {
            page for page in self.known.keys() & self.wanted.keys() if self.known[page][0] != self.wanted[page].digest
        }

    def settle(self, pages: Collection[int]) -> int:
        """Bring the entries of these pages in line; how many were written or withdrawn."""
        if old := self.known.keys() & pages:
            withdraw(old)
        if drafts := [self.wanted[page] for page in self.wanted.keys() & pages]:
            _write(drafts)
        return len(pages)


def index_pages(model: type[Page], keys: Iterable[int], *, afresh: bool = False) -> int:
    """Bring the index in line with pages of one type; how many entries were written or withdrawn.

    Entries that are right already stay as they are, unless all are to be written `afresh`.
    """
    keys = list(keys)
    with held(keys):
        found = Comparison(model, keys)
        every = found.wanted.keys() | found.known.keys()
        return found.settle(every if afresh else found.missing | found.unwanted | found.outdated)


@contextmanager
def held(keys: Sequence[int]) -> Iterator[None]:
    """A transaction that locks pages, so that of two that change one page at once the last has its way."""
    with transaction.atomic():
        list(Page.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
        yield


def index_page(page: Page) -> None:
    index_pages(page.specific_class or type(page), [page.pk])


def index_some(pages: Iterable[int]) -> None:
    """Bring the index in line with pages of any type, given by their keys."""
    by_type: dict[int, list[int]] = {}
    for key, content_type in Page.objects.filter(pk__in=list(pages)).values_list("pk", "content_type_id"):
        by_type.setdefault(content_type, []).append(key)
    for content_type, keys in by_type.items():
        model = ContentType.objects.get_for_id(content_type).model_class()
        for batch in batched(keys, BATCH):
            if model is not None:
                index_pages(model, batch)


def index_below(page: Page) -> None:
    """Bring the index in line with a page and every page below it: after a move, a new address, a privacy rule."""
    for model, keys in pages_below(page.path):
        index_pages(model, keys)


def pages_below(path: str = "") -> Iterator[tuple[type[Page], tuple[int, ...]]]:
    """The keys of every page that the index may hold, at or below a path, in batches that one transaction can take."""
    for model in indexable_types():
        pages = model._default_manager.filter(path__startswith=path, depth__gt=HOME_DEPTH).order_by("pk")
        # All keys first: a cursor left open would keep its view of the database while others write.
        for keys in batched(list(pages.values_list("pk", flat=True)), BATCH):
            yield model, keys


def withdraw(keys: Iterable[int]) -> None:
    """Take pages that are there no more out of the index."""
    for batch in batched(keys, BATCH):
        with transaction.atomic():
            engine().remove(batch)
            IndexEntry.objects.filter(pk__in=batch).delete()


def _write(drafts: list[EntryDraft]) -> None:
    shelves, topic_sets = _shelves(drafts), _topic_sets(drafts)
    entries = [
        IndexEntry(
            page_id=draft.page,
            key=draft.key,
            shelf_id=shelves[_place(draft)],
            topic_set_id=topic_sets[_set(draft)],
            ends_at=draft.texts.ends_at,
            visible_from=draft.texts.visible_from,
            hidden_at=draft.hidden_at,
            recap_of=draft.texts.recap_of,
            title_key=draft.title_key,
            digest=draft.digest,
        )
        for draft in drafts
    ]
    engine().write(entries, drafts)
    EntryText.objects.bulk_create(
        EntryText(
            entry_id=draft.page,
            language=draft.language,
            title=draft.texts.title,
            summary=draft.texts.summary,
            names=draft.shown_names,
            text=draft.shown_text,
            image_id=draft.texts.image,
            date=draft.texts.date,
        )
        for draft in drafts
    )
    learn({(draft.language, word) for draft in drafts for word in draft.spellings})


def _place(draft: EntryDraft) -> tuple[int, str, str, int]:
    return draft.home, draft.texts.kind.value, draft.section, draft.year


def _set(draft: EntryDraft) -> str:
    return "".join(f",{topic}" for topic in draft.topics) + "," if draft.topics else ""


def _shelves(drafts: list[EntryDraft]) -> dict[tuple[int, str, str, int], int]:
    wanted = {_place(draft) for draft in drafts}
    columns = ("home", "kind", "section", "year")

    def found() -> dict[tuple[int, str, str, int], int]:
        near = IndexShelf.objects.filter(
            home__in={place[0] for place in wanted}, section__in={place[2] for place in wanted}
        )
        return {tuple(place): key for key, *place in near.values_list("pk", *columns)}

    known = found()
    if missing := wanted - known.keys():
        IndexShelf.objects.bulk_create(
            [IndexShelf(**dict(zip(columns, place, strict=True))) for place in missing], ignore_conflicts=True
        )
        known = found()
    return known


def _topic_sets(drafts: list[EntryDraft]) -> dict[str, int]:
    wanted = {_set(draft) for draft in drafts}
    rows = TopicSet.objects.filter(topics__in=wanted)
    known = dict(rows.values_list("topics", "pk"))
    if missing := wanted - known.keys():
        TopicSet.objects.bulk_create([TopicSet(topics=topics) for topics in missing], ignore_conflicts=True)
        known = dict(rows.all().values_list("topics", "pk"))
    return known
