"""The newsroom's calendar as a file for calendar programs, at a person's private address (RFC 5545)."""

from datetime import UTC, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from portal.editorial.dashboard.calendar import CalendarItem, CalendarPeriod, calendar_sources, read_entries
from portal.editorial.mails.page_mails import admin_url
from portal.editorial.people import language_of
from portal.editorial.planning.filters import CalendarFilters, midnight
from portal.editorial.planning.rows import CalendarRow, local_day, rows_of
from portal.editorial.records.planning import CalendarAddress

PRODUCT = "-//Portal//Newsroom//EN"
PAST, FUTURE = timedelta(days=31), timedelta(days=366)
# Large web calendars reject files of more than about a megabyte.
MAX_EVENTS = 1000
REFRESH = timedelta(hours=1)


@never_cache
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Respond with the entries that the address's owner may see now, limited by the calendar's filters."""
    address = CalendarAddress.objects.by_token(token)
    if address is None or not address.user.has_perm("wagtailadmin.access_admin"):
        raise Http404
    now = timezone.now()
    with translation.override(language_of(address.user, None) or translation.get_language()):
        filters = CalendarFilters(request.GET, address.user, now)
        first, last = midnight(filters.today - PAST), midnight(filters.today + FUTURE)
        period = CalendarPeriod(filters.area, now, first, last, filters.paths)
        found = filters.select(read_entries(calendar_sources, period))
        # If there are too many, past entries are dropped first.
        coming = [entry for entry in found if entry.over_at > now][:MAX_EVENTS]
        past = [entry for entry in found if entry.over_at <= now]
        room = MAX_EVENTS - len(coming)
        text = calendar_text(rows_of([*(past[-room:] if room else ()), *coming], filters, ""), now)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="newsroom.ics"'
    # The address is a secret: no link from the file reveals it, and no search engine stores it.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def calendar_text(rows: list[CalendarRow], now: datetime) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", pgettext("newsroom", "Calendar"))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for row in rows:
        calendar.add_component(_event(row, now))
    return bytes(calendar.to_ical())


def _event(row: CalendarRow, now: datetime) -> Event:
    entry, event = row.entry, Event()
    event.add("uid", uid_of(entry))
    event.add("dtstamp", now)
    event.add("dtstart", entry.at.astimezone(UTC) if entry.has_time else local_day(entry.at))
    event.add("summary", _plain(f"{entry.title} ({entry.label})"))
    details = (row.person, row.section, row.home, entry.note, _("Late") if row.is_late else "")
    if description := "\n".join(_plain(part) for part in details if part):
        event.add("description", description)
    event.add("url", admin_url(entry.url))
    # A planned page does not block anybody's time.
    event.add("transp", "TRANSPARENT")
    return event


def uid_of(entry: CalendarItem) -> str:
    """A UID that does not change when the entry is moved."""
    return f"{entry.kind}-{entry.page or entry.category}-{entry.key}@newsroom"


def _plain(text: str) -> str:
    return "".join(char if char >= " " or char == "\n" else " " for char in text)
