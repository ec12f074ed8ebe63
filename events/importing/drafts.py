"""Creates the drafts of new events of a source, many at once, and asks for their reviews."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import cached_property
from django.utils.text import slugify

from events.importing.entries import ImportedEntry
from events.importing.values import write
from events.models import EventPage, ImportedEvent, Subscription
from portal.core.bulk.children import NewChildren
from portal.core.bulk.drafts import begin_draft, check_draft, insert_drafts
from portal.core.models import PageTopic, Topic
from portal.core.publication import lock_pages
from portal.editorial.many_reviews import start_reviews

# How many events one transaction stores: more are hardly quicker, and what is read meanwhile would wait longer.
STORED_TOGETHER = 50
MAX_CATEGORIES = 20
MAX_SLUG_LENGTH = 60


@dataclass(frozen=True)
class NewEvent:
    """An entry of the source that is not known yet, with its values as they are stored."""

    incoming: ImportedEntry
    values: dict[str, Any]
    content_hash: str


class NewDrafts:
    """Creates the drafts of one subscription."""

    def __init__(self, subscription: Subscription, now: datetime):
        self.subscription = subscription
        self.calendar = subscription.calendar
        self.now = now
        self._topics: dict[tuple[str, ...], list[Topic]] = {}

    @cached_property
    def workflow(self) -> Any:
        return self.calendar.get_workflow()

    def create(self, events: Sequence[NewEvent]) -> int:
        """Create drafts in the caller's transaction and return their number; raise ValidationError for a bad one."""
        lock_pages([self.calendar.pk])
        children = NewChildren.below(self.calendar)
        pages = [self._page(event, children) for event in events]
        revisions = insert_drafts(children, pages, self.subscription.author)
        ImportedEvent.objects.bulk_create(
            ImportedEvent(
                subscription=self.subscription,
                uid=event.incoming.uid,
                event=page,
                imported_values=event.values,
                content_hash=event.content_hash,
                seen_at=self.now,
            )
            for event, page in zip(events, pages, strict=True)
        )
        if self.workflow:
            # The portal submits, also what is not complete yet; the review is that of whoever chose the source.
            drafts = list(zip(pages, revisions, strict=True))
            start_reviews(self.workflow, drafts, self.subscription.requester)
        return len(pages)

    def _page(self, event: NewEvent, children: NewChildren) -> EventPage:
        incoming, values = event.incoming, event.values
        page = EventPage(
            locale=self.calendar.locale,
            owner=self.subscription.author,
            uid=incoming.uid,
            source=self.subscription.name,
        )
        slug = slugify(values["title"])[:MAX_SLUG_LENGTH].strip("-") or "event"
        begin_draft(page, self.calendar, children.unique_slug(slug))
        write(page, values, values.keys())
        page.page_topics = [PageTopic(topic=topic) for topic in self._topics_of(incoming.categories[:MAX_CATEGORIES])]
        page.normalize_span()
        check_draft(page)
        return page

    def _topics_of(self, names: Sequence[str]) -> list[Topic]:
        key = tuple(names)
        if key not in self._topics:
            here = Topic.objects.available_at(self.calendar.get_site())
            self._topics[key] = list(here.filter(locale=self.calendar.locale, name__in=key)) if key else []
        return self._topics[key]
