"""Overdue publications and expiries."""

from collections import Counter
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Site

from portal.editorial.roles import homes_of
from portal.editorial.schedule.scheduling import due_changes
from portal.platform.status.conditions import FailureKind

# The scheduler runs every 15 seconds.
LATE_AFTER = timedelta(minutes=5)


def late_by_site(now: datetime) -> dict[int, int]:
    pages = [change.page for change in due_changes(now - LATE_AFTER)]
    if not pages:
        return {}
    homes = {home.path: site.pk for site in Site.objects.all() for home in homes_of(site)}
    paths = dict(Page.objects.filter(pk__in=set(pages)).values_list("pk", "path"))
    return dict(Counter(_site_of(paths.get(page, ""), homes) for page in pages))


def _site_of(path: str, homes: dict[str, int]) -> int:
    return next((site for home, site in homes.items() if path.startswith(home)), 0)


PUBLICATIONS = FailureKind(
    "publications", _("Scheduled publications"), _("none is late"), _("%(count)s are late"), late_by_site
)
