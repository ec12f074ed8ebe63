"""Puts generated stories and events below the sections and the calendars of every site."""

import gc
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO
from itertools import accumulate, batched
from random import Random

from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import Page

from events.models import EventPage
from portal.bench.bulk.event_dates import write_dates
from portal.bench.bulk.grounds import Parent, grounds
from portal.bench.bulk.index import SearchIndex
from portal.bench.bulk.manuscripts import ManuscriptPool, PageType, SourceFiles
from portal.bench.bulk.pages import GeneratedPage, PageFactory, dates
from portal.bench.bulk.references import RelationRow, write_references
from portal.bench.bulk.rows import new_keys, roomy, settle, write_objects, write_rows
from portal.core.lists.listing import card_of, placements_of
from portal.core.models import Byline, ContentVersion, PageTopic, Placement, StoryCard, StoryPage
from portal.media.models import Image

BATCH = 1000
YEARS = 10
# Of all events, those that are still to come.
COMING = 0.08

Plan = tuple[PageFactory, PageType, datetime]


class ContentGenerator:
    """Raises NoSectionsError where there is nothing to put anything below.

    The same seed gives the same content to databases that had the same pages before, as dates are counted from the
    beginning of the day. `evenly`: every site gets as much. `report` is told after each batch how many pages it had.
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
        self.desks = [PageFactory(ground, self.chance, self.now) for ground in grounds(below, evenly=evenly)]
        self.library = SourceFiles(
            images=list(Image.objects.order_by("pk").values_list("pk", flat=True)),
            documents=list(get_document_model().objects.order_by("pk").values_list("pk", flat=True)),
        )
        self.index = SearchIndex()
        self.report = report

    def plant(self, stories: int, events: int) -> Counter[str]:
        """Write so many stories and events; how many of each type it were.

        No event is written where no section has a calendar.
        """
        announced = list(self._events(events))
        for desk in self.desks:
            desk.know_events()
            desk.has_past_events = bool(desk.events)
        for desk, _, start in announced:
            desk.has_past_events |= start < self.now
        batches = [*batched(announced, BATCH), *batched(self._stories(stories), BATCH)]
        with roomy(), _calm():
            written = self._write(batches)
        ContentVersion.advance()
        settle()
        # What readers search knows nothing yet of pages that sent no signal; a command's name may cross apps. It writes
        # tables of its own, of which the database knows nothing yet either.
        call_command("check_search", verbosity=0, stdout=StringIO())
        settle()
        return written

    def _events(self, count: int) -> Iterator[Plan]:
        coming, now = round(count * COMING), self.now
        starts = dates(count - coming, now - timedelta(days=365 * YEARS), now - timedelta(days=8), self.chance)
        starts += dates(coming, now + timedelta(hours=2), now + timedelta(days=300), self.chance, growth=1.6)
        desks = [desk for desk in self.desks if desk.ground.calendars]
        for start in starts if desks else []:
            yield self._one_of(desks), EventPage, start

    def _stories(self, count: int) -> Iterator[Plan]:
        first, last = self.now - timedelta(days=365 * YEARS), self.now - timedelta(minutes=5)
        for published in dates(count, first, last, self.chance):
            desk = self._one_of(self.desks)
            yield desk, desk.kind(), published

    def _one_of(self, desks: list[PageFactory]) -> PageFactory:
        return self.chance.choices(desks, cum_weights=list(accumulate(desk.ground.share for desk in desks)))[0]

    def _write(self, batches: list[tuple[Plan, ...]]) -> Counter[str]:
        orders = [[(model, desk.ground.language) for desk, model, _ in batch] for batch in batches]
        written: Counter[str] = Counter()
        for batch, manuscripts in zip(batches, ManuscriptPool(self.library, self.seed).run(orders), strict=True):
            if batch[0][1] is not EventPage and written.keys() == {EventPage.__name__}:
                for desk in self.desks:
                    desk.know_events()
            drafts = [
                desk.event(moment, manuscript) if model is EventPage else desk.story(model, moment, manuscript)
                for (desk, model, moment), manuscript in zip(batch, manuscripts, strict=True)
            ]
            write(drafts, self.index, self.now)
            written.update(model.__name__ for _, model, _ in batch)
            self.report(len(drafts))
        return written


@contextmanager
def _calm() -> Iterator[None]:
    """Keep Python from looking for garbage among what was there before, again and again."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@transaction.atomic
def write(drafts: list[GeneratedPage], index: SearchIndex, now: datetime) -> None:
    """Save new pages with all that belongs to them; no signal is sent."""
    by_model: dict[type[Page], list[GeneratedPage]] = defaultdict(list)
    for draft, key in zip(drafts, new_keys(Page, len(drafts)), strict=True):
        draft.page.id = draft.page.page_ptr_id = key
        by_model[type(draft.page)].append(draft)
    write_objects(Page, [draft.page for draft in drafts])
    for model, group in by_model.items():
        bodies = [draft.manuscript.body for draft in group]
        write_objects(model, [draft.page for draft in group], ready={"body": bodies})
    _count_children({id(draft.parent): draft.parent for draft in drafts}.values())
    _list(drafts)
    write_dates([draft for draft in drafts if isinstance(draft.page, EventPage)], now)
    index.write((draft.page, {"body": draft.manuscript.text}) for draft in drafts)
    write_references(drafts, _write_links(PageTopic, "topic", drafts), _write_links(Byline, "person", drafts))


def _count_children(parents: Iterable[Parent]) -> None:
    for parent in parents:
        Page.objects.filter(pk=parent.page.pk).update(numchild=F("numchild") + parent.planted)
        parent.planted = 0


def _write_links(model: type[PageTopic] | type[Byline], name: str, drafts: list[GeneratedPage]) -> list[RelationRow]:
    """Write the topics or the people of pages, in their order."""
    pairs = [
        (draft.page.id, target, order)
        for draft in drafts
        for order, target in enumerate(draft.topics if model is PageTopic else draft.people)
    ]
    keys = new_keys(model, len(pairs))
    links = [RelationRow(key, page, target) for key, (page, target, _) in zip(keys, pairs, strict=True)]
    rows = [(key, *pair) for key, pair in zip(keys, pairs, strict=True)]
    write_rows(model, ["id", "page_id", f"{name}_id", "sort_order"], rows)
    return links


def _list(drafts: list[GeneratedPage]) -> None:
    """Put the public stories into the lists of all pages above them."""
    public = [draft for draft in drafts if isinstance(draft.page, StoryPage) and draft.parent.is_public]
    cards = [card_of(draft.page, draft.page.expire_at) for draft in public]
    write_objects(StoryCard, cards)
    placements = [
        placement
        for draft, card in zip(public, cards, strict=True)
        for placement in placements_of(card, draft.parent.above)
    ]
    write_objects(Placement, placements)
