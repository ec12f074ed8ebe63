"""A page's indexed content, from the fields that its class specifies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from wagtail.blocks import StreamValue
from wagtail.fields import RichTextField

from articles.stories import StoryPage
from events.models import EventPage, Occurrence
from portal.content.pages.pages import PortalPage
from search.indexing.streams import StreamContent, plain_text, stream_content
from search.kinds import PAGE

UNDATED = datetime.min.replace(tzinfo=UTC)
Spans = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True)
class PageContent:
    """A page's text by decreasing weight, with its dates.

    `date` sorts results; it is the time of indexing if `is_dated` is false. `ends_at` is set for events only.
    `recap_of` is the primary key of a recap's event; `documents` has the primary keys of the linked documents.
    """

    kind: str
    title: str
    date: datetime
    summary: str = ""
    names: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    image: int | None = None
    documents: tuple[int, ...] = ()
    visible_from: datetime | None = None
    ends_at: datetime | None = None
    recap_of: int | None = None
    is_dated: bool = True

    @property
    def hashed(self) -> tuple[object, ...]:
        """The values to hash. They are equal if an unchanged page is read again or restored from a revision."""
        stable = replace(
            self,
            visible_from=None,
            date=self.date.astimezone(UTC) if self.is_dated else self.date,
            ends_at=self.ends_at and self.ends_at.astimezone(UTC),
        )
        return (stable,) if self.is_dated else (replace(stable, date=UNDATED),)


def page_content(page: PortalPage, dates: Spans = ()) -> PageContent:
    """A page's content. `dates` are an event's dates in order."""
    fields = {name: content_of(page, name) for name in (*page.search_names, *page.search_texts)}
    headings = [heading for field in fields.values() for heading in field.headings]
    introduction = getattr(page, "standfirst" if page.is_item else "introduction", "")
    summary = introduction if isinstance(introduction, str) else ""
    return replace(
        _kind_and_dates(page, dates),
        summary=summary or ("" if page.is_item else page.search_description),
        names=(*(text for name in page.search_names for text in fields[name].texts), *headings),
        texts=tuple(text for name in page.search_texts for text in fields[name].texts),
        image=getattr(page, "lead_image_id", None),
        documents=tuple(key for field in fields.values() for key in field.documents),
    )


def content_of(page: PortalPage, name: str) -> StreamContent:
    value: Any = getattr(page, name)
    if isinstance(value, StreamValue):
        return stream_content(value)
    return StreamContent(texts=[plain_text(value) if name in _rich_texts(page._meta.model) else value])


@cache
def _rich_texts(model: Any) -> set[str]:
    return {field.name for field in model._meta.concrete_fields if isinstance(field, RichTextField)}


def _kind_and_dates(page: PortalPage, dates: Spans) -> PageContent:
    """The page's kind, title and dates. A series is dated by its next date and ends with its last."""
    kind, now = page.listed_as.name if page.listed_as else PAGE, timezone.now()
    if isinstance(page, StoryPage):
        return PageContent(
            kind,
            page.title,
            page.published_at,
            visible_from=page.published_at if page.published_at > now else None,
            is_dated=bool(page.publication_date or page.first_published_at),
            recap_of=page.about_key,
        )
    start = None
    if isinstance(page, EventPage):
        start = next((start for start, end in dates if end > now), dates[-1][0] if dates else page.start)
    date = start or page.first_published_at or now
    ends_at = None
    if isinstance(page, EventPage):
        ends_at = max((end for _start, end in dates), default=page.end or date)
    return PageContent(kind, page.title, date, ends_at=ends_at, is_dated=bool(start or page.first_published_at))


def page_contents(pages: Sequence[PortalPage]) -> list[PageContent]:
    """The pages' contents, in order. The venues and dates of all events are read at once."""
    events = [page for page in pages if isinstance(page, EventPage)]
    prefetch_related_objects(events, "venue")
    dates: dict[int, list[tuple[datetime, datetime]]] = {event.pk: [] for event in events}
    rows = (
        Occurrence.objects.not_withdrawn().filter(event__in=dates).order_by("start")
        if events
        else Occurrence.objects.none()
    )
    for event, start, end in rows.values_list("event_id", "start", "end"):
        dates[event].append((start, end))
    return [page_content(page, dates.get(page.pk, ())) for page in pages]
