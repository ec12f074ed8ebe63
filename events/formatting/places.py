"""Names the clock that an hour is meant on, where it is another than the reader's: `heure d’Auckland`, never `NZDT`."""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _, pgettext

from events.formatting.dates import language
from portal.core.zones import offset_text

NO_CITIES = ("Etc/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/", "SystemV/")
VOWELS = "aeiouhàâäéèêëîïôöùûüåø"


def zone_note(event: Any, reader_zone: ZoneInfo) -> str:
    """Return `, heure d’Auckland` for an hour that is not on the reader's clock, else an empty text.

    `event` is an event or one of its dates: it has `start`, `zone` and `is_all_day`.
    """
    if event.start is None or event.is_all_day or has_same_clock(event, reader_zone):
        return ""
    return f", {clock_name(event.zone, event.start)}"


def has_same_clock(event: Any, reader_zone: ZoneInfo) -> bool:
    moments = (event.start, event.end or event.start)
    return all(
        moment.astimezone(event.zone).utcoffset() == moment.astimezone(reader_zone).utcoffset() for moment in moments
    )


def clock_name(zone: ZoneInfo, moment: Any) -> str:
    """Name the clock of a zone by its city, or by its offset where it has none."""
    city = city_of(zone)
    if not city:
        offset = offset_text(zone, moment)
        return f"UTC{offset}"
    if language() == "fr" and city.startswith("Le "):
        return f"heure du {city[3:]}"
    if city[0].lower() in VOWELS:
        return pgettext("before a vowel", "%(city)s time") % {"city": city}
    return _("%(city)s time") % {"city": city}


def city_of(zone: ZoneInfo) -> str:
    """Return the city that a zone is named after; empty for offsets, countries and abbreviations."""
    if "/" not in zone.key or zone.key.startswith(NO_CITIES):
        return ""
    return zone.key.rpartition("/")[2].replace("_", " ")
