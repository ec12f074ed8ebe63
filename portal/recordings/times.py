"""Times in a recording: as people type them, as readers see them, and as ISO 8601 durations."""

import re

from django.utils.translation import gettext as _

_TYPED = re.compile(r"(?:(?P<hours>\d{1,2})[:h.])?(?P<minutes>\d{1,3})[:.'’](?P<seconds>\d{1,2})[\"”]?", re.ASCII)
_SECONDS = re.compile(r"(\d{1,5})\s*s?", re.ASCII)
LONGEST = 24 * 60 * 60


class TimeInRecordingError(ValueError):
    """The text is not a time. The message is for editors."""


def read_time(text: str) -> int:
    """Read `1:02:03`, `12:40` or `75` (seconds) as seconds. Raises TimeInRecordingError."""
    plain = text.strip()
    if found := _SECONDS.fullmatch(plain):
        seconds = int(found[1])
    elif found := _TYPED.fullmatch(plain):
        minutes = int(found["minutes"])
        if int(found["seconds"]) > 59 or (found["hours"] and minutes > 59):
            raise TimeInRecordingError(_("Minutes and seconds go up to 59: 12:40 or 1:02:40."))
        seconds = int(found["hours"] or 0) * 3600 + minutes * 60 + int(found["seconds"])
    else:
        raise TimeInRecordingError(_("Write minutes and seconds: 12:40 or 1:02:40."))
    if seconds >= LONGEST:
        raise TimeInRecordingError(_("A recording is shorter than a day."))
    return seconds


def written_time(seconds: int) -> str:
    """`12:40`, or `1:02:40` from an hour on."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def iso_duration(seconds: int) -> str:
    """`PT1H2M40S` (ISO 8601-1, section 5.5.2)."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = ((hours, "H"), (minutes, "M"), (left, "S"))
    return "PT" + ("".join(f"{number}{letter}" for number, letter in parts if number) or "0S")
