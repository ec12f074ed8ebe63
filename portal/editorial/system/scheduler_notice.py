"""The warning in every newsroom while nothing can be saved, or the scheduler is not running or paused."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from portal.platform.status.health import IDLE_AFTER, scheduler_state


def current_notice(now: datetime) -> str:
    """Return the warning, or an empty string while the scheduler is running."""
    last, since, why = scheduler_state()
    if why is not None:
        return _(
            "Nothing can be saved at the moment: %(why)s Leave open what you are writing; this browser has a copy of "
            "it. Save it when this notice is gone."
        ) % {"why": why}
    if since:
        return _(
            "This portal was restored from a backup on %(when)s. Until its operator resumes it, scheduled pages are "
            "not published, and mails that waited in the backup are not sent."
        ) % {"when": _shown(since)}
    if last and now - last < IDLE_AFTER:
        return ""
    if last is None:
        return _(
            "The scheduler has never run here: scheduled pages are not published, and no mail is sent. Please tell "
            "the operator of this portal."
        )
    return _(
        "Since %(when)s, scheduled pages have not been published, and no mail has been sent. Nothing is lost: this "
        "is done as soon as the scheduler runs again. Please tell the operator of this portal."
    ) % {"when": _shown(last)}


def _shown(time: datetime) -> str:
    return date_format(localtime(time), "SHORT_DATETIME_FORMAT")
