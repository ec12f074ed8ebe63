"""The times at which pages change without a write.

Pages expire, the notice of the network ends, and a day ends at midnight in each site's time zone.
"""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from wagtail.models import Page

from portal.content.records.network_notice import NetworkNotice
from portal.content.records.settings import SiteSettings
from portal.platform.caching.expiry import next_after, next_midnights


def expiry_of_pages(now: datetime) -> Iterator[datetime]:
    yield from next_after(Page.objects.filter(live=True), "expire_at", now)


def expiry_of_notice(now: datetime) -> Iterator[datetime]:
    yield from next_after(NetworkNotice.objects.all(), "ends_at", now)


def expiry_of_days(now: datetime) -> Iterator[datetime]:
    """The next midnight of each site, of the installation, and in UTC."""
    names = set(SiteSettings.objects.values_list("time_zone", flat=True))
    return next_midnights(names | {settings.TIME_ZONE, "UTC"}, now)
