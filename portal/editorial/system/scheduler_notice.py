"""The warning in every newsroom while the scheduler does not run or is paused after a restore."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from portal.platform.status.health import IDLE_AFTER, last_run_and_pause


def current_notice(now: datetime) -> str:
    """Return the warning, or an empty string while the scheduler runs."""
    last, since = last_run_and_pause()
    if since:
        return _(
            "This portal was restored from a backup on %(moment)s: nothing is published at its time, and what waited "
            "in the backup is not sent, until whoever runs it says so."
        ) % {"moment": _shown(since)}
    if last and now - last < IDLE_AFTER:
        return ""
    if last is None:
        return _(
            "The scheduler has never run here: nothing is published at its time and no mail is sent. "
            "Please tell whoever runs this portal."
        )
    return _(
        "Nothing has been published at its time and no mail has been sent since %(moment)s. Nothing is lost: it is "
        "made up for as soon as the scheduler runs again. Please tell whoever runs this portal."
    ) % {"moment": _shown(last)}


def _shown(moment: datetime) -> str:
    return date_format(localtime(moment), "SHORT_DATETIME_FORMAT")
