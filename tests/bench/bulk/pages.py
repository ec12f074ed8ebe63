"""Builds pages from generated text, with plausible dates, parents and relations."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.utils.text import slugify
from wagtail.models import Locale, Page

from articles.models import ArticlePage, PortraitPage
from articles.stories import StoryPage
from events.models import EventPage, RecapPage
from portal.content.bulk.drafts import begin_draft
from portal.content.kinds import kinds
from portal.content.records.people import Byline, Person
from portal.content.records.topics import PageTopic, Topic
from portal.media.models import Image
from tests.bench.bulk.page_texts import PageText, PageType
from tests.bench.bulk.targets import Parent, TargetEdition

PORTRAIT_SHARE, RECAP_SHARE = 0.2, 0.1
# The share of events that are series, and their recurrence rules.
SERIES_SHARE = 0.05
RECURRENCES = (
    "FREQ=WEEKLY;COUNT=8",
    "FREQ=WEEKLY;COUNT=26",
    "FREQ=WEEKLY;INTERVAL=2;COUNT=12",
    "FREQ=MONTHLY;COUNT=12",
)
ENDLESS = "FREQ=MONTHLY"
LEAD_IMAGE_SHARE = 0.9
MAX_SLUG_LENGTH = 200
JUST_NOW = timedelta(minutes=5)


@dataclass
class GeneratedPage:
    page: StoryPage | EventPage
    parent: Parent


@dataclass(frozen=True)
class PastEvent:
    end: datetime
    key: int
    parent: Parent


class PageFactory:
    """Builds the pages of one edition; `chance` decides everything except the text."""

    def __init__(self, target: TargetEdition, chance: Random, now: datetime):
        self.target = target
        self.chance = chance
        self.now = now
        self.locale = Locale.objects.get(pk=target.locale_id)
        self.images = list(Image.objects.order_by("pk").values_list("pk", "description"))
        topics = Topic.objects.available_at(target.site).filter(locale_id=target.locale_id).order_by("slug")
        self.topics = list(topics.values_list("pk", flat=True))
        self.people = list(Person.objects.available_at(target.site).order_by("pk").values_list("pk", flat=True))
        self.topic_weights = decreasing_weights(self.topics)
        self.people_weights = decreasing_weights(self.people)
        self.section_weights = decreasing_weights(target.sections)
        self.calendar_weights = decreasing_weights(target.calendars)
        self.events: list[PastEvent] = []
        self.has_past_events = False
        types = ContentType.objects.get_for_models(*(kind.model for kind in kinds()))
        self.types = {model: content_type.pk for model, content_type in types.items()}

    def load_past_events(self) -> None:
        by_path = {parent.page.path: parent for parent in self.target.calendars}
        events = EventPage.objects.filter(end__lte=self.now, live=True).order_by("end", "pk")
        self.events = [
            PastEvent(end, key, by_path[path[: -Page.steplen]])
            for end, key, path in events.values_list("end", "pk", "path").iterator()
            if path[: -Page.steplen] in by_path
        ]

    def kind(self) -> type[StoryPage]:
        """Draw the type of a story; recaps need a past event."""
        lot = self.chance.random()
        if lot < RECAP_SHARE and self.has_past_events:
            return RecapPage
        return PortraitPage if lot > 1 - PORTRAIT_SHARE else ArticlePage

    def story(self, model: type[StoryPage], published: datetime, text: PageText) -> GeneratedPage:
        if model is RecapPage:
            event = self._event_before(published)
            parent = event.parent
            if event.end > published:
                published = min(event.end + timedelta(days=self.chance.randint(1, 6)), self.now - JUST_NOW)
            page = self._page(model, parent, published, text)
            page.event_id = event.key
        else:
            parent = self.chance.choices(self.target.sections, cum_weights=self.section_weights)[0]
            page = self._page(model, parent, published, text)
        page.count_words()
        people = self._some(self.people, self.people_weights, 2 if self.chance.random() < 0.15 else 1)
        page.bylines = [Byline(person_id=key, sort_order=order) for order, key in enumerate(people)]
        return GeneratedPage(page, parent)

    def event(self, start: datetime, text: PageText) -> GeneratedPage:
        chance = self.chance
        parent = chance.choices(self.target.calendars, cum_weights=self.calendar_weights)[0]
        announced = min(start - timedelta(days=chance.randint(10, 60)), self.now - JUST_NOW)
        page = self._page(EventPage, parent, announced, text)
        page.start, page.end, page.is_all_day = self._hours(start)
        page.time_zone = self.target.zone.key
        if chance.random() < SERIES_SHARE:
            # Few old series still continue.
            is_current = start > self.now or chance.random() < 0.02
            page.recurrence = ENDLESS if is_current and chance.random() < 0.3 else chance.choice(RECURRENCES)
        return GeneratedPage(page, parent)

    def _event_before(self, moment: datetime) -> PastEvent:
        """One of the last events before a moment; any event if there is none."""
        before = bisect_right(self.events, moment, key=lambda event: event.end)
        if before:
            return self.events[max(0, before - self.chance.randint(1, 4))]
        return self.chance.choice(self.events)

    def _page(self, model: PageType, parent: Parent, published: datetime, text: PageText):
        chance = self.chance
        slug = parent.unique_slug(slugify(text.title)[:MAX_SLUG_LENGTH])
        image, alt = chance.choice(self.images) if self.images and chance.random() < LEAD_IMAGE_SHARE else (None, "")
        page = model(
            content_type_id=self.types[model],
            locale=self.locale,
            translation_key=UUID(int=chance.getrandbits(128), version=4),
            title=text.title,
            standfirst=text.standfirst,
            search_description=text.standfirst[:300],
            lead_image_id=image,
            lead_image_alt=alt[:255],
            lead_image_caption=text.caption if image else "",
            body=text.body,
            first_published_at=published,
            last_published_at=published,
            latest_revision_created_at=published,
            **text.fields,
        )
        begin_draft(page, parent.page, slug)
        page.live = True
        page.page_topics = [PageTopic(topic_id=key, sort_order=order) for order, key in enumerate(self._some_topics())]
        return page

    def _hours(self, start: datetime) -> tuple[datetime, datetime, bool]:
        """Start, end and whether it is all day, in the time zone of the site."""
        chance = self.chance
        day = start.astimezone(self.target.zone).replace(minute=0, second=0, microsecond=0)
        if chance.random() < 0.07:
            midnight = day.replace(hour=0)
            return midnight, midnight + timedelta(days=chance.choice((1, 1, 2, 3))), True
        begin = day.replace(hour=chance.choice((8, 9, 9, 10, 14, 17, 18, 18, 19)), minute=chance.choice((0, 0, 0, 30)))
        days = chance.choice((1, 2, 4)) if chance.random() < 0.08 else 0
        return begin, begin + timedelta(days=days, hours=chance.choice((1, 2, 2, 3, 4, 8))), False

    def _some_topics(self) -> list[int]:
        return self._some(self.topics, self.topic_weights, self.chance.choice((1, 2, 2, 2, 3, 3, 4)))

    def _some(self, keys: list[int], weights: list[float], count: int) -> list[int]:
        """Draw up to `count` different keys by weight."""
        if not keys:
            return []
        return list(dict.fromkeys(self.chance.choices(keys, cum_weights=weights, k=count)))


def decreasing_weights(items: Sequence[object]) -> list[float]:
    """Cumulative weights for `random.choices`: 1, 1/2, 1/3…"""
    return list(accumulate(1 / rank for rank in range(1, len(items) + 1)))


def dates(count: int, first: datetime, last: datetime, chance: Random, growth: float = 0.7) -> list[datetime]:
    """Sorted times between `first` and `last`, in working hours; a growth below 1 puts more of them at the end."""
    span = (last - first).total_seconds()
    moments = []
    for _ in range(count):
        moment = first + timedelta(seconds=round(span * chance.random() ** growth))
        moment = moment.replace(hour=chance.randrange(5, 19), minute=chance.randrange(60), second=chance.randrange(60))
        moments.append(min(max(moment, first), last))
    return sorted(moments)
