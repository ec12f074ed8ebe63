"""Creates drafts of a source's new events in batches, and starts their reviews."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.text import slugify

from events.importing.entries import ImportedEntry
from events.importing.values import write
from events.pages import EventPage
from events.records import ImportedEvent, Subscription
from portal.content.bulk.children import NewChildren
from portal.content.bulk.drafts import begin_draft, check_draft, insert_drafts
from portal.content.publication import lock_pages
from portal.content.records.topics import PageTopic, Topic
from portal.editorial.approval.authorship import add_author
from portal.editorial.many_reviews import start_reviews

# Larger transactions are hardly faster, and other writers wait longer for them.
STORED_TOGETHER = 50
MAX_CATEGORIES = 20
MAX_SLUG_LENGTH = 60


@dataclass(frozen=True)
class NewEvent:
    incoming: ImportedEntry
    values: dict[str, Any]
    content_hash: str


class NewDrafts:
    def __init__(self, subscription: Subscription, now: datetime):
        self.subscription = subscription
        self.calendar = subscription.calendar
        self.now = now
        self._topics: dict[tuple[str, ...], list[Topic]] = {}

    @cached_property
    def workflow(self) -> Any:
        return self.calendar.get_workflow()

    def create(self, events: Sequence[NewEvent]) -> int:
        """Create drafts in the caller's transaction and return their number. Raises ValidationError."""
        lock_pages([self.calendar.pk])
        children = NewChildren.below(self.calendar)
        used = self._used_uids([event.incoming.uid for event in events])
        pages = [self._page(event, children, used) for event in events]
        revisions = insert_drafts(children, pages, self.subscription.author)
        if further := self.subscription.further_author:
            add_author(zip(pages, revisions, strict=True), further)
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
            # The portal also submits incomplete drafts.
            drafts = list(zip(pages, revisions, strict=True))
            start_reviews(self.workflow, drafts, self.subscription.requester)
        return len(pages)

    def _used_uids(self, uids: Sequence[str]) -> set[str]:
        """Return the UIDs that other events of the site already have. Calendars would merge such events.

        Two subscriptions to the same URL, for two languages, share their UIDs.
        """
        keys = [key for uid in uids if (key := _as_key(uid))]
        others = EventPage.objects.filter(Q(uid__in=uids) | Q(translation_key__in=keys))
        if self.subscription.url:
            others = others.exclude(imports__subscription__url=self.subscription.url)
        here = tuple(self._home_paths)
        return {other.calendar_uid for other in others if other.path.startswith(here)}

    @cached_property
    def _home_paths(self) -> list[str]:
        site = self.calendar.get_site()
        return [home.path for home in site.root_page.get_translations(inclusive=True)] if site else []

    def _page(self, event: NewEvent, children: NewChildren, used: set[str]) -> EventPage:
        incoming, values = event.incoming, event.values
        page = EventPage(
            locale=self.calendar.locale,
            owner=self.subscription.author,
            uid="" if incoming.uid in used else incoming.uid,
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


def _as_key(uid: str) -> UUID | None:
    """Return a UID as a UUID, the form of the portal's own UIDs; None if it is not one."""
    try:
        return UUID(uid)
    except ValueError:
        return None
