"""Calendar files: of an event, of one of its dates, of a list in one language or of a whole site."""

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

from events.ical.entries import entry_of_date
from events.ical.write import addressed, calendar_text, text_of, with_link
from events.models import CalendarEntry, CalendarPage, EventPage, OccurrencePlacement, RecapPage
from portal.core.serving.editions import LIST_WORDS, Edition, edition_of
from portal.core.serving.routing import page_at

# Big web calendars take no file of more than about a megabyte.
MOST_COMING = 500
MOST_PAST = 100
KEPT = timedelta(days=31)
FRESH = 900


@dataclass(frozen=True)
class FeedPart:
    """One event of a file: its text, the address that its own are below, its clock."""

    uid: str
    text: str
    base: str
    zone: str
    recap: str = ""


@require_safe
def calendar_file(request: HttpRequest, path: str) -> HttpResponse:
    """The file of what stands at an address: `/fr/rubrique/agenda.ics` is the calendar of `/fr/rubrique/agenda/`."""
    edition, now = edition_of(request), timezone.now()
    with override(edition.language):
        page, rest = page_at(edition, path, now)
        if edition.is_private(page.path):
            # A subscription brings no password with it.
            raise Http404
        if isinstance(page, EventPage):
            return _event_file(request, page, rest, edition, now)
        is_list = rest == [LIST_WORDS[edition.language]["events"]] if rest else isinstance(page, CalendarPage)
        if not is_list:
            raise Http404
        topics = [topic for topic in edition.topics if topic.slug == request.GET.get("topic")]
        if request.GET.get("topic") and not topics:
            raise Http404
        parts = parts_below(page, edition, now, [topic.pk for topic in topics])
        own = [] if page.path == edition.home.path else [page.title]
        name = " – ".join([edition.name, *own, *(topic.name for topic in topics)])
        return answer(request, name, parts, path.strip("/").rpartition("/")[2])


@require_safe
def site_file(request: HttpRequest) -> HttpResponse:
    """Every event of a site once, whatever the language; the site's own comes first."""
    now = timezone.now()
    editions: Iterable[Edition] = request.site_snapshot.editions.values()  # type: ignore[attr-defined]
    parts: dict[str, FeedPart] = {}
    for edition in editions:
        for part in parts_below(edition.home, edition, now):
            parts.setdefault(part.uid, part)
    return answer(request, edition_of(request).name, list(parts.values()), "calendar")


def parts_below(page: Page, edition: Edition, now: datetime, topics: Iterable[int] = ()) -> list[FeedPart]:
    """The coming events below a page, and those that ended or were cancelled not long ago."""
    placements = OccurrencePlacement.objects.in_lists_of(page.pk, now)
    if topics := list(topics):
        placements = placements.about(topics)
    past = placements.past(now).filter(over_at__gt=now - KEPT)
    # First the keys, from the narrow index alone; then the texts by their keys.
    over = set(past[:MOST_PAST].values_list("event_id", flat=True))
    events = over | set(placements.upcoming(now)[:MOST_COMING].values_list("event_id", flat=True))
    entries = CalendarEntry.objects.filter(event__in=events, event__live=True).order_by("event_id")
    recaps = _recaps(over, edition, now) if over else {}
    columns = ("event_id", "event__uid", "event__translation_key", "text", "event__url_path", "event__time_zone")
    return [
        FeedPart(uid or str(key), text, _base(edition, url_path), zone, recaps.get(event, ""))
        for event, uid, key, text, url_path, zone in entries.values_list(*columns)
    ]


def _recaps(events: Iterable[int], edition: Edition, now: datetime) -> dict[int, str]:
    """The address of what looks back on each of these events, as far as readers may see it."""
    recaps = RecapPage.objects.visible_in(edition, now).filter(event__in=events).order_by("pk")
    rows = recaps.values_list("event_id", "url_path")
    return {event: f"{_base(edition, url_path)}/" for event, url_path in rows}


def _base(edition: Edition, url_path: str) -> str:
    return edition.full(f"{edition.home_url}{url_path[len(edition.home.url_path) :]}".rstrip("/"))


def _event_file(
    request: HttpRequest, page: EventPage, rest: list[str], edition: Edition, now: datetime
) -> HttpResponse:
    entry = CalendarEntry.objects.filter(event=page).first()
    if entry is None:
        raise Http404
    text = entry.text
    if rest:
        date = page.occurrences.standing().filter(key=rest[0]).select_related("venue").first()
        if date is None:
            raise Http404
        date.event = page
        text = text_of([entry_of_date(page, date, entry)])
    recap = _recaps([page.pk], edition, now).get(page.pk, "")
    part = FeedPart(page.calendar_uid, text, _base(edition, page.url_path), page.time_zone, recap)
    return answer(request, page.title, [part], "-".join([page.slug, *rest]))


def _written(part: FeedPart) -> str:
    text = addressed(part.text, part.base)
    return with_link(text, part.recap) if part.recap else text


def answer(request: HttpRequest, name: str, parts: list[FeedPart], file_name: str) -> HttpResponse:
    """A calendar file that those who have it already are not sent again.

    It is known by its ETag alone: an event that was deleted changes a list, and the date of no change in it.
    """
    events = (_written(part) for part in parts)
    body = calendar_text(name, {part.zone for part in parts}, events).encode()
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=False, filename=f"{file_name}.ics"))
    patch_cache_control(response, public=True, max_age=FRESH)
    return get_conditional_response(request, etag=etag, response=response) or response
