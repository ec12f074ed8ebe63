"""The time zones of the sites that pages belong to."""

from collections.abc import Iterable
from datetime import tzinfo
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from wagtail.models import Page

from portal.content.records.settings import SiteSettings
from portal.content.visibility import HOME_DEPTH, HOME_LENGTH
from portal.platform.zones import when_for, zone


class SiteClocks:
    """Looks up the time zones of the sites of several pages in one query.

    Pages are given by tree path; the root page's path stands for all sites.
    """

    def __init__(self, paths: Iterable[str]):
        site_settings = SiteSettings.objects.filter(site__root_page__translation_key=OuterRef("translation_key"))
        homes, prefixes = Page.objects.filter(depth=HOME_DEPTH), {path[:HOME_LENGTH] for path in paths}
        if all(len(prefix) == HOME_LENGTH for prefix in prefixes):
            homes = homes.filter(path__in=prefixes)
        zones = homes.annotate(time_zone=Subquery(site_settings.values("time_zone")[:1]))
        self._names = dict(zones.values_list("path", "time_zone"))

    def zone_of(self, path: str) -> tzinfo:
        name = self._names.get(path[:HOME_LENGTH])
        return zone(name) if name else timezone.get_default_timezone()

    def when(self, event: Any, path: str) -> str:
        """The time of an event or one of its dates, with its time zone if that differs from the site's."""
        return when_for(event, self.zone_of(path))
