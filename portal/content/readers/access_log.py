"""Log entries in a site's history about views, exports and erasures of readers' data.

An entry names the user and the kind of record, but never the data subject.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _, gettext_noop
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry, Site

LOOKED_AT = "portal.personal_data.look"
EXPORTED = "portal.personal_data.export"
ERASED = "portal.personal_data.erase"
# Kinds of record that several modules log.
MESSAGES = gettext_noop("Messages of a form")
REGISTRATIONS = gettext_noop("Registrations")
PROPOSALS = gettext_noop("Proposals of readers")
SHEETS = gettext_noop("Requests for sheets")
SUBSCRIBERS = gettext_noop("Subscribers")
ONE_PERSON = gettext_noop("Data of one person")
# Each page and each search of a list is a separate request.
LOOKS_IN_ONE = timedelta(hours=1)


def log_access(action: str, sites: Iterable[Site | None], user: Any, what: str, title: str = "") -> None:
    """Write a log entry on each of the sites. Views of the same records within an hour make one entry.

    `what` is one of the kinds above; `title` is the page that the records belong to. `user` is None for a command.
    """
    found = {site.pk: site for site in sites if site is not None}
    data = {"what": what, "title": title}
    if action == LOOKED_AT:
        recent = ModelLogEntry.objects.filter(
            action=action, user=user, timestamp__gte=timezone.now() - LOOKS_IN_ONE, data__what=what, data__title=title
        )
        for key in recent.values_list("object_id", flat=True):
            found.pop(int(key), None)
    for site in found.values():
        log(instance=site, action=action, user=user, data=data)


def in_words(data: dict[str, Any]) -> str:
    """Describe the records of an entry in the active language."""
    what, title = _(data.get("what", "")), data.get("title", "")
    return _("%(what)s, “%(title)s”") % {"what": what, "title": title} if title else what
