"""The indexed content of a page, with one function for each page type."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db.models import prefetch_related_objects
from django.utils import timezone
from wagtail.models import Page

from articles.models import PortraitPage
from articles.stories import StoryPage
from events.models import EventPage, Occurrence, RecapPage
from portal.content.pages.pages import PortalPage
from search.indexing.streams import plain_text, stream_content
from search.kinds import ResultKind

UNDATED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class PageContent:
    """The texts of a page by decreasing weight, with its dates.

    `date` orders results; it is the time of indexing if `is_dated` is false. `ends_at` is set for events only.
    `recap_of` is the primary key of the event of a recap, `documents` are those of the linked documents.
    """

    kind: ResultKind
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
        """The part that is the same whenever an unchanged page is read, or was made from a version."""
        stable = replace(
            self,
            visible_from=None,
            date=self.date.astimezone(UTC) if self.is_dated else self.date,
            ends_at=self.ends_at and self.ends_at.astimezone(UTC),
        )
        return (stable,) if self.is_dated else (replace(stable, date=UNDATED),)


def story_content(page: StoryPage) -> PageContent:
    body = stream_content(page.body)
    thanks = plain_text(page.thanks)
    credits_ = [part for credit in page.credits.raw_data for part in credit["value"].values() if part]
    return PageContent(
        kind=ResultKind(page.kind),
        title=page.title,
        date=page.published_at,
        summary=page.standfirst,
        names=tuple(body.headings),
        texts=(
            *body.texts,
            page.lead_image_caption,
            page.lead_image_alt,
            thanks,
            *credits_,
        ),
        image=page.lead_image_id,
        documents=tuple(body.documents),
        visible_from=page.published_at if page.published_at > timezone.now() else None,
        is_dated=bool(page.publication_date or page.first_published_at),
    )


def portrait_content(page: PortraitPage) -> PageContent:
    content = story_content(page)
    names = (page.name, page.role, page.company, page.place, page.sector)
    figures = [part for figure in page.figures.raw_data for part in figure["value"].values() if part]
    return replace(content, names=(*names, *content.names), texts=(page.quote, *content.texts, *figures))


def recap_content(page: RecapPage) -> PageContent:
    content = story_content(page)
    streams = [
        stream_content(stream) for stream in (page.photos, page.replay, page.slides, page.speakers, page.partners)
    ]
    return replace(
        content,
        names=(page.place, *content.names),
        texts=(*content.texts, *(text for stream in streams for text in stream.texts)),
        documents=(*content.documents, *(key for stream in streams for key in stream.documents)),
        recap_of=page.event_id,
    )


def event_content(page: EventPage, dates: Sequence[tuple[datetime, datetime]]) -> PageContent:
    """The content of an event with its dates in order: a series is dated by its next one and ends with its last."""
    body = stream_content(page.body)
    streams = (page.programme, page.speakers, page.partners, page.documents)
    programme, speakers, partners, files = (stream_content(stream) for stream in streams)
    now = timezone.now()
    start = next((start for start, end in dates if end > now), dates[-1][0] if dates else page.start)
    date = start or page.first_published_at or now
    return PageContent(
        kind=ResultKind.EVENT,
        title=page.title,
        date=date,
        summary=page.standfirst,
        names=(page.shown_place, page.organiser, *speakers.texts, *body.headings),
        texts=(
            *body.texts,
            *programme.texts,
            *partners.texts,
            *files.texts,
            page.shown_address,
            page.price,
            page.contact_name,
            page.lead_image_caption,
            page.lead_image_alt,
        ),
        image=page.lead_image_id,
        documents=(*body.documents, *files.documents),
        ends_at=max((end for _start, end in dates), default=page.end or date),
        is_dated=bool(start or page.first_published_at),
    )


def plain_page_content(page: PortalPage) -> PageContent:
    """The content of any other page, from the fields that it has."""
    body = stream_content(page.body) if getattr(page, "body", None) else None
    introduction = getattr(page, "introduction", "")
    return PageContent(
        kind=ResultKind.SECTION if page.is_section else ResultKind.PAGE,
        title=page.title,
        date=page.first_published_at or timezone.now(),
        summary=(introduction if isinstance(introduction, str) else "") or page.search_description,
        names=tuple(body.headings) if body else (),
        texts=tuple(body.texts) if body else (),
        is_dated=bool(page.first_published_at),
        documents=tuple(body.documents) if body else (),
    )


CONTENT_BY_MODEL: list[tuple[type[Page], Callable[..., PageContent]]] = [
    (PortraitPage, portrait_content),
    (RecapPage, recap_content),
    (StoryPage, story_content),
    (PortalPage, plain_page_content),
]


def page_contents(pages: Sequence[Page]) -> list[PageContent]:
    """The contents of pages in their order; venues and dates of all events are read at once."""
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
    return [
        event_content(page, dates[page.pk])
        if isinstance(page, EventPage)
        else next(content_of for model, content_of in CONTENT_BY_MODEL if isinstance(page, model))(page)
        for page in pages
    ]
