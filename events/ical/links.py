"""The ways to take events into one's own calendar: a file, a subscription, the big web calendars."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from portal.core.serving.editions import Edition

if TYPE_CHECKING:
    from events.models import Occurrence

GOOGLE = "https://calendar.google.com/calendar/"
OUTLOOK = "https://outlook.live.com/calendar/0/"


def file_address(url: str, query: str = "") -> str:
    """The calendar file of what stands at an address."""
    return f"{url.rstrip('/')}.ics" + (f"?{query}" if query else "")


def ways_to_subscribe(
    edition: Edition, url: str, date: "Occurrence | None" = None, *, is_list: bool, query: str = ""
) -> list[tuple[str, str]]:
    """Each way with its address; lists are subscribed to, a single event is copied into the web calendars."""
    file = edition.full(file_address(url, query))
    subscribed = f"webcal://{file.partition('://')[2]}"
    ways = [(_("Subscribe (webcal)"), subscribed), (_("Download as a file (.ics)"), file)]
    if is_list:
        name = {"name": edition.name}
        return [
            *ways,
            ("Google", f"{GOOGLE}render?{urlencode({'cid': subscribed})}"),
            ("Outlook", f"{OUTLOOK}addfromweb?{urlencode({'url': file, **name})}"),
        ]
    if date is None or date.pk is None:
        return ways
    return [*ways, ("Google", _google(edition, date)), ("Outlook", _outlook(edition, date))]


def _google(edition: Edition, date: "Occurrence") -> str:
    if date.is_all_day:
        days = f"{date.first_day:%Y%m%d}/{date.last_day + timedelta(days=1):%Y%m%d}"
    else:
        days = f"{_utc(date.start)}/{_utc(date.end)}"
    facts = {
        "action": "TEMPLATE",
        "text": date.shown_title,
        "dates": days,
        "ctz": date.event.time_zone,
        "location": _place(date),
        "details": edition.full(edition.url_of(date)),
    }
    return f"{GOOGLE}render?{urlencode(facts)}"


def _outlook(edition: Edition, date: "Occurrence") -> str:
    facts = {
        "rru": "addevent",
        "subject": date.shown_title,
        "startdt": date.first_day.isoformat() if date.is_all_day else date.local_start.isoformat(),
        "enddt": (date.last_day + timedelta(days=1)).isoformat() if date.is_all_day else date.local_end.isoformat(),
        "location": _place(date),
        "body": edition.full(edition.url_of(date)),
    } | ({"allday": "true"} if date.is_all_day else {})
    return f"{OUTLOOK}action/compose?{urlencode(facts)}"


def _place(date: "Occurrence") -> str:
    return ", ".join(part for part in (date.shown_place, date.shown_address) if part)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
