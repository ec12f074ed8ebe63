"""Changes a site's host or port: the old host redirects, and links and groups get the new one."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import FileField, Model, UUIDField
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Site

from events.occurrences import rewrite_entries
from portal.content.records.hosts import FurtherHost
from portal.editorial.roles import groups_of, homes_of
from portal.sites.creation import checked_host
from portal.sites.data.errors import TransferError
from portal.sites.data.rows import rows_as_json
from portal.sites.data.rules import exported_models, rule_of
from portal.sites.data.scope import Scope, rows_of
from portal.sites.further_hosts import lock_hosts

RENAMED = "portal.site_renamed"


@dataclass(frozen=True)
class Renamed:
    site: Site
    # The number of groups named after the host.
    groups: int
    # The number of rows with links to the site itself.
    texts: int


def refuse_renaming(site: Site, new: str) -> None:
    """Raise TransferError if another site has the new host, or if the old one could not redirect."""
    others = Site.objects.exclude(pk=site.pk)
    if (
        others.filter(hostname__iexact=new).exists()
        or FurtherHost.objects.filter(hostname=new).exclude(site=site).exists()
    ):
        raise TransferError(f"Another site has the host {new}, or had it before and is still reached by it.")
    # Refuse a host shared by sites on different ports: a redirect could not choose between them.
    if others.filter(hostname=site.hostname).exists():
        raise TransferError(f"Several sites have the host {site.hostname}: its readers cannot be redirected.")


@transaction.atomic
def rename_site(site: Site, host: str, port: int | None = None) -> Renamed:
    """Raises TransferError if another site has the host, and SiteCreationError if the host is invalid."""
    new, old = checked_host(host), site.hostname
    before, new_port = site.root_url, site.port if port is None else port
    if (new, new_port) == (old, site.port):
        raise TransferError(f"{site.site_name} has this host and port already.")
    lock_hosts()
    refuse_renaming(site, new)
    FurtherHost.objects.filter(hostname=new).delete()
    site.hostname, site.port = new, new_port
    site.save(update_fields=["hostname", "port"])
    if new != old:
        FurtherHost.objects.update_or_create(hostname=old.lower(), defaults={"site": site})
    groups = _rename_groups(site, old)
    texts = _rewrite_links(site, old)
    for home in homes_of(site):
        rewrite_entries(home, timezone.now())
    names = {"before": old, "after": new} if new != old else {"before": before, "after": site.root_url}
    log(instance=site, action=RENAMED, data={"host": names})
    Site.clear_site_root_paths_cache()
    return Renamed(site, groups, texts)


def _rename_groups(site: Site, old: str) -> int:
    count = 0
    for group in groups_of(site).filter(name__contains=old):
        name = group.name.replace(old, site.hostname)[:150]
        if not Group.objects.filter(name=name).exclude(pk=group.pk).exists():
            group.name = name
            group.save(update_fields=["name"])
            count += 1
    return count


def _rewrite_links(site: Site, old: str) -> int:
    """Replace the host in links to the site itself. Text that readers wrote or agreed to stays unchanged."""
    link = re.compile(rf"https?://{re.escape(old)}(?::\d+)?(?![\w.:-])")
    scope, count = Scope(site), 0
    for model in exported_models():
        rule = rule_of(model)
        if rule.people:
            continue
        for key, changed in _rows_with(model, rule.rows(model, scope), link, site.root_url):
            rows_of(model, pk=key).update(**changed)
            count += 1
    return count


def _rows_with(model: type[Model], rows: Any, link: re.Pattern[str], root: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    fields = {
        field.name: field
        for field in model._meta.local_concrete_fields
        if not (field.is_relation or field.primary_key or isinstance(field, FileField | UUIDField))
    }
    for row in list(rows_as_json(rows)):
        changed = {}
        for name, field in fields.items():
            text = json.dumps(row[name], ensure_ascii=False)
            replaced = link.sub(root, text)
            if replaced != text and len(replaced) - 2 <= (field.max_length or len(replaced)):
                changed[name] = json.loads(replaced)
        if changed:
            yield row[model._meta.pk.name], changed
