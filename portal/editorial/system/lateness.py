"""Overdue publications and expiries."""

from collections import Counter
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Site

from portal.content.visibility import HOME_LENGTH, homes_of_sites
from portal.editorial.schedule.scheduling import due_changes
from portal.platform.status.conditions import FailureKind

# The scheduler runs every 15 seconds.
LATE_AFTER = timedelta(minutes=5)


def late_by_site(now: datetime) -> dict[int, int]:
    pages = [change.page for change in due_changes(now - LATE_AFTER)]
    if not pages:
        return {}
    homes = {home.path: site for site, home in homes_of_sites(Site.objects.select_related("root_page"))}
    paths = dict(Page.objects.filter(pk__in=set(pages)).values_list("pk", "path"))
    return dict(Counter(homes.get(paths.get(page, "")[:HOME_LENGTH], 0) for page in pages))


PUBLICATIONS = FailureKind(
    "publications", _("Scheduled publications"), _("none is late"), _("%(count)s are late"), late_by_site
)
