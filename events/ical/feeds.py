"""Serves calendar files for an event, one of its dates, a list in one language, or a whole site."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import override
from django.views.decorators.http import require_safe
from wagtail.models import Page

from events.ical.area import FeedArea
from events.ical.entries import entry_of_date
from events.ical.write import calendar_text, text_of, with_full_urls, with_link
from events.pages import CalendarPage, EventPage, RecapPage
from events.records import CalendarEntry, OccurrencePlacement
from portal.content.serving.editions import LIST_WORDS, Edition, edition_of, editions_of
from portal.content.serving.routing import page_at

# Large web calendars reject files of more than about a megabyte.
MAX_UPCOMING = 500
MAX_PAST = 100
PAST_SHOWN_FOR = timedelta(days=31)
CACHE_SECONDS = 900


@dataclass(frozen=True)
class FeedPart:
    """One event of a file: its VEVENTs, base URL, time zone, and its recap's URL."""

    uid: str
    text: str
    base: str
    zone: str
    recap: str = ""


@require_safe
def calendar_file(request: HttpRequest, path: str) -> HttpResponse:
    """Serve a page's calendar file: `/fr/rubrique/agenda.ics` is the calendar of `/fr/rubrique/agenda/`."""
    edition, now = edition_of(request), timezone.now()
    with override(edition.language):
        page, rest = page_at(edition, path, now)
        if edition.is_private(page.path):
            # Calendar applications cannot enter a page password.
            raise Http404
        if isinstance(page, EventPage):
            return _event_file(request, page, rest, edition, now)
        is_list = rest == [LIST_WORDS[edition.language]["events"]] if rest else isinstance(page, CalendarPage)
        if not is_list:
            raise Http404
        slugs = {slug for slug in request.GET.getlist("topic") if slug}
        topics = [topic for topic in edition.topics if topic.slug in slugs]
        if len(topics) < len(slugs):
            raise Http404
        area = FeedArea(request.GET)
        if not area.is_valid():
            raise Http404
        parts = parts_below(page, edition, now, [topic.pk for topic in topics], area)
        page_title = [] if page.path == edition.home.path else [page.title]
        name = " – ".join([edition.name, *page_title, *(topic.name for topic in topics), *area.words])
        return calendar_response(request, name, parts, path.strip("/").rpartition("/")[2])


@require_safe
def site_file(request: HttpRequest) -> HttpResponse:
    """Serve every event of a site once. For a translated event, use the first edition that has a version."""
    now = timezone.now()
    editions = editions_of(request).values()
    parts: dict[str, FeedPart] = {}
    for edition in editions:
        for part in parts_below(edition.home, edition, now):
            parts.setdefault(part.uid, part)
    return calendar_response(request, edition_of(request).name, list(parts.values()), "calendar")


def parts_below(
    page: Page, edition: Edition, now: datetime, topics: Iterable[int] = (), area: FeedArea | None = None
) -> list[FeedPart]:
    """Return the upcoming events below a page, and those that ended within `PAST_SHOWN_FOR`."""
    placements = OccurrencePlacement.objects.in_lists_of(page.pk, now)
    if area:
        placements = area.placements(page, edition, now)
    if topics := list(topics):
        placements = placements.about(topics)
    past = placements.past(now).filter(over_at__gt=now - PAST_SHOWN_FOR)
    # These queries read only primary keys, which are in the index.
    over = set(past[:MAX_PAST].values_list("event_id", flat=True))
    events = over | set(placements.upcoming(now)[:MAX_UPCOMING].values_list("event_id", flat=True))
    entries = CalendarEntry.objects.filter(event__in=events, event__live=True).order_by("event_id")
    recaps = _recap_urls(over, edition, now) if over else {}
    columns = ("event_id", "event__uid", "event__translation_key", "text", "event__url_path", "event__path")
    rows = list(entries.values_list(*columns, "event__time_zone"))
    # Another site may have subscribed to an event. There it has the same UID.
    own = {row[1] or str(row[2]) for row in rows if not edition.network_home_of(row[5])}
    return [
        FeedPart(uid or str(key), text, _event_url(edition, url_path, path), zone, recaps.get(event, ""))
        for event, uid, key, text, url_path, path, zone in rows
        if not (edition.network_home_of(path) and (uid or str(key)) in own)
    ]


def _recap_urls(events: Iterable[int], edition: Edition, now: datetime) -> dict[int, str]:
    recaps = RecapPage.objects.visible_in(edition, now).filter(event__in=events).order_by("pk")
    rows = recaps.values_list("event_id", "url_path")
    return {event: f"{_event_url(edition, url_path)}/" for event, url_path in rows}


def _event_url(edition: Edition, url_path: str, path: str = "") -> str:
    """The URL of a page of this edition or, given its tree path, of another site."""
    if neighbour := edition.network_home_of(path):
        return f"{neighbour.address}{url_path[len(neighbour.url_path) :]}".rstrip("/")
    return edition.full(f"{edition.home_url}{url_path[len(edition.home.url_path) :]}".rstrip("/"))


def _event_file(
    request: HttpRequest, page: EventPage, rest: list[str], edition: Edition, now: datetime
) -> HttpResponse:
    entry = CalendarEntry.objects.filter(event=page).first()
    if entry is None:
        raise Http404
    text = entry.text
    if rest:
        date = page.occurrences.not_withdrawn().filter(key=rest[0]).select_related("venue").first()
        if date is None:
            raise Http404
        date.event = page
        text = text_of([entry_of_date(page, date, entry)])
    recap = _recap_urls([page.pk], edition, now).get(page.pk, "")
    part = FeedPart(page.calendar_uid, text, _event_url(edition, page.url_path), page.time_zone, recap)
    return calendar_response(request, page.title, [part], "-".join([page.slug, *rest]))


def _event_text(part: FeedPart) -> str:
    text = with_full_urls(part.text, part.base)
    return with_link(text, part.recap) if part.recap else text


def calendar_response(request: HttpRequest, name: str, parts: list[FeedPart], file_name: str) -> HttpResponse:
    """Respond with a calendar file or 304.

    There is no Last-Modified, because a deleted event changes the file but no date in it.
    """
    events = (_event_text(part) for part in parts)
    body = calendar_text(name, {part.zone for part in parts}, events).encode()
    # The ETag is weak, because the same file is sent in several encodings.
    etag = f'W/"{sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=False, filename=f"{file_name}.ics"))
    patch_cache_control(response, public=True, max_age=CACHE_SECONDS)
    return get_conditional_response(request, etag=etag, response=response) or response
