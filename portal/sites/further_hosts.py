"""Adds and removes a site's further hosts, and gives every host of the network to one site only."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, Site

from portal.content.publication import lock_pages
from portal.content.records.hosts import FurtherHost

ADDED, REMOVED = "portal.host_added", "portal.host_removed"


def lock_hosts() -> None:
    """Until the end of the transaction, no other one gives a host to a site."""
    lock_pages(Page.objects.filter(depth=1).values_list("pk", flat=True))


def refuse_taken_host(host: str, site: Site | None = None) -> None:
    """Raise ValidationError if another site has the host, or if it redirects to another site."""
    others, further = Site.objects.filter(hostname__iexact=host), FurtherHost.objects.filter(hostname=host)
    if site is not None:
        others, further = others.exclude(pk=site.pk), further.exclude(site=site)
    if other := others.first():
        raise ValidationError(_("%(host)s is the host of %(site)s.") % {"host": host, "site": other.site_name})
    if row := further.select_related("site").first():
        text = _("%(host)s redirects to %(site)s. Remove it there first: Settings → Hosts.")
        raise ValidationError(text % {"host": host, "site": row.site.site_name})


@transaction.atomic
def add_host(site: Site, host: str, user: Any) -> FurtherHost:
    """Let a validated host redirect to the site. Raises ValidationError if a site has it already."""
    lock_hosts()
    refuse_taken_host(host)
    log(instance=site, action=ADDED, user=user, data={"host": host})
    return FurtherHost.objects.create(hostname=host, site=site)


@transaction.atomic
def remove_host(row: FurtherHost, user: Any) -> None:
    log(instance=row.site, action=REMOVED, user=user, data={"host": row.hostname})
    row.delete()
