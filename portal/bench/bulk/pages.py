"""Makes pages of manuscripts, each with the date, the place and the relations that it might have had."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.utils.text import slugify
from wagtail.models import Locale, Page

from articles.models import ArticlePage, PortraitPage
from events.models import EventPage, RecapPage
from portal.bench.bulk.grounds import Ground, Parent
from portal.bench.bulk.manuscripts import Manuscript, PageType
from portal.core.models import Person, StoryPage, Topic
from portal.media.models import Image

PORTRAITS, RECAPS = 0.2, 0.1
# Of all events those that are series, and how they repeat.
SERIES = 0.05
RHYTHMS = ("FREQ=WEEKLY;COUNT=8", "FREQ=WEEKLY;COUNT=26", "FREQ=WEEKLY;INTERVAL=2;COUNT=12", "FREQ=MONTHLY;COUNT=12")
ENDLESS = "FREQ=MONTHLY"
LEAD_IMAGES = 0.9
LONGEST_SLUG = 200
JUST_NOW = timedelta(minutes=5)


@dataclass
class GeneratedPage:
    """A page that is not saved yet; its body and its relations are kept beside it."""

    page: StoryPage | EventPage
    parent: Parent
    manuscript: Manuscript
    topics: list[int]
    people: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class PastEvent:
    end: datetime
    key: int
    parent: Parent


class PageFactory:
    """Makes the pages of one ground; `chance` decides everything that is no text."""

    def __init__(self, ground: Ground, chance: Random, now: datetime):
        self.ground = ground
        self.chance = chance
        self.now = now
        self.locale = Locale.objects.get(pk=ground.locale_id)
        self.images = list(Image.objects.order_by("pk").values_list("pk", "description"))
        topics = Topic.objects.available_at(ground.site).filter(locale_id=ground.locale_id).order_by("slug")
        self.topics = list(topics.values_list("pk", flat=True))
        self.people = list(Person.objects.available_at(ground.site).order_by("pk").values_list("pk", flat=True))
        self.topic_weights = falling(self.topics)
        self.people_weights = falling(self.people)
        self.section_weights = falling(ground.sections)
        self.calendar_weights = falling(ground.calendars)
        self.events: list[PastEvent] = []
        self.has_past_events = False
        types = ContentType.objects.get_for_models(ArticlePage, PortraitPage, RecapPage, EventPage)
        self.types = {model: content_type.pk for model, content_type in types.items()}

    def know_events(self) -> None:
        """Look up the events that have ended, which recaps are written about."""
        by_path = {parent.page.path: parent for parent in self.ground.calendars}
        events = EventPage.objects.filter(end__lte=self.now, live=True).order_by("end", "pk")
        self.events = [
            PastEvent(end, key, by_path[path[: -Page.steplen]])
            for end, key, path in events.values_list("end", "pk", "path").iterator()
            if path[: -Page.steplen] in by_path
        ]

    def kind(self) -> type[StoryPage]:
        """An article, a portrait or, where there has been an event, a recap."""
        lot = self.chance.random()
        if lot < RECAPS and self.has_past_events:
            return RecapPage
        return PortraitPage if lot > 1 - PORTRAITS else ArticlePage

    def story(self, model: type[StoryPage], published: datetime, manuscript: Manuscript) -> GeneratedPage:
        if model is RecapPage:
            event = self._event_before(published)
            parent = event.parent
            if event.end > published:
                published = min(event.end + timedelta(days=self.chance.randint(1, 6)), self.now - JUST_NOW)
            page = self._page(model, parent, published, manuscript)
            page.event_id = event.key
        else:
            parent = self.chance.choices(self.ground.sections, cum_weights=self.section_weights)[0]
            page = self._page(model, parent, published, manuscript)
        page.words = manuscript.words
        people = self._some(self.people, self.people_weights, 2 if self.chance.random() < 0.15 else 1)
        return GeneratedPage(page, parent, manuscript, self._some_topics(), people)

    def event(self, start: datetime, manuscript: Manuscript) -> GeneratedPage:
        chance = self.chance
        parent = chance.choices(self.ground.calendars, cum_weights=self.calendar_weights)[0]
        announced = min(start - timedelta(days=chance.randint(10, 60)), self.now - JUST_NOW)
        page = self._page(EventPage, parent, announced, manuscript)
        page.start, page.end, page.is_all_day = self._hours(start)
        page.time_zone = self.ground.zone.key
        if chance.random() < SERIES:
            # Few series of long ago still go on.
            goes_on = start > self.now or chance.random() < 0.02
            page.recurrence = ENDLESS if goes_on and chance.random() < 0.3 else chance.choice(RHYTHMS)
        # Without asking the database for each page: a new one has none of them.
        page.added_dates = page.changed_dates = page.breaks = []
        page.locale = self.locale
        return GeneratedPage(page, parent, manuscript, self._some_topics())

    def _event_before(self, moment: datetime) -> PastEvent:
        """One of the last events before that moment, else any."""
        before = bisect_right(self.events, moment, key=lambda event: event.end)
        if before:
            return self.events[max(0, before - self.chance.randint(1, 4))]
        return self.chance.choice(self.events)

    def _page(self, model: PageType, parent: Parent, published: datetime, manuscript: Manuscript):
        chance = self.chance
        slug = parent.slug(slugify(manuscript.title)[:LONGEST_SLUG])
        image, alt = chance.choice(self.images) if self.images and chance.random() < LEAD_IMAGES else (None, "")
        return model(
            path=parent.path(),
            depth=parent.page.depth + 1,
            url_path=f"{parent.page.url_path}{slug}/",
            content_type_id=self.types[model],
            locale_id=self.ground.locale_id,
            translation_key=UUID(int=chance.getrandbits(128), version=4),
            title=manuscript.title,
            draft_title=manuscript.title,
            slug=slug,
            standfirst=manuscript.standfirst,
            search_description=manuscript.standfirst[:300],
            lead_image_id=image,
            lead_image_alt=alt[:255],
            lead_image_caption=manuscript.caption if image else "",
            live=True,
            first_published_at=published,
            last_published_at=published,
            **manuscript.facts,
        )

    def _hours(self, start: datetime) -> tuple[datetime, datetime, bool]:
        """Start, end and whether it takes whole days, on the clock of the site."""
        chance = self.chance
        day = start.astimezone(self.ground.zone).replace(minute=0, second=0, microsecond=0)
        if chance.random() < 0.07:
            midnight = day.replace(hour=0)
            return midnight, midnight + timedelta(days=chance.choice((1, 1, 2, 3))), True
        begin = day.replace(hour=chance.choice((8, 9, 9, 10, 14, 17, 18, 18, 19)), minute=chance.choice((0, 0, 0, 30)))
        days = chance.choice((1, 2, 4)) if chance.random() < 0.08 else 0
        return begin, begin + timedelta(days=days, hours=chance.choice((1, 2, 2, 3, 4, 8))), False

    def _some_topics(self) -> list[int]:
        return self._some(self.topics, self.topic_weights, self.chance.choice((1, 2, 2, 2, 3, 3, 4)))

    def _some(self, keys: list[int], weights: list[float], count: int) -> list[int]:
        """Different keys, the first of the list more often."""
        if not keys:
            return []
        return list(dict.fromkeys(self.chance.choices(keys, cum_weights=weights, k=count)))


def falling(things: Sequence[object]) -> list[float]:
    """Cumulative weights by which the first is drawn most often."""
    return list(accumulate(1 / rank for rank in range(1, len(things) + 1)))


def dates(count: int, first: datetime, last: datetime, chance: Random, growth: float = 0.7) -> list[datetime]:
    """Moments from `first` to `last` in order, in the hours when people work; with a growth below 1 more at the end."""
    span = (last - first).total_seconds()
    found = []
    for _ in range(count):
        moment = first + timedelta(seconds=round(span * chance.random() ** growth))
        moment = moment.replace(hour=chance.randrange(5, 19), minute=chance.randrange(60), second=chance.randrange(60))
        found.append(min(max(moment, first), last))
    return sorted(found)
