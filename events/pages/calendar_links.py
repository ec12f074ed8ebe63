"""Links that add events to a reader's calendar: file, subscription and web calendars."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from events.records.dates import Occurrence
from portal.content.serving.editions import Edition

GOOGLE = "https://calendar.google.com/calendar/"
OUTLOOK = "https://outlook.live.com/calendar/0/"


def calendar_file_url(url: str, query: str = "") -> str:
    return f"{url.rstrip('/')}.ics" + (f"?{query}" if query else "")


def calendar_links(
    edition: Edition,
    url: str,
    date: Occurrence | None = None,
    *,
    is_list: bool,
    query: str = "",
    series_url: str = "",
) -> list[tuple[str, str]]:
    """Return pairs of label and URL. Web calendars subscribe to a list, but copy a single date.

    The file comes first, because webcal links do nothing unless an application is registered for them. On the page of
    one date, `series_url` is the whole series' URL for the subscription.
    """
    file = edition.full(calendar_file_url(url, query))
    subscription = f"webcal://{edition.full(calendar_file_url(series_url or url, query)).partition('://')[2]}"
    web: list[tuple[str, str]] = []
    if is_list:
        web = [
            ("Google", f"{GOOGLE}render?{urlencode({'cid': subscription})}"),
            ("Outlook", f"{OUTLOOK}addfromweb?{urlencode({'url': file, 'name': edition.name})}"),
        ]
    elif date is not None and date.pk is not None:
        web = [("Google", _google(edition, date)), ("Outlook", _outlook(edition, date))]
    if series_url:
        subscribe = _("Subscribe to the whole series in a calendar application (webcal)")
    else:
        subscribe = _("Subscribe in a calendar application (webcal)")
    return [(_("Download as a file (.ics)"), file), *web, (subscribe, subscription)]


def _google(edition: Edition, date: Occurrence) -> str:
    if date.is_all_day:
        days = f"{date.first_day:%Y%m%d}/{date.last_day + timedelta(days=1):%Y%m%d}"
    else:
        days = f"{_utc(date.start)}/{_utc(date.end)}"
    params = {
        "action": "TEMPLATE",
        "text": date.shown_title,
        "dates": days,
        "ctz": date.event.time_zone,
        "location": _place(date),
        "details": edition.full(edition.url_of(date)),
    }
    return f"{GOOGLE}render?{urlencode(params)}"


def _outlook(edition: Edition, date: Occurrence) -> str:
    params = {
        "rru": "addevent",
        "subject": date.shown_title,
        "startdt": date.first_day.isoformat() if date.is_all_day else date.local_start.isoformat(),
        "enddt": (date.last_day + timedelta(days=1)).isoformat() if date.is_all_day else date.local_end.isoformat(),
        "location": _place(date),
        "body": edition.full(edition.url_of(date)),
    } | ({"allday": "true"} if date.is_all_day else {})
    return f"{OUTLOOK}action/compose?{urlencode(params)}"


def _place(date: Occurrence) -> str:
    return ", ".join(part for part in (date.shown_place, date.shown_address) if part)


def _utc(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"
