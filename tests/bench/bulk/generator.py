"""Generates stories and events below the sections and calendars of every site."""

import gc
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import accumulate, batched
from random import Random

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from wagtail.models import Page

from articles.listing import card_of, placements_of
from articles.stories import StoryPage
from events.models import EventPage
from portal.content.bulk.drafts import insert_pages
from portal.content.bulk.rows import write_objects
from portal.content.records.listing import Placement, StoryCard
from portal.media.models import Image
from search.engines import engine
from search.indexes import DRAFTS, PUBLIC
from search.indexing.checking import check, has_outdated_analysis
from search.indexing.index import Comparison
from tests.bench.bulk.database import bulk_settings, refresh_statistics
from tests.bench.bulk.event_dates import write_dates
from tests.bench.bulk.page_texts import PageType, generate_texts
from tests.bench.bulk.pages import GeneratedPage, PageFactory, dates
from tests.bench.bulk.targets import target_editions

BATCH = 1000
YEARS = 10
# The share of events in the future.
UPCOMING_SHARE = 0.08

INDEXES = (PUBLIC, DRAFTS)

Plan = tuple[PageFactory, PageType, datetime]


class ContentGenerator:
    """Generates content in batches; raises NoSectionsError if no site has a section.

    The same seed on the same database and day generates the same content. With `evenly`, every site gets an equal
    share. `report` is called after each batch with its number of pages.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        below: Page | None = None,
        evenly: bool = False,
        now: datetime | None = None,
        report: Callable[[int], None] = lambda count: None,
    ):
        self.now = (now or timezone.now()).replace(hour=0, minute=0, second=0, microsecond=0)
        self.seed = f"{seed}:{Page.objects.count()}"
        self.chance = Random(self.seed)
        self.factories = [
            PageFactory(target, self.chance, self.now) for target in target_editions(below, evenly=evenly)
        ]
        self.images = list(Image.objects.order_by("pk").values_list("pk", flat=True))
        self.report = report

    def generate(self, stories: int, events: int) -> Counter[str]:
        """Write the pages and return their number by type; without a calendar, no event is written."""
        event_plans = list(self._events(events))
        for factory in self.factories:
            factory.load_past_events()
            factory.has_past_events = bool(factory.events)
        for factory, _, start in event_plans:
            factory.has_past_events |= start < self.now
        batches = [*batched(event_plans, BATCH), *batched(self._stories(stories), BATCH)]
        with bulk_settings(), _garbage_frozen():
            if has_outdated_analysis():
                # This runs while there are few pages. New pages are indexed from memory.
                for index in INDEXES:
                    check(index, repair=True)
            written = self._write(batches)
            for index in INDEXES:
                engine(index).optimize()
        refresh_statistics()
        return written

    def _events(self, count: int) -> Iterator[Plan]:
        upcoming, now = round(count * UPCOMING_SHARE), self.now
        starts = dates(count - upcoming, now - timedelta(days=365 * YEARS), now - timedelta(days=8), self.chance)
        starts += dates(upcoming, now + timedelta(hours=2), now + timedelta(days=300), self.chance, growth=1.6)
        factories = [factory for factory in self.factories if factory.target.calendars]
        for start in starts if factories else []:
            yield self._one_of(factories), EventPage, start

    def _stories(self, count: int) -> Iterator[Plan]:
        first, last = self.now - timedelta(days=365 * YEARS), self.now - timedelta(minutes=5)
        for published in dates(count, first, last, self.chance):
            factory = self._one_of(self.factories)
            yield factory, factory.kind(), published

    def _one_of(self, factories: list[PageFactory]) -> PageFactory:
        weights = list(accumulate(factory.target.share for factory in factories))
        return self.chance.choices(factories, cum_weights=weights)[0]

    def _write(self, batches: list[tuple[Plan, ...]]) -> Counter[str]:
        written: Counter[str] = Counter()
        for number, batch in enumerate(batches):
            requests = [(model, factory.target.language) for factory, model, _ in batch]
            texts = generate_texts(self.images, f"{self.seed}:{number}", requests)
            if batch[0][1] is not EventPage and written.keys() == {EventPage.__name__}:
                for factory in self.factories:
                    factory.load_past_events()
            pages = [
                factory.event(date, text) if model is EventPage else factory.story(model, date, text)
                for (factory, model, date), text in zip(batch, texts, strict=True)
            ]
            write(pages, self.now)
            written.update(model.__name__ for _, model, _ in batch)
            self.report(len(pages))
        return written


@contextmanager
def _garbage_frozen() -> Iterator[None]:
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@transaction.atomic
def write(pages: list[GeneratedPage], now: datetime) -> None:
    """Insert new public pages with all rows that readers and searches need, without signals.

    They have no history and no rows in the reference index.
    """
    siblings: dict[int, list[GeneratedPage]] = defaultdict(list)
    for generated in pages:
        siblings[generated.parent.page.pk].append(generated)
    for group in siblings.values():
        insert_pages(group[0].parent, [generated.page for generated in group], None)
    written = {generated.page.pk: generated.page for generated in pages}
    Page.objects.filter(pk__in=written).update(has_unpublished_changes=False, live_revision=F("latest_revision"))
    for page in written.values():
        page.has_unpublished_changes = False
    _write_lists(pages)
    write_dates([generated for generated in pages if isinstance(generated.page, EventPage)], now)
    for index in INDEXES:
        Comparison(index, written.values(), list(written)).apply(written.keys())


def _write_lists(pages: list[GeneratedPage]) -> None:
    """Insert the cards of public stories and their placements in the lists of all ancestors."""
    public = [generated for generated in pages if isinstance(generated.page, StoryPage) and generated.parent.is_public]
    cards = [card_of(generated.page, generated.page.expire_at) for generated in public]
    write_objects(StoryCard, cards)
    placements = [
        placement
        for generated, card in zip(public, cards, strict=True)
        for placement in placements_of(card, generated.parent.ancestors)
    ]
    write_objects(Placement, placements)
