"""The menus of sites in a release: prepared in it, changed with it in one transaction, and changed back by its undo."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, Site
from wagtail.permission_policies.sites import SitePermissionPolicy

from portal.content.publication import PublicationRefusedError
from portal.content.records.settings import SiteSettings
from portal.editorial.records.releases import Release
from portal.editorial.releases.access import covers, may_publish
from portal.editorial.releases.building import ADDED, REMOVED, facts_of, locked_open_release

type Entries = list[dict[str, Any]]
MENU = "menu"


@dataclass(frozen=True)
class MenuChange:
    site: Site
    before: Entries
    after: Entries


def sites_with_menus_of(user: Any) -> QuerySet[Site]:
    """The sites of which the user may edit the menu, in the settings as well as in a release."""
    sites: QuerySet[Site] = SitePermissionPolicy(SiteSettings).sites_user_has_permission_for(user, "change")
    return sites.select_related("root_page").order_by("site_name", "pk")


def menus_of(release: Release) -> list[MenuChange]:
    sites = Site.objects.select_related("root_page").filter(pk__in=list(release.menus)).order_by("site_name", "pk")
    return [MenuChange(site, **release.menus[str(site.pk)]) for site in sites]


def own_menus(release: Release, user: Any) -> list[MenuChange]:
    return [change for change in menus_of(release) if covers(user, change.site.root_page)]


def may_decide_on_menus(release: Release, user: Any) -> bool:
    """Whether the user may publish on the sites of all menus."""
    return all(may_publish(user, change.site.root_page) for change in menus_of(release))


def entries_of(site_settings: SiteSettings) -> Entries:
    found: Entries = json.loads(json.dumps(site_settings.navigation.get_prep_value()))
    return found


def _without_ids(entries: Entries) -> Entries:
    return [{"type": entry["type"], "value": entry["value"]} for entry in entries]


def is_same(entries: Entries, others: Entries) -> bool:
    return _without_ids(entries) == _without_ids(others)


def labels_of(changes: Iterable[MenuChange]) -> Iterator[dict[str, Any]]:
    """Each change with the labels of the entries before and after."""
    changes = list(changes)
    entries = [entry for change in changes for entry in (*change.before, *change.after)]
    keys = {entry["value"].get("page") for entry in entries} - {None}
    titles = dict(Page.objects.filter(pk__in=keys).values_list("pk", "draft_title"))

    def label(entry: dict[str, Any]) -> str:
        return str(entry["value"].get("label") or titles.get(entry["value"].get("page"), "–"))

    for change in changes:
        before, after = [label(each) for each in change.before], [label(each) for each in change.after]
        yield {"site": change.site, "before": before, "after": after}


@transaction.atomic
def prepare_menu(release: Release, site: Site, entries: Entries, user: Any) -> None:
    """Let the release change the menu of a site into these entries. Raises PublicationRefusedError."""
    release = locked_open_release(release.pk)
    _require_permission(site, user)
    site_settings = SiteSettings.for_site(site)
    before = entries_of(site_settings)
    if is_same(before, entries):
        raise PublicationRefusedError(_("Readers see this menu already."))
    menus = release.menus | {str(site.pk): {"before": before, "after": entries}}
    Release.objects.filter(pk=release.pk).update(menus=menus)
    log(instance=site_settings, action=ADDED, user=user, data=facts_of(release, MENU))


@transaction.atomic
def remove_menu(release: Release, site: Site, user: Any) -> None:
    release = locked_open_release(release.pk)
    _require_permission(site, user)
    if release.menus.pop(str(site.pk), None) is not None:
        Release.objects.filter(pk=release.pk).update(menus=release.menus)
        log(instance=SiteSettings.for_site(site), action=REMOVED, user=user, data=facts_of(release, MENU))


def _require_permission(site: Site, user: Any) -> None:
    if not sites_with_menus_of(user).filter(pk=site.pk).exists():
        raise PublicationRefusedError(_("You may not change the menu of this site."))


def obstacles_to_menus(release: Release) -> Iterator[str]:
    """Why the menus cannot be changed as prepared. No site is named: it may be another one than the user's."""
    changes = menus_of(release)
    if len(changes) < len(release.menus):
        yield _("The site of a menu was deleted: remove the release, or begin another one.")
    for change in changes:
        if not is_same(entries_of(SiteSettings.for_site(change.site)), change.before):
            yield _("A menu was changed since it was prepared: prepare it again, or remove it from the release.")


def obstacles_to_undo(release: Release) -> Iterator[str]:
    for change in menus_of(release):
        if not is_same(entries_of(SiteSettings.for_site(change.site)), change.after):
            yield _("A menu of the release was changed since: it cannot be changed back.")


def change_menus(release: Release, changes: Iterable[MenuChange], action: str) -> None:
    """Change the menus in the open transaction, unless they were changed since."""
    for change in changes:
        _write(release, change.site, change.before, change.after, action, None)


def change_menus_back(release: Release, action: str, user: Any) -> None:
    for change in menus_of(release):
        _write(release, change.site, change.after, change.before, action, user)


def _write(release: Release, site: Site, expected: Entries, entries: Entries, action: str, user: Any) -> None:
    SiteSettings.for_site(site)
    site_settings = SiteSettings.objects.select_for_update(no_key=True, of=("self",)).get(site=site)
    if not is_same(entries_of(site_settings), expected):
        raise PublicationRefusedError(
            _("The menu of “%(site)s” was changed since it was prepared for the release.") % {"site": site.site_name}
        )
    site_settings.navigation = SiteSettings._meta.get_field("navigation").to_python(json.dumps(entries))
    site_settings.save(update_fields=["navigation"])
    log(instance=site_settings, action=action, user=user, data=facts_of(release, MENU))
