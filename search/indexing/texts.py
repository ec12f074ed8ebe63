"""What is indexed of a page, with one function for each kind of page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db.models import prefetch_related_objects
from django.utils import timezone
from wagtail.models import Page

from articles.models import PortraitPage
from events.models import EventPage, Occurrence, RecapPage
from portal.core.models import PortalPage, StoryPage
from search.indexing.streams import gathered, text_of
from search.kinds import ResultKind

UNDATED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Texts:
    """The words of a page from the most to the least telling, and when it is about or from.

    `date` orders results, and is the moment of indexing where `is_dated` is false; `ends_at` is that of an event only,
    `recap_of` the key of the event that a recap looks back on. `documents` are the keys of the files that it offers.
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
    def facts(self) -> tuple[object, ...]:
        """What is the same whenever the page is read."""
        lasting = replace(self, visible_from=None)
        return (lasting,) if self.is_dated else (replace(lasting, date=UNDATED),)


def of_story(page: StoryPage) -> Texts:
    body = gathered(page.body)
    thanks = text_of(page.thanks)
    credits_ = [part for credit in page.credits.raw_data for part in credit["value"].values() if part]
    return Texts(
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


def of_portrait(page: PortraitPage) -> Texts:
    texts = of_story(page)
    facts = (page.name, page.role, page.company, page.place, page.sector)
    figures = [part for figure in page.figures.raw_data for part in figure["value"].values() if part]
    return replace(texts, names=(*facts, *texts.names), texts=(page.quote, *texts.texts, *figures))


def of_recap(page: RecapPage) -> Texts:
    texts = of_story(page)
    parts = [gathered(stream) for stream in (page.photos, page.replay, page.slides, page.speakers, page.partners)]
    return replace(
        texts,
        names=(page.place, *texts.names),
        texts=(*texts.texts, *(text for part in parts for text in part.texts)),
        documents=(*texts.documents, *(key for part in parts for key in part.documents)),
        recap_of=page.event_id,
    )


def of_event(page: EventPage, dates: Sequence[tuple[datetime, datetime]]) -> Texts:
    """A series is from its next date until its last one, as far as its dates are known; they come in their order."""
    body = gathered(page.body)
    streams = (page.programme, page.speakers, page.partners, page.documents)
    programme, speakers, partners, files = (gathered(stream) for stream in streams)
    now = timezone.now()
    start = next((start for start, end in dates if end > now), dates[-1][0] if dates else page.start)
    moment = start or page.first_published_at or now
    return Texts(
        kind=ResultKind.EVENT,
        title=page.title,
        date=moment,
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
        ends_at=max((end for _start, end in dates), default=page.end or moment),
        is_dated=bool(start or page.first_published_at),
    )


def of_plain_page(page: PortalPage) -> Texts:
    """Any other page, by the fields that such pages have."""
    body = gathered(page.body) if getattr(page, "body", None) else None
    introduction = getattr(page, "introduction", "")
    return Texts(
        kind=ResultKind.SECTION if page.is_section else ResultKind.PAGE,
        title=page.title,
        date=page.first_published_at or timezone.now(),
        summary=(introduction if isinstance(introduction, str) else "") or page.search_description,
        names=tuple(body.headings) if body else (),
        texts=tuple(body.texts) if body else (),
        is_dated=bool(page.first_published_at),
        documents=tuple(body.documents) if body else (),
    )


OF_KIND: list[tuple[type[Page], Callable[..., Texts]]] = [
    (PortraitPage, of_portrait),
    (RecapPage, of_recap),
    (StoryPage, of_story),
    (PortalPage, of_plain_page),
]


def texts_of(pages: Sequence[Page]) -> list[Texts]:
    """The texts of pages in their order; what belongs to many events is read at once."""
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
        of_event(page, dates[page.pk])
        if isinstance(page, EventPage)
        else next(read for model, read in OF_KIND if isinstance(page, model))(page)
        for page in pages
    ]
